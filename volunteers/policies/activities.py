"""Who runs activities and shifts. Pure: an activity comes with its leads' residents and its team."""

from neighborhoods.actors import Actor
from volunteers.lifecycle.activities import ACTIVITY_FITS
from volunteers.models import Activity, Shift, Volunteer
from volunteers.policies.teams import can_organise, leads, leads_team
from volunteers.policies.volunteers import is_own


def can_run_activity(actor: Actor, activity: Activity, verb: str = "edit") -> bool:
    """Change it, add shifts, open, close or call it off: the desk of the place."""
    return activity.state in ACTIVITY_FITS[verb] and can_organise(actor, activity)


def leads_activity(actor: Actor, activity: Activity) -> bool:
    """The lead of the activity or of its team, signed in."""
    return leads(actor, activity.lead) or (activity.team is not None and leads_team(actor, activity.team))


def can_lead_shift(actor: Actor, shift: Shift) -> bool:
    """Keep the list of a shift and show its code: its lead, the activity's, the team's, or the desk."""
    return leads(actor, shift.lead) or leads_activity(actor, shift.activity) or can_organise(actor, shift.activity)


def can_sign_up(actor: Actor, volunteer: Volunteer, activity: Activity) -> bool:
    """Take a seat: the volunteer, or the desk of the place for somebody without a phone."""
    return is_own(actor, volunteer) or can_organise(actor, activity)
