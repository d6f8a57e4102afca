"""One meeting as the desk shows it."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from governance.actors import VIEWERS
from governance.lifecycle.meetings import Arrival, ItemOutcome, Presence
from governance.models import AgendaItem, Attendance, Meeting, MeetingEntry, Minutes, Resolution, Topic, TopicEntry
from governance.selectors.meetings.following import is_left
from governance.selectors.meetings.words import EntryLine, lines_of_meeting, lines_of_topic
from neighborhoods.actors import Role, Stamped
from neighborhoods.selectors.areas import NamedArea, named_areas
from neighborhoods.selectors.posts import posts_in_path

LINES = 50


@dataclass(frozen=True)
class Item:
    """An item of the agenda with what was said and resolved."""

    item: AgendaItem
    text: str
    resolutions: list[Resolution]

    @property
    def outcome_label(self) -> str:
        """How it ended, in words; empty while it has not."""
        return str(ItemOutcome(self.item.outcome).label) if self.item.outcome else ""

    @property
    def tone(self) -> str:
        """Of the tag beside it."""
        return {"": "", ItemOutcome.CARRIED: "soon"}.get(self.item.outcome, "done")


@dataclass(frozen=True)
class Roll:
    """How many came, in which way."""

    expected: int
    present: int
    by_proxy: int
    excused: int
    absent: int
    by_code: int
    total: int


@dataclass(frozen=True)
class View:
    """Everything the page says."""

    meeting: Meeting
    path: tuple[NamedArea, ...]
    items: list[Item]
    minutes: list[Minutes]
    roll: Roll
    lines: list[EntryLine]
    resolutions: list[Resolution]
    open_ends: list[Resolution]

    @property
    def draft(self) -> Minutes | None:
        """What is being written."""
        return next((one for one in self.minutes if not one.is_frozen), None)

    @property
    def confirmed(self) -> Minutes | None:
        """The newest version that is frozen."""
        return next((one for one in reversed(self.minutes) if one.is_frozen), None)

    @property
    def total(self) -> int:
        """Minutes of all items."""
        return sum(one.item.minutes for one in self.items)


def desk_meeting(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With what its page shows."""
    return rows.select_related("area", "rule", "chair", "secretary", "previous", "held_again", "whistle")


def view_of(meeting: Meeting) -> View:
    """A fixed number of statements."""
    minutes = list(meeting.minutes.order_by("version"))
    resolutions = list(meeting.resolutions.order_by("order").prefetch_related("tasks"))
    return View(
        meeting=meeting,
        path=named_areas([meeting.street_id, meeting.community_id, meeting.grid_id, meeting.branch_id]),
        items=items_of(meeting, minutes[-1] if minutes else None, resolutions),
        minutes=minutes,
        roll=roll_of(meeting),
        lines=lines_of_meeting(MeetingEntry.objects.filter(meeting=meeting).order_by("-at", "-pk")[:LINES]),
        resolutions=resolutions,
        open_ends=[one for one in resolutions if is_left(one)],
    )


def items_of(meeting: Meeting, minutes: Minutes | None, resolutions: list[Resolution]) -> list[Item]:
    """The agenda with its texts."""
    texts = minutes.texts if minutes else {}
    items = meeting.agenda.select_related("topic__issue").order_by("order")
    return [Item(item, texts.get(str(item.pk), ""), [r for r in resolutions if r.item_id == item.pk]) for item in items]


def roll_of(meeting: Meeting) -> Roll:
    """Counted from its lines."""
    lines = list(Attendance.objects.filter(meeting=meeting).order_by().values_list("presence", "how"))
    by = Counter(presence for presence, _how in lines)
    return Roll(
        expected=by[Presence.EXPECTED],
        present=by[Presence.PRESENT],
        by_proxy=by[Presence.BY_PROXY],
        excused=by[Presence.EXCUSED],
        absent=by[Presence.ABSENT],
        by_code=sum(1 for presence, how in lines if (presence, how) == (Presence.PRESENT, Arrival.QR)),
        total=len(lines),
    )


def officers_for(place: Stamped) -> dict[User, str]:
    """People with a post on the path of a place who may lead or write, and how a list names them."""
    return posts_in_path({*VIEWERS, Role.REPRESENTATIVE, Role.BUILDING_LEAD}, place)


def people_to_invite(meeting: Meeting) -> dict[User, str]:
    """The same, without those who stand on the roll."""
    known = set(meeting.roll.filter(user__isnull=False).values_list("user_id", flat=True))
    return {user: label for user, label in officers_for(meeting).items() if user.pk not in known}


@dataclass(frozen=True)
class TopicView:
    """Everything the page of a topic says."""

    topic: Topic
    path: tuple[NamedArea, ...]
    lines: list[EntryLine]
    items: list[AgendaItem]


def topic_view(topic: Topic) -> TopicView:
    """Its history and the meetings that talked about it."""
    entries = TopicEntry.objects.filter(topic=topic).select_related("meeting").order_by("-at", "-pk")
    return TopicView(
        topic=topic,
        path=named_areas([topic.street_id, topic.community_id, topic.grid_id, topic.branch_id, topic.building_id]),
        lines=lines_of_topic(entries[:LINES]),
        items=list(topic.items.select_related("meeting").order_by("pk")),
    )
