"""What the database itself refuses: points that change, or lines of an entry that do not add up."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER points_entry_append_only BEFORE UPDATE OR DELETE ON volunteers_pointsentry
    FOR EACH ROW EXECUTE FUNCTION mulin_append_only();
CREATE TRIGGER points_line_append_only BEFORE UPDATE OR DELETE ON volunteers_pointsline
    FOR EACH ROW EXECUTE FUNCTION mulin_append_only();
CREATE FUNCTION mulin_points_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM volunteers_pointsline WHERE entry_id = NEW.entry_id) <> 0 THEN
        RAISE EXCEPTION 'the lines of entry % do not add up to zero', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER points_line_adds_up AFTER INSERT ON volunteers_pointsline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mulin_points_add_up();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER points_line_adds_up ON volunteers_pointsline;
DROP FUNCTION mulin_points_add_up();
DROP TRIGGER points_line_append_only ON volunteers_pointsline;
DROP TRIGGER points_entry_append_only ON volunteers_pointsentry;
"""


class Migration(migrations.Migration):
    replaces = [("volunteers", "0003_points")]

    dependencies = [("volunteers", "0001_whole")]

    operations = [migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY)]
