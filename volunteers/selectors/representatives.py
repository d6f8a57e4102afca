"""Representatives as somebody may see them, and the lists of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.calendar import CHINA
from neighborhoods.actors import Actor
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.actors import VIEWERS
from volunteers.lifecycle import representatives as life
from volunteers.lifecycle.links import FEWEST_LINKS, LINKS_HANDED_OVER, LinkState
from volunteers.lifecycle.representatives import IN_TERM, LINKING, RepresentativeState
from volunteers.models import Representative, Training

S = RepresentativeState


def representatives_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Terms of the actor's area."""
    return Representative.objects.within(actor.grants_of(VIEWERS))


def representative_of(user: User) -> Representative | None:
    """The running term of a signed-in person."""
    terms = Representative.objects.select_related("resident", "area")
    return terms.filter(resident__user=user.pk, state__in=IN_TERM).first() if user.pk else None


def serving_on(on: date) -> QuerySet[Representative]:
    """Those who link households on a day: begun, not ended by then, not suspended (docs/glossary.md, "Figures")."""
    ended_later = Q(state=S.ENDED, ended_at__gte=datetime.combine(on + timedelta(days=1), time(), CHINA))
    return Representative.objects.filter(Q(state=S.ACTIVE) | ended_later, capacity__in=LINKING, starts_on__lte=on)


def links_each_on(on: date) -> list[int]:
    """How many households each of them linked on a day, in no order of persons; for the least and the most alone."""
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    agreed = Q(links__answered_at__lt=end) & ~Q(links__answered_by="") & ~Q(links__state=LinkState.DECLINED)
    current = agreed & (Q(links__ended_at=None) | Q(links__ended_at__gte=end))
    return sorted(serving_on(on).annotate(n=Count("links", filter=current)).values_list("n", flat=True))


def with_links(rows: Any) -> Any:
    """Each with the number of households linked now, as `linked`."""
    return rows.annotate(linked=Count("links", filter=Q(links__state=LinkState.ACTIVE)))


def too_few(rows: Any, on: date) -> Any:
    """Serving longer than the time of forming, with fewer than five households."""
    serving = with_links(rows.filter(state=S.ACTIVE, capacity__in=LINKING, forming_until__lt=on))
    return serving.filter(linked__lt=FEWEST_LINKS)


def untrained(rows: Any, on: date) -> Any:
    """Serving for a year or longer, and without a training in the last one."""
    since = on - timedelta(days=life.TRAINING_DAYS)
    recent = Training.objects.filter(representative=OuterRef("pk"), on_day__gt=since)
    return rows.filter(~Exists(recent), state=S.ACTIVE, starts_on__lte=since)


class Reminder(NamedTuple):
    """What a representative should know about the own term: see `reminder_of`."""

    training: Training | None
    needs_training: bool
    ends_soon: bool


def reminder_of(term: Representative, on: date) -> Reminder:
    """The last training, whether one is due, and whether the term ends within sixty days."""
    last = term.trainings.first()
    began = last.on_day if last else term.starts_on
    due = began is not None and began <= on - timedelta(days=life.TRAINING_DAYS)
    ends = term.term_ends_on
    return Reminder(last, due, ends is not None and ends - timedelta(days=life.REMIND_DAYS) <= on)


def on_notice(at: datetime) -> QuerySet[Representative]:
    """Names that hang out now."""
    rows = Representative.objects.filter(state=S.NOTICED, notice_until__gt=at)
    return rows.select_related("resident", "area__compound").order_by("notice_until", "pk")


@dataclass(frozen=True)
class Tab:
    """A list of terms."""

    key: str
    label: Promise
    rows: Callable[[Any, date], Any]


TABS: dict[str, Tab] = {
    tab.key: tab
    for tab in (
        Tab("serving", gettext_lazy("serving"), lambda rows, _on: rows.filter(state__in=IN_TERM)),
        Tab(
            "choosing",
            gettext_lazy("being chosen"),
            lambda rows, _on: rows.filter(state__in=[S.NOMINATED, S.REVIEWED, S.NOTICED]),
        ),
        Tab("few", gettext_lazy("fewer than five households"), too_few),
        Tab("untrained", gettext_lazy("no training for a year"), untrained),
        Tab("over", gettext_lazy("ended"), lambda rows, _on: rows.filter(state=S.ENDED)),
    )
}


def listed(actor: Actor, tab: Tab, on: date) -> Any:
    """The rows of a tab by place, never by what anybody did."""
    rows = tab.rows(representatives_visible_to(actor), on)
    return with_links(rows).select_related("resident", "area__compound").order_by("branch_id", "area_id", "pk")


class TermLine(NamedTuple):
    """A line of a term's history in words."""

    at: datetime
    icon: str
    title: str
    text: str
    who: str


KINDS: dict[str, tuple[str, Promise]] = {
    life.REPRESENTATIVE_NOMINATED: ("write", gettext_lazy("Put forward")),
    life.REPRESENTATIVE_APPROVED: ("flag", gettext_lazy("The Party organisation says yes")),
    life.REPRESENTATIVE_AGREED: ("people", gettext_lazy("Residents agree")),
    life.REPRESENTATIVE_REVIEWED: ("check", gettext_lazy("Both sides have said yes")),
    life.REPRESENTATIVE_NOTICED: ("eye", gettext_lazy("On public notice for seven days")),
    life.REPRESENTATIVE_OBJECTED: ("message", gettext_lazy("Somebody objects")),
    life.REPRESENTATIVE_SETTLED: ("check", gettext_lazy("The objection has an answer")),
    life.REPRESENTATIVE_ACTIVATED: ("done", gettext_lazy("The term begins")),
    life.REPRESENTATIVE_SUSPENDED: ("stop", gettext_lazy("The term rests")),
    life.REPRESENTATIVE_RESUMED: ("run", gettext_lazy("The term goes on")),
    life.REPRESENTATIVE_ENDED: ("x", gettext_lazy("The term is over")),
    life.REPRESENTATIVE_TRAINED: ("doc", gettext_lazy("Took part in a training")),
    life.REPRESENTATIVE_REACHED: ("phone", gettext_lazy("How to reach them was changed")),
    life.REPRESENTATIVE_MOVED: ("home", gettext_lazy("Moved out of the compound")),
    LINKS_HANDED_OVER: ("swap", gettext_lazy("Households handed over")),
}


def term_lines(representative: Representative) -> list[TermLine]:
    """The history, the newest first."""
    lines = []
    for line in representative.lines.order_by("-at", "-pk"):
        icon, title = KINDS[line.kind]
        who = line.actor_label if line.actor_id else _("automatically")
        lines.append(TermLine(line.at, icon, str(title), line.text, who))
    return lines
