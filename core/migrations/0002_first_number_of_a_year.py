"""The first numbers of a year, asked for at the same moment, wait for each other instead of failing."""

from django.db import migrations

# CREATE SEQUENCE IF NOT EXISTS alone fails with a unique violation when two transactions run it at once.
NEW = """
CREATE OR REPLACE FUNCTION mulin_next_number(kind text, year integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    series text := format('mulin_number_%s_%s', kind, year);
BEGIN
    RETURN nextval(series);
EXCEPTION WHEN undefined_table THEN
    PERFORM pg_advisory_xact_lock(7004, year);
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', series);
    RETURN nextval(series);
END $$;
"""
OLD = NEW.replace("    PERFORM pg_advisory_xact_lock(7004, year);\n", "")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunSQL(NEW, OLD)]
