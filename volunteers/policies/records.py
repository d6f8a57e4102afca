"""Who says what was done. Pure: a record comes with volunteer, resident, guardian, activity and its leads.

Nobody confirms their own hours, by no path; the database refuses it as well (`record_not_confirmed_by_oneself`).
"""

from django.utils import timezone

from neighborhoods.actors import Actor, Role
from volunteers.actors import REGISTRARS, SECONDS
from volunteers.lifecycle.records import RECORD_FITS
from volunteers.models import Activity, ServiceRecord
from volunteers.policies.activities import leads_activity
from volunteers.policies.teams import can_organise
from volunteers.policies.volunteers import accounts_of, speaks_for


def can_propose(actor: Actor, activity: Activity) -> bool:
    """Type what somebody did: whoever leads the activity, or the desk."""
    return leads_activity(actor, activity) or can_organise(actor, activity)


def _is_foreign(actor: Actor, record: ServiceRecord) -> bool:
    """Not the volunteer, nor who spoke for them on the day of the service, though they may be grown up by now."""
    of_the_day = accounts_of(record.volunteer.resident, timezone.localdate(record.starts_at))
    own = of_the_day | accounts_of(record.volunteer.resident) | {record.own_user_id}
    return actor.user_id is not None and actor.user_id not in own


def _answers_for(actor: Actor, record: ServiceRecord) -> bool:
    leads = record.activity is not None and leads_activity(actor, record.activity)
    helped = record.helped is not None and speaks_for(actor, record.helped)
    return leads or helped or can_organise(actor, record)


def can_confirm(actor: Actor, record: ServiceRecord) -> bool:
    """Say that it was so: who led it, who was helped, or the desk of the place. Never the volunteer."""
    return record.state in RECORD_FITS["confirm"] and _is_foreign(actor, record) and _answers_for(actor, record)


def can_approve(actor: Actor, record: ServiceRecord) -> bool:
    """Agree to a late one as a second person: not who was helped either, whose word is the first one."""
    is_helped = record.helped is not None and speaks_for(actor, record.helped)
    fits = record.state in RECORD_FITS["approve"] and _is_foreign(actor, record) and not is_helped
    return fits and actor.user_id != record.confirmed_by_id and actor.holds(SECONDS, record)


def can_reject(actor: Actor, record: ServiceRecord) -> bool:
    """Say that it was not so."""
    return can_confirm(actor, record) or can_approve(actor, record)


def can_reverse(actor: Actor, record: ServiceRecord) -> bool:
    """Take a confirmed record back: the desk, never the volunteer."""
    fits = record.state in RECORD_FITS["reverse"] and record.reverses_id is None
    return fits and _is_foreign(actor, record) and actor.holds(REGISTRARS, record)


def can_ask(actor: Actor, record: ServiceRecord) -> bool:
    """Call the resident about a record chance picked: neither who served nor who confirmed."""
    return _is_foreign(actor, record) and actor.user_id != record.confirmed_by_id and actor.holds(SECONDS, record)


def can_read_records(actor: Actor) -> bool:
    """Open the list of records at the desk."""
    return bool(actor.grants_of(SECONDS))


def can_export(actor: Actor) -> bool:
    """Take confirmed records of one's area away as a file, names masked."""
    return bool(actor.grants_of(REGISTRARS))


def can_export_names(actor: Actor) -> bool:
    """With names in clear: who answers for the community."""
    return bool(actor.grants_of({Role.COMMUNITY_LEAD}))
