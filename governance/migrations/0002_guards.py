"""What the database itself refuses: minutes and lists of voters that change after they were frozen."""

from django.db import migrations

# Confirmed minutes are frozen in the database too: nobody writes over them, whatever the program does.
MINUTES_FROZEN = """
CREATE FUNCTION mulin_minutes_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'confirmed minutes are frozen';
END $$;
CREATE TRIGGER minutes_frozen BEFORE UPDATE OR DELETE ON governance_minutes
FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION mulin_minutes_frozen();
"""
MINUTES_THAWED = """
DROP TRIGGER minutes_frozen ON governance_minutes;
DROP FUNCTION mulin_minutes_frozen();
"""

# Once frozen, who may vote stands fast; the link of a lost slip, who came, and the erasing of names are no change of it.
# Once a vote has opened the list cannot be taken up again either (docs/votes.md).
VOTERS_FROZEN = """
CREATE FUNCTION mulin_voters_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM governance_entitledlist l
        WHERE l.frozen_at IS NOT NULL
        AND (TG_OP <> 'DELETE' AND l.id = NEW.list_id OR TG_OP <> 'INSERT' AND l.id = OLD.list_id)
    ) THEN
        RAISE EXCEPTION 'the list of voters is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER voters_frozen BEFORE INSERT OR DELETE OR
    UPDATE OF list_id, position, label, key, floor_area, user_id ON governance_entitled
    FOR EACH ROW EXECUTE FUNCTION mulin_voters_frozen();

CREATE FUNCTION mulin_voters_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM governance_motion m WHERE m.meeting_id = OLD.meeting_id AND m.opened_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a vote has opened with this list of voters' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER voters_in_use BEFORE DELETE OR
    UPDATE OF meeting_id, base, frozen_at, fingerprint, number, floor_area ON governance_entitledlist
    FOR EACH ROW EXECUTE FUNCTION mulin_voters_in_use();
"""
VOTERS_THAWED = """
DROP TRIGGER voters_in_use ON governance_entitledlist;
DROP FUNCTION mulin_voters_in_use();
DROP TRIGGER voters_frozen ON governance_entitled;
DROP FUNCTION mulin_voters_frozen();
"""

# Indexes no question uses leave the table that every report writes (docs/performance.md). Django makes them
# for a search by the beginning of a text; numbers and links are asked for whole.
NO_LIKE = """
DROP INDEX IF EXISTS governance_issue_number_f2bee333_like;
DROP INDEX IF EXISTS governance_issue_follow_digest_60312e05_like;
"""


class Migration(migrations.Migration):
    replaces = [("governance", "0008_meetings"), ("governance", "0009_voting"), ("governance", "0019_lighter_issues")]

    dependencies = [("governance", "0001_whole")]

    operations = [
        migrations.RunSQL(MINUTES_FROZEN, MINUTES_THAWED),
        migrations.RunSQL(VOTERS_FROZEN, VOTERS_THAWED),
        migrations.RunSQL(NO_LIKE, migrations.RunSQL.noop),
    ]
