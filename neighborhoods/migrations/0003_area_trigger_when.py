"""The check of parent and code runs only for rows that changed them: a move rewrites a whole tree, and checks a part."""

from django.db import migrations

SPLIT = """
DROP TRIGGER area_stands_right ON neighborhoods_area;
CREATE CONSTRAINT TRIGGER area_stands_right AFTER INSERT ON neighborhoods_area
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mulin_area_stands_right();
CREATE CONSTRAINT TRIGGER area_still_stands_right AFTER UPDATE OF parent_id, level, code ON neighborhoods_area
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id OR OLD.level <> NEW.level OR OLD.code <> NEW.code)
    EXECUTE FUNCTION mulin_area_stands_right();
"""
JOIN = """
DROP TRIGGER area_still_stands_right ON neighborhoods_area;
DROP TRIGGER area_stands_right ON neighborhoods_area;
CREATE CONSTRAINT TRIGGER area_stands_right AFTER INSERT OR UPDATE OF parent_id, level, code ON neighborhoods_area
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mulin_area_stands_right();
"""


class Migration(migrations.Migration):
    dependencies = [("neighborhoods", "0002_district_import")]

    operations = [migrations.RunSQL(SPLIT, JOIN)]
