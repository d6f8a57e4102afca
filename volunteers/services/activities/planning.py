"""An activity is planned, opened, over, or called off."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.numbers import next_number
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.services.stamps import stamp_for_new
from volunteers.lifecycle import activities as life
from volunteers.lifecycle.activities import ACTIVITY_FITS, ActivityState
from volunteers.models import Activity, Shift, Team, Volunteer
from volunteers.policies.teams import can_organise
from volunteers.services.activities.seats import lose_seats

LETTER = "A"
TITLE_LIMIT, OLDEST_MINIMUM = 80, 70


@dataclass(frozen=True)
class Plan:
    """What the desk says of an activity."""

    title: str
    text: str = ""
    place_note: str = ""
    team_id: int | None = None
    lead_id: int | None = None
    partner_ids: tuple[int, ...] = ()
    is_hard: bool = False
    needs_insurance: bool = False
    min_age: int = 0


def locked_activity(activity_id: int) -> Activity:
    """The activity with who leads it, locked until the transaction ends."""
    rows = Activity.objects.select_for_update(of=("self",)).select_related(
        "lead__resident__guardian", "team__lead__resident__guardian"
    )
    return rows.get(pk=activity_id)


def require_fit(activity: Activity, verb: str) -> None:
    """The step fits the state, else a sentence says how it stands."""
    if activity.state not in ACTIVITY_FITS[verb]:
        raise RuleError(_("This activity is “%(state)s” now.") % {"state": activity.get_state_display()})


@transaction.atomic
def plan_activity(*, actor: Actor, area: Area | int, plan: Plan) -> Activity:
    """A draft: nobody sees it before it is opened."""
    place, stamp = stamp_for_new(area)
    require(can_organise(actor, stamp))
    at = timezone.now()
    activity = Activity(
        number=next_number("activity", timezone.localdate(at).year, LETTER),
        area_id=place.pk,
        **stamp.as_fields(),
        planned_at=at,
        planned_by_id=actor.user_id,
        planned_by_label=actor.label,
    )
    _write(activity, plan)
    events.record(life.ACTIVITY_PLANNED, actor=actor, subject=activity, activity_id=activity.pk)
    return activity


@transaction.atomic
def revise_activity(*, activity_id: int, actor: Actor, plan: Plan) -> Activity:
    """Other words, lead, team or conditions. Whoever has a seat keeps it."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "edit")
    _write(activity, plan)
    events.record(life.ACTIVITY_REVISED, actor=actor, subject=activity, activity_id=activity.pk)
    return activity


def _write(activity: Activity, plan: Plan) -> None:
    if not plan.title.strip():
        raise RuleError(_("Give the activity a title."), field="title")
    if not 0 <= plan.min_age <= OLDEST_MINIMUM:
        raise RuleError(_("Please check the age."), field="min_age")
    activity.title, activity.text = plan.title.strip()[:TITLE_LIMIT], plan.text.strip()[:1000]
    activity.place_note = plan.place_note.strip()[:120]
    activity.team = _team(activity, plan.team_id) if plan.team_id else None
    activity.lead = _lead(plan.lead_id) if plan.lead_id else None
    activity.is_hard, activity.min_age = plan.is_hard, plan.min_age
    activity.needs_insurance = plan.needs_insurance or (activity.team is not None and activity.team.needs_insurance)
    activity.save()
    activity.partners.set(_units(plan.partner_ids))


def _team(activity: Activity, team_id: int) -> Team:
    team = Team.objects.filter(pk=team_id, closed_at=None, street_id=activity.street_id).first()
    if team is None:
        raise RuleError(_("Choose a team of this street."), field="team")
    return team


def _lead(lead_id: int) -> Volunteer:
    lead = Volunteer.objects.filter(pk=lead_id, left_at=None).first()
    if lead is None:
        raise RuleError(_("Choose somebody who is registered."), field="lead")
    return lead


def _units(ids: Iterable[int]) -> list[PartnerUnit]:
    return list(PartnerUnit.objects.filter(pk__in=ids, is_active=True))


@transaction.atomic
def open_activity(*, activity_id: int, actor: Actor) -> Activity:
    """People may sign up from now on."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "open")
    at = timezone.now()
    if not activity.shifts.filter(cancelled_at=None, starts_at__gt=at).exists():
        raise RuleError(_("Add a shift first."))
    activity.state, activity.opened_at = ActivityState.OPEN, at
    activity.save(update_fields=["state", "opened_at"])
    events.record(life.ACTIVITY_OPENED, actor=actor, subject=activity, activity_id=activity.pk)
    return activity


@transaction.atomic
def close_activity(*, activity_id: int, actor: Actor) -> Activity:
    """Over: no shift is to come."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "close")
    at = timezone.now()
    if activity.shifts.filter(cancelled_at=None, ends_at__gt=at).exists():
        raise RuleError(_("There are shifts to come. Call them off, or wait until they are over."))
    activity.state, activity.closed_at = ActivityState.CLOSED, at
    activity.save(update_fields=["state", "closed_at"])
    events.record(life.ACTIVITY_CLOSED, actor=actor, subject=activity, activity_id=activity.pk)
    return activity


@transaction.atomic
def cancel_activity(*, activity_id: int, actor: Actor, reason: str) -> Activity:
    """Called off with everything to come; what was done already stays, and whoever has a seat is told."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "cancel")
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    at = timezone.now()
    running = activity.shifts.filter(cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    if running.exists():
        raise RuleError(_("A shift is under way. Wait until it is over."))
    activity.state, activity.closed_at, activity.reason = ActivityState.CANCELLED, at, reason.strip()[:200]
    activity.save(update_fields=["state", "closed_at", "reason"])
    coming = activity.shifts.filter(cancelled_at=None, starts_at__gt=at)
    for shift in coming.select_for_update(of=("self",)).order_by("pk"):
        call_off(shift, actor)
    events.record(life.ACTIVITY_CANCELLED, actor=actor, subject=activity, activity_id=activity.pk)
    return activity


def call_off(shift: Shift, actor: Actor) -> None:
    """A locked shift does not take place; its seats are lost and their holders told."""
    lose_seats(shift, actor)
    shift.cancelled_at, shift.taken = timezone.now(), 0
    shift.save(update_fields=["cancelled_at", "taken"])
