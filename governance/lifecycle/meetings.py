"""The states of a meeting and of a topic, and the only moves between them (docs/lifecycle.md, "Meetings")."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class MeetingKind(models.TextChoices):
    """The five meetings (五会); the statutory assembly, the enlarged committee and units on the spot are kept apart."""

    COMMITTEE = "committee", _("residents' committee meeting")
    COUNCIL = "council", _("residents' council")
    PROPERTY_FORUM = "property_forum", _("talk with the property company")
    RED_STEWARD = "red_steward", _("grid stewards' meeting")
    SELF_GOV = "self_gov", _("self-governing committee meeting")
    ASSEMBLY = "assembly", _("residents' representatives' assembly")
    ENLARGED = "enlarged", _("enlarged committee meeting")
    ON_SITE = "on_site", _("units on the spot, after a whistle")


STATUTORY = frozenset({MeetingKind.ASSEMBLY})  # only its own members count, and it is never a micro-meeting
BY_WHISTLE = frozenset({MeetingKind.ON_SITE})  # of units, not of residents: begins, and is filed, with its whistle
OF_UNITS = frozenset({MeetingKind.ENLARGED})  # units of the neighbourhood sit there: never a micro-meeting of residents
FIVE_MEETINGS = frozenset(MeetingKind) - STATUTORY - BY_WHISTLE - OF_UNITS
CALLED_BY_HAND = [(kind.value, kind.label) for kind in MeetingKind if kind not in BY_WHISTLE]


class MeetingFormat(models.TextChoices):
    """How people come together."""

    ROOM = "room", _("sitting at a table")
    TEA = "tea", _("neighbours' tea talk")
    HALL = "hall", _("good-neighbour hall")
    CONSULTATION = "consultation", _("branch consultation")
    ONLINE = "online", _("online notice and comments")


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    COLLECTING = "collecting", _("collecting topics")
    SCREENED = "screened", _("topics chosen")
    NOTICED = "noticed", pgettext_lazy("meeting", "announced")
    HELD = "held", _("in session")
    MINUTES_DRAFT = "minutes_draft", _("minutes being written")
    CONFIRMED = "confirmed", _("minutes confirmed")
    PUBLISHED = "published", pgettext_lazy("meeting", "published")
    FOLLOWING = "following", _("being carried out")
    CLOSED = "closed", pgettext_lazy("meeting", "filed")
    NOT_QUORATE = "not_quorate", _("too few came")
    RESCHEDULED = "rescheduled", _("held again another day")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")


_S = MeetingState
MEETING_MOVES: dict[MeetingState, frozenset[MeetingState]] = {
    _S.COLLECTING: frozenset({_S.SCREENED, _S.CANCELLED}),
    _S.SCREENED: frozenset({_S.NOTICED, _S.CANCELLED}),
    _S.NOTICED: frozenset({_S.HELD, _S.NOT_QUORATE, _S.CANCELLED}),
    _S.HELD: frozenset({_S.MINUTES_DRAFT}),
    _S.MINUTES_DRAFT: frozenset({_S.CONFIRMED}),
    _S.CONFIRMED: frozenset({_S.PUBLISHED, _S.CLOSED}),  # filed without being published: only of a whistle
    _S.PUBLISHED: frozenset({_S.FOLLOWING}),
    _S.FOLLOWING: frozenset({_S.CLOSED}),
    _S.NOT_QUORATE: frozenset({_S.RESCHEDULED}),
    _S.CLOSED: frozenset(),
    _S.RESCHEDULED: frozenset(),
    _S.CANCELLED: frozenset(),
}
MEETING_FINAL = frozenset({_S.CLOSED, _S.RESCHEDULED, _S.CANCELLED})
MEETING_OPEN = frozenset(MeetingState) - MEETING_FINAL


def before_meeting(*goals: MeetingState) -> frozenset[MeetingState]:
    """The states from which one move leads to any of these."""
    return frozenset(state for state, to in MEETING_MOVES.items() if to & set(goals))


PLANNED = frozenset({_S.COLLECTING, _S.SCREENED})  # nobody has been told yet
TO_COME = PLANNED | {_S.NOTICED}
WITH_MINUTES = frozenset({_S.CONFIRMED, _S.PUBLISHED, _S.FOLLOWING, _S.CLOSED})  # confirmed once: it counts
SHOWN = frozenset({_S.PUBLISHED, _S.FOLLOWING, _S.CLOSED})  # its result has been made known
NOT_HELD = frozenset({_S.NOT_QUORATE, _S.RESCHEDULED, _S.CANCELLED})
IN_SESSION = frozenset({_S.HELD, _S.MINUTES_DRAFT})  # it took place, and what is written can still change

# In which states each step of a meeting fits: of buttons, policies and services.
MEETING_FITS: dict[str, frozenset[MeetingState]] = {
    "edit": PLANNED,
    "officers": MEETING_OPEN - WITH_MINUTES,
    "screen": before_meeting(_S.SCREENED),
    "agenda": PLANNED,
    "notice": before_meeting(_S.NOTICED),
    "move": frozenset({_S.NOTICED}),
    "invite": TO_COME,
    "register": frozenset({_S.NOTICED}),
    "hold": before_meeting(_S.HELD),
    "check-in": frozenset({_S.NOTICED, _S.HELD}),
    "roll": frozenset({_S.NOTICED}) | IN_SESSION,  # a paper roll is typed afterwards, until the minutes are frozen
    "few": before_meeting(_S.NOT_QUORATE),
    "again": before_meeting(_S.RESCHEDULED),
    "cancel": before_meeting(_S.CANCELLED),
    "adjourn": before_meeting(_S.MINUTES_DRAFT),
    "item": IN_SESSION,
    "minutes": IN_SESSION,
    "resolve": IN_SESSION,
    "confirm": before_meeting(_S.CONFIRMED) | WITH_MINUTES - {_S.CLOSED},  # also a correction of theirs
    "correct": WITH_MINUTES - {_S.CLOSED},
    "publish": before_meeting(_S.PUBLISHED),
    "follow": before_meeting(_S.FOLLOWING),
    "inform": WITH_MINUTES - {_S.CLOSED},  # say of a resolution that nothing has to be done
    "task": WITH_MINUTES - {_S.CLOSED},  # give somebody what was resolved
    "settle": WITH_MINUTES,
    "close": frozenset({_S.FOLLOWING}),
}
NOT_BY_WHISTLE = frozenset({"publish", "task"})  # residents read the whistle's reply; its tasks are given on its page

MEETING_LOOKS: dict[MeetingState, Look] = {
    _S.COLLECTING: Look("", "write"),
    _S.SCREENED: Look("run", "list"),
    _S.NOTICED: Look("soon", "wait"),
    _S.HELD: Look("run", "run"),
    _S.MINUTES_DRAFT: Look("run", "write"),
    _S.CONFIRMED: Look("soon", "wait"),
    _S.PUBLISHED: Look("done", "done"),
    _S.FOLLOWING: Look("run", "run"),
    _S.CLOSED: Look("done", "done"),
    _S.NOT_QUORATE: Look("late", "idle"),
    _S.RESCHEDULED: Look("", "again"),
    _S.CANCELLED: Look("", "x"),
}


class TopicState(models.TextChoices):
    """Where a topic (a problem to talk about) stands. It keeps its number however many meetings talk about it."""

    PROPOSED = "proposed", _("waiting to be looked at")
    ACCEPTED = "accepted", _("waiting for a meeting")
    DECLINED = "declined", pgettext_lazy("topic", "not taken up")
    ON_AGENDA = "on_agenda", _("on the agenda")
    DISCUSSED = "discussed", _("talked about, being carried out")
    CARRIED = "carried", _("goes on to the next meeting")
    SETTLED = "settled", pgettext_lazy("topic", "settled")
    WITHDRAWN = "withdrawn", _("withdrawn")


_T = TopicState
TOPIC_MOVES: dict[TopicState, frozenset[TopicState]] = {
    _T.PROPOSED: frozenset({_T.ACCEPTED, _T.DECLINED, _T.WITHDRAWN}),
    _T.ACCEPTED: frozenset({_T.ON_AGENDA, _T.DECLINED, _T.WITHDRAWN}),
    _T.ON_AGENDA: frozenset({_T.ACCEPTED, _T.DISCUSSED, _T.CARRIED}),
    _T.DISCUSSED: frozenset({_T.SETTLED, _T.CARRIED}),
    _T.CARRIED: frozenset({_T.ON_AGENDA}),
    _T.DECLINED: frozenset(),
    _T.SETTLED: frozenset(),
    _T.WITHDRAWN: frozenset(),
}
TOPIC_FINAL = frozenset({_T.DECLINED, _T.SETTLED, _T.WITHDRAWN})
TOPIC_OPEN = frozenset(TopicState) - TOPIC_FINAL


def before_topic(*goals: TopicState) -> frozenset[TopicState]:
    """The states from which one move leads to any of these."""
    return frozenset(state for state, to in TOPIC_MOVES.items() if to & set(goals))


TOPIC_FITS: dict[str, frozenset[TopicState]] = {
    "accept": before_topic(_T.ACCEPTED) - {_T.ON_AGENDA},
    "decline": before_topic(_T.DECLINED),
    "withdraw": before_topic(_T.WITHDRAWN),
    "schedule": before_topic(_T.ON_AGENDA),
    "take-off": frozenset({_T.ON_AGENDA}),
    "settle": before_topic(_T.SETTLED),
}
TOPIC_LOOKS: dict[TopicState, Look] = {
    _T.PROPOSED: Look("", "plus"),
    _T.ACCEPTED: Look("soon", "wait"),
    _T.DECLINED: Look("", "x"),
    _T.ON_AGENDA: Look("run", "list"),
    _T.DISCUSSED: Look("run", "run"),
    _T.CARRIED: Look("soon", "again"),
    _T.SETTLED: Look("done", "done"),
    _T.WITHDRAWN: Look("", "x"),
}


class TopicSource(models.TextChoices):
    """Where a topic came from. One that is carried over keeps its source."""

    RESIDENT = "resident", _("proposed by a resident")
    ISSUE = "issue", _("from an issue")
    STAFF = "staff", _("brought in by the organiser")


class Theme(models.TextChoices):
    """What a topic is about, as the yearly report groups settled problems."""

    ENVIRONMENT = "environment", _("cleaning up")
    INFRASTRUCTURE = "infrastructure", _("pipes, roads, lifts")
    SAFETY = "safety", _("safety and fire")
    PARKING = "parking", _("parking and charging")
    PROPERTY = "property", _("property service and money")
    NEIGHBOURS = "neighbours", _("living together")
    CARE = "care", _("old and young")
    OTHER = "other", _("something else")


class ItemOutcome(models.TextChoices):
    """How the talk about an item of the agenda ended; empty until it has."""

    INFORMED = "informed", _("explained")
    RESOLVED = "resolved", _("resolved")
    CARRIED = "carried", _("goes on to the next meeting")


class Arrival(models.TextChoices):
    """How somebody came onto the roll."""

    REGISTERED = "registered", _("registered before")
    INVITED = "invited", _("invited by post")
    QR = "qr", _("signed in by code")
    DESK = "desk", _("signed in at the door")
    PAPER = "paper", _("paper roll")


class Presence(models.TextChoices):
    """Whether somebody on the roll is there."""

    EXPECTED = "expected", _("expected")
    PRESENT = "present", _("present")
    BY_PROXY = "by_proxy", _("represented by somebody")
    EXCUSED = "excused", _("has sent apologies")
    ABSENT = "absent", _("did not come")


# Event names. Every one is routed or listed as silent in notifications.routing.
MEETING_OPENED = "meeting.opened"
MEETING_EDITED = "meeting.edited"
MEETING_SCREENED = "meeting.screened"
MEETING_NOTICED = "meeting.noticed"
MEETING_MOVED = "meeting.moved"
MEETING_INVITED = "meeting.invited"
MEETING_REGISTERED = "meeting.registered"
MEETING_ARRIVED = "meeting.arrived"
MEETING_ROLL_TYPED = "meeting.roll_typed"
MEETING_HELD = "meeting.held"
MEETING_ADJOURNED = "meeting.adjourned"
MEETING_NOT_QUORATE = "meeting.not_quorate"
MEETING_RESCHEDULED = "meeting.rescheduled"
MEETING_CANCELLED = "meeting.cancelled"
MEETING_MINUTES_WRITTEN = "meeting.minutes_written"
MEETING_RESOLVED = "meeting.resolved"
MEETING_CONFIRMED = "meeting.confirmed"
MEETING_CORRECTED = "meeting.corrected"
MEETING_PUBLISHED = "meeting.published"
MEETING_FOLLOWED = "meeting.followed"
MEETING_REMINDED = "meeting.reminded"
MEETING_CLOSED = "meeting.closed"
TOPIC_PROPOSED = "topic.proposed"
TOPIC_ACCEPTED = "topic.accepted"
TOPIC_DECLINED = "topic.declined"
TOPIC_WITHDRAWN = "topic.withdrawn"
TOPIC_SCHEDULED = "topic.scheduled"
TOPIC_TAKEN_OFF = "topic.taken_off"
TOPIC_DISCUSSED = "topic.discussed"
TOPIC_CARRIED = "topic.carried"
TOPIC_SETTLED = "topic.settled"

MEETING_EVENTS = frozenset(
    value
    for name, value in list(globals().items())
    if name.startswith(("MEETING_", "TOPIC_")) and isinstance(value, str)
)
