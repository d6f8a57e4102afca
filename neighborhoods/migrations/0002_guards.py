"""What the database itself refuses: an area that hangs at the wrong place of the tree."""

from django.db import migrations

# Checked when the transaction ends, because mptt writes a move in several statements.
TRIGGERS = """
CREATE FUNCTION mulin_area_stands_right() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    me neighborhoods_area%ROWTYPE;
    above neighborhoods_area%ROWTYPE;
BEGIN
    SELECT * INTO me FROM neighborhoods_area WHERE id = NEW.id;
    IF NOT FOUND OR me.parent_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO above FROM neighborhoods_area WHERE id = me.parent_id;
    IF above.level <> me.level - 1 THEN
        RAISE EXCEPTION 'area %: its parent is not exactly one level up', me.code USING ERRCODE = 'check_violation';
    END IF;
    IF left(me.code, length(above.code)) <> above.code THEN
        RAISE EXCEPTION 'area %: its code does not begin with %', me.code, above.code USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
-- Only for rows that changed what is checked: a move rewrites a whole tree, and checks a part.
CREATE CONSTRAINT TRIGGER area_stands_right AFTER INSERT ON neighborhoods_area
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mulin_area_stands_right();
CREATE CONSTRAINT TRIGGER area_still_stands_right AFTER UPDATE OF parent_id, level, code ON neighborhoods_area
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id OR OLD.level <> NEW.level OR OLD.code <> NEW.code)
    EXECUTE FUNCTION mulin_area_stands_right();
"""
NO_TRIGGERS = """
DROP TRIGGER area_still_stands_right ON neighborhoods_area;
DROP TRIGGER area_stands_right ON neighborhoods_area;
DROP FUNCTION mulin_area_stands_right();
"""


class Migration(migrations.Migration):
    replaces = [("neighborhoods", "0003_area_trigger_when")]

    dependencies = [("neighborhoods", "0001_whole")]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
