"""Hours and what was done, as the volunteer and the desk read them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.calendar import CHINA
from neighborhoods.actors import Actor
from neighborhoods.querysets import AreaScopedQuerySet, scope
from volunteers.actors import SECONDS, VIEWERS
from volunteers.lifecycle.records import COUNTED, WAITING, RecordState
from volunteers.models import RecordCheck, ServiceRecord, SignUp, Volunteer

ACTIVE_FOR = timedelta(days=365)
_RELATED = (
    "volunteer__resident__guardian",
    "helped__guardian",
    "area",
    "activity__lead__resident__guardian",
    "activity__team__lead__resident__guardian",
)


def minutes_of(volunteer: Volunteer, until: datetime | None = None) -> int:
    """Confirmed minutes of a person, what was taken back taken off; up to a moment of confirming, if asked."""
    rows = ServiceRecord.objects.filter(volunteer=volunteer, state__in=COUNTED)
    if until is not None:
        rows = rows.filter(Q(confirmed_at__lte=until))
    return rows.aggregate(sum=Sum("minutes"))["sum"] or 0


def records_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Records of the actor's area: the list."""
    return ServiceRecord.objects.within(actor.grants_of(VIEWERS))


def records_open_to(actor: Actor) -> AreaScopedQuerySet:
    """What somebody may open by its address: of the actor's area, of activities they lead, and done for them."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.user_id is not None:
        me = actor.user_id
        led = Q(activity__lead__resident__user=me, activity__lead__left_at=None)
        led |= Q(activity__team__lead__resident__user=me, activity__team__lead__left_at=None)
        condition |= led | Q(helped__user=actor.user_id)
    rows: AreaScopedQuerySet = ServiceRecord.objects.filter(condition)
    return rows


def record_related(rows: AreaScopedQuerySet) -> AreaScopedQuerySet:
    """With everything a policy and a row ask."""
    return rows.select_related(*_RELATED)


def service_turns(on: date) -> AreaScopedQuerySet:
    """Confirmed records of service up to the end of a day, a person each time (docs/glossary.md, "Figures")."""
    end = datetime.combine(on + timedelta(days=1), datetime.min.time(), CHINA)
    rows: AreaScopedQuerySet = ServiceRecord.objects.filter(
        state=RecordState.CONFIRMED, reverses=None, starts_at__lt=end
    )
    return rows


@dataclass(frozen=True)
class RecordTab:
    """A list of records at the desk."""

    key: str
    label: Promise
    states: frozenset[RecordState]


TABS = {
    tab.key: tab
    for tab in (
        RecordTab("confirm", _("to confirm"), frozenset({RecordState.PROPOSED})),
        RecordTab("second", _("late, to agree to"), frozenset({RecordState.SECOND})),
        RecordTab(
            "done", pgettext_lazy("records", "confirmed"), frozenset({RecordState.CONFIRMED, RecordState.REVERSED})
        ),
        RecordTab("not", _("not confirmed"), frozenset({RecordState.REJECTED, RecordState.EXPIRED})),
    )
}


def listed_records(actor: Actor, tab: RecordTab) -> AreaScopedQuerySet:
    """Those of a tab: what waits by its age, the rest newest first."""
    rows = record_related(records_visible_to(actor).filter(state__in=tab.states))
    return rows.order_by("proposed_at", "pk") if tab.states <= WAITING else rows.order_by("-pk")


def open_checks(actor: Actor) -> list[RecordCheck]:
    """Confirmed records chance picked, which nobody has asked about yet."""
    rows = RecordCheck.objects.filter(scope(actor.grants_of(SECONDS), "record__"), Q(asked_at=None))
    return list(rows.select_related("record__volunteer__resident", "record__activity").order_by("picked_at")[:50])


def forgotten(actor: Actor, at: datetime) -> list[SignUp]:
    """Who came and was not written down as gone, of shifts that are over."""
    rows = SignUp.objects.filter(
        scope(actor.grants_of(VIEWERS), "shift__activity__"), came_at__isnull=False, went_at=None, ends_at__lt=at
    )
    return list(rows.select_related("shift__activity", "volunteer__resident").order_by("ends_at")[:50])
