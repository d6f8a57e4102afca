"""What waits for somebody among people who serve, as query sets: the numbers beside the lines of the navigation."""

from django.db.models import QuerySet

from neighborhoods.actors import Actor, Role
from volunteers.actors import CHECKIN_KEEPERS, GRANTERS, GRID_TAKERS, ORGANISERS, REGISTRARS
from volunteers.lifecycle.records import RecordState
from volunteers.models import ServiceRecord
from volunteers.selectors.aid import needs_to_decide
from volunteers.selectors.checkins import waiting_checkins
from volunteers.selectors.incentives import waiting_incentives
from volunteers.selectors.orders import waiting_orders
from volunteers.selectors.volunteers import waiting_volunteers


def waiting_among_people(actor: Actor) -> dict[str, QuerySet]:
    """By the line they belong to; only those this person could have something in."""
    rows: dict[str, QuerySet] = {}
    if actor.grants_of(CHECKIN_KEEPERS):
        rows["checkins"] = waiting_checkins(actor)
    if actor.grants_of(GRANTERS):
        rows["rewards"] = waiting_incentives(actor)
    if actor.grants_of(REGISTRARS):
        rows |= {"volunteers": waiting_volunteers(actor), "aid": needs_to_decide(actor)}
    if actor.grants_of(ORGANISERS):
        rows["hours"] = waiting_records(actor)
    if actor.roles & (GRID_TAKERS | {Role.REPRESENTATIVE}):
        rows["orders"] = waiting_orders(actor)
    return rows


def waiting_records(actor: Actor) -> QuerySet[ServiceRecord]:
    """Hours somebody of the place confirms, who is not the volunteer (docs/lifecycle.md, "Records of service")."""
    rows = ServiceRecord.objects.within(actor.grants_of(ORGANISERS)).filter(state=RecordState.PROPOSED)
    return rows.exclude(volunteer__resident__user=actor.user_id) if actor.user_id else rows
