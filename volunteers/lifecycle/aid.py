"""Neighbours help each other (双向服务): needs, who offers what, and how a helped hour becomes a record of service.

open → taken → done → confirmed by the helped → credited; cancelled, disputed, or not credited (docs/lifecycle.md,
"Mutual aid"). Whoever helped never confirms it, by no path.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.calendar import CHINA
from core.looks import Look

UNTAKEN_HOURS = 24  # then the grid is shown an open need, once
EVE_HOUR, AFTER_HOUR = 18, 9  # reminded on the evening before the day; else on the morning after it
STILL_DAYS = 3  # reminded then, when no day was named
NUDGE_DAYS = 3  # then whoever was helped is asked politely, once
PAIR_MINUTES = 8 * 60  # a month between the same two people; more is looked at before it is credited
ACTS_FOR_ONESELF = 18  # helping goes into other people's homes


class AidKind(models.TextChoices):
    """What neighbours do for each other."""

    SHOPPING = "shopping", _("shopping and errands")
    MEALS = "meals", _("bringing a meal")
    COMPANY = "company", _("company and a chat")
    CLINIC = "clinic", _("going along to the doctor")
    REPAIRS = "repairs", _("small repairs at home")
    CARRYING = "carrying", _("carrying and moving")
    DEVICES = "devices", _("phone and computer")
    CHILDREN = "children", _("looking after a child")
    LEARNING = "learning", _("homework and learning")
    OTHER = "other", pgettext_lazy("kind of help", "something else")


@dataclass(frozen=True)
class KindFacts:
    """The symbol, and whether whoever helps has to be insured on that day."""

    icon: str
    is_risky: bool = False


KINDS: dict[AidKind, KindFacts] = {
    AidKind.SHOPPING: KindFacts("bag"),
    AidKind.MEALS: KindFacts("bowl"),
    AidKind.COMPANY: KindFacts("message"),
    AidKind.CLINIC: KindFacts("elder"),
    AidKind.REPAIRS: KindFacts("pipe", is_risky=True),
    AidKind.CARRYING: KindFacts("boxes", is_risky=True),
    AidKind.DEVICES: KindFacts("phone"),
    AidKind.CHILDREN: KindFacts("child"),
    AidKind.LEARNING: KindFacts("write"),
    AidKind.OTHER: KindFacts("hand"),
}


class Reach(models.IntegerChoices):
    """How far somebody goes to help; also how near two neighbours are."""

    BUILDING = 1, _("in my building")
    COMPOUND = 2, _("in my compound")
    COMMUNITY = 3, _("in my community")


NEARNESS: dict[int, Promise] = {1: _("same building"), 2: _("same compound"), 3: _("same community")}


class Slot(models.IntegerChoices):
    """When somebody has time; the values are bits of one number."""

    WEEKDAY_MORNING = 1, _("weekday mornings")
    WEEKDAY_AFTERNOON = 2, _("weekday afternoons")
    WEEKDAY_EVENING = 4, _("weekday evenings")
    WEEKEND_MORNING = 8, _("weekend mornings")
    WEEKEND_AFTERNOON = 16, _("weekend afternoons")
    WEEKEND_EVENING = 32, _("weekend evenings")


class DayPart(models.TextChoices):
    """When on that day."""

    ANY = "any", _("any time of day")
    MORNING = "morning", _("in the morning")
    AFTERNOON = "afternoon", _("in the afternoon")
    EVENING = "evening", _("in the evening")


class AidState(models.TextChoices):
    """Where a need stands."""

    OPEN = "open", pgettext_lazy("need", "looking for a neighbour")
    TAKEN = "taken", pgettext_lazy("need", "a neighbour helps")
    DONE = "done", pgettext_lazy("need", "done, to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("need", "confirmed, the community looks at it")
    CREDITED = "credited", pgettext_lazy("need", "confirmed and credited")
    DISPUTED = "disputed", pgettext_lazy("need", "the community decides")
    REFUSED = "refused", pgettext_lazy("need", "not credited")
    CANCELLED = "cancelled", pgettext_lazy("need", "called off")


S = AidState
AID_FINAL = frozenset({S.CREDITED, S.REFUSED, S.CANCELLED})
AID_MOVES: dict[AidState, frozenset[AidState]] = {
    S.OPEN: frozenset({S.TAKEN, S.CANCELLED}),
    S.TAKEN: frozenset({S.OPEN, S.DONE, S.CANCELLED}),
    S.DONE: frozenset({S.CONFIRMED, S.CREDITED, S.DISPUTED}),
    S.CONFIRMED: frozenset({S.CREDITED, S.REFUSED}),
    S.DISPUTED: frozenset({S.CONFIRMED, S.CREDITED, S.REFUSED, S.TAKEN}),
    S.CREDITED: frozenset(),
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
}
AID_FITS: dict[str, frozenset[AidState]] = {
    "take": frozenset({S.OPEN}),
    "match": frozenset({S.OPEN}),
    "share": frozenset({S.OPEN, S.TAKEN, S.DONE}),
    "give-back": frozenset({S.TAKEN}),
    "finish": frozenset({S.TAKEN}),
    "confirm": frozenset({S.DONE}),
    "dispute": frozenset({S.DONE}),
    "decide": frozenset({S.DISPUTED}),
    "credit": frozenset({S.CONFIRMED}),
    "refuse": frozenset({S.CONFIRMED}),
    "cancel": frozenset({S.OPEN, S.TAKEN}),
}
WITH_HELPER = frozenset(S) - {S.OPEN, S.CANCELLED}
AID_LOOKS: dict[AidState, Look] = {
    S.OPEN: Look("soon", "wait"),
    S.TAKEN: Look("run", "hand"),
    S.DONE: Look("run", "message"),
    S.CONFIRMED: Look("run", "people"),
    S.CREDITED: Look("done", "done"),
    S.DISPUTED: Look("late", "flag"),
    S.REFUSED: Look("", "x"),
    S.CANCELLED: Look("", "x"),
}


class AidChannel(models.TextChoices):
    """How a need or a word about it came in."""

    PAGE = "page", _("by oneself, on the page")
    PHONE = "phone", _("by phone, typed by staff")
    PAPER = "paper", _("on paper, typed by staff")
    VISIT = "visit", _("told to the representative")


class Decision(models.TextChoices):
    """What the community decides in a dispute."""

    SO = "so", _("it was so: credit it")
    AGAIN = "again", _("not finished: the neighbour goes on")
    NOT_SO = "not_so", _("it was not so: nothing is credited")


class CallReason(models.TextChoices):
    """Why somebody without an account is called."""

    VERIFIED = "verified", _("registered as a volunteer")
    REFUSED = "refused", _("not registered as a volunteer")
    MOVED_UP = "moved_up", _("moved up from the waiting list")
    LOST = "lost", _("the seat or the shift is lost")
    TAKEN = "taken", _("a neighbour will help")
    GIVEN_BACK = "given_back", _("the neighbour cannot come, another is looked for")
    NUDGE = "nudge", _("was it so? The help waits to be confirmed")
    DECIDED = "decided", _("the community has decided")
    REMIND = "remind", _("promised to help a neighbour: is it done, or can they come?")


AID_ASKED = "aid.asked"
AID_TAKEN = "aid.taken"
AID_MATCHED = "aid.matched"  # by staff
AID_SHARED = "aid.shared"
AID_GIVEN_BACK = "aid.given_back"
AID_DONE = "aid.done"
AID_CONFIRMED = "aid.confirmed"
AID_HELD = "aid.held"  # confirmed, and the community looks at it before it is credited
AID_CREDITED = "aid.credited"
AID_REFUSED = "aid.refused"
AID_DISPUTED = "aid.disputed"
AID_DECIDED = "aid.decided"
AID_CANCELLED = "aid.cancelled"
AID_NUDGED = "aid.nudged"
AID_UNTAKEN = "aid.untaken"
AID_REMINDED = "aid.reminded"  # whoever took it on, once: its day comes, or has passed
OFFER_OPENED = "aid_offer.opened"
OFFER_ENDED = "aid_offer.ended"
CALL_ASKED = "phone_call.asked"
CALL_DONE = "phone_call.done"

AID_EVENTS = frozenset(
    {
        *(AID_ASKED, AID_TAKEN, AID_MATCHED, AID_SHARED, AID_GIVEN_BACK, AID_DONE, AID_CONFIRMED, AID_HELD),
        *(AID_CREDITED, AID_REFUSED, AID_DISPUTED, AID_DECIDED, AID_CANCELLED, AID_NUDGED, AID_UNTAKEN),
        AID_REMINDED,
        *(OFFER_OPENED, OFFER_ENDED, CALL_ASKED, CALL_DONE),
    }
)


def remind_at(wanted_on: date | None, taken_at: datetime) -> datetime:
    """When whoever took it on is reminded, once."""
    if wanted_on is None:
        return taken_at + timedelta(days=STILL_DAYS)
    eve = datetime.combine(wanted_on - timedelta(days=1), time(EVE_HOUR), CHINA)
    morning = datetime.combine(wanted_on + timedelta(days=1), time(AFTER_HOUR), CHINA)
    return next((at for at in (eve, morning) if at > taken_at), taken_at + timedelta(days=STILL_DAYS))
