"""Plays matters into rows: those that the services would write, without their queries.

tests/test_demo_matters.py plays the same stories through the services and compares every row.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from core.calendar import CHINA, work_calendar
from core.database import copy_rows
from core.models import Event
from core.numbers import next_numbers
from demo.book import EVENT_COLUMNS, write_outbox
from demo.cast import Cast
from demo.matter_stories import Help, MatterStory, MatterTeller, Request
from demo.plan import DistrictPlan
from demo.store import store
from demo.stories import Act
from governance.actors import COLLECTORS
from governance.lifecycle import NOT_ENDED, ClockState
from governance.lifecycle import matters as life
from governance.lifecycle.duties import MATTER_TRACK
from governance.lifecycle.matters import MATTER_CLOCKS, MATTER_FINAL, MatterState
from governance.models import Category, DutyClock, Issue, Matter, MatterHelper, MatterIssue, MatterLine
from governance.services.duties import build_clock
from governance.services.matters.around import Helper
from governance.services.matters.collecting import LETTER
from neighborhoods.actors import Actor, Level

SEED = 20230611
FIRST, LAST = datetime(2023, 1, 3, 9, tzinfo=CHINA), datetime(2023, 5, 30, 9, tzinfo=CHINA)
LINE_COLUMNS = ("matter_id", "kind", "at", "actor_id", "actor_label", "from_state", "to_state", "text", "reason")
CLOCK_COLUMNS = (
    *("matter_id", "step", "version_id", "started_at", "due_at", "state", "ended_at", "paused_seconds"),
    *("next_rung", "next_rung_at", "is_unconfirmed"),
)
S = MatterState


def load_matters(plan: DistrictPlan, cast: Cast, now: datetime, relayed_before: datetime) -> int:
    """Half a year of matters that reproduce the figure, and some of today in every state; says how many."""
    teller = MatterTeller(plan, work_calendar(), Random(SEED))
    stories = [*teller.history(_requests(), FIRST, LAST), *teller.recent(now)]
    stories.sort(key=lambda story: story.at)
    player = MatterPlayer(cast)
    numbers = next_numbers("matter", [story.at.astimezone(CHINA).year for story in stories], LETTER)
    for story, number in zip(stories, numbers, strict=True):
        player.play(story, number=number)
    player.write(relayed_before=relayed_before)
    return len(stories)


def _requests() -> list[Request]:
    """Requests of the half year, the oldest first."""
    rows = Issue.objects.filter(submitted_at__gte=FIRST, submitted_at__lt=LAST).order_by("submitted_at", "pk")
    return [Request(*row) for row in rows.values_list("pk", "number", "area__code", "category__code", "submitted_at")]


class Line(NamedTuple):
    """A line of a history, and its event. Not a model: there are too many of them to be built one by one."""

    matter: Matter
    kind: str
    at: datetime
    actor: Actor
    from_state: str = ""
    to_state: str = ""
    text: str = ""
    reason: str = ""

    def row(self) -> tuple[Any, ...]:
        """In the order of the columns of a history."""
        _matter, kind, at, actor, *rest = self
        return (self.matter.pk, kind, at, actor.user_id, actor.label, *rest)

    def event(self) -> tuple[Any, ...]:
        """In the order of the columns of an event; the payload as JSON."""
        payload = json.dumps({"matter_id": self.matter.pk, "number": self.matter.number})
        label = Matter._meta.label_lower
        return (self.kind, self.at, self.actor.user_id, self.actor.label, label, self.matter.pk, payload)


class MatterPlayer:
    """Plays stories one after the other and keeps the rows until they are stored."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.categories = {category.code: category for category in Category.objects.all()}
        self.matters: list[Matter] = []
        self.helpers: list[MatterHelper] = []
        self.links: list[MatterIssue] = []
        self.clocks: list[DutyClock] = []
        self.lines: list[Line] = []
        self.running: DutyClock | None = None

    def play(self, story: MatterStory, *, number: str) -> Matter:
        """Collect and act."""
        actor, cast = self.cast.people[story.collector], self.cast
        roles = cast.posts[story.collector].title.role_set & COLLECTORS
        matter = Matter(
            number=number,
            area=cast.areas[story.area],
            **cast.stamp(story.area).as_fields(),
            category=self.categories[story.category],
            text=story.text,
            place_note=story.place_note,
            source=story.source,
            holder_area=cast.areas[story.area[:15]],
            collected_at=story.at,
            collected_by_id=actor.user_id or 0,
            collected_by_label=actor.label,
            collector_role=max(roles),
        )
        self.matters.append(matter)
        self.matter, self.running = matter, None
        self._tick(None, story.at)
        self._line(life.MATTER_COLLECTED, actor, story.at, to_state=matter.state, text=matter.text)
        self._help(story.helpers, actor, story.at)
        if story.request:
            request = story.request
            self.links.append(
                MatterIssue(matter=matter, issue_id=request.pk, added_at=story.at, added_by_label=actor.label)
            )
            self._line(life.MATTER_LINKED, actor, story.at, reason=request.number)
        for act in story.acts:
            getattr(self, f"_do_{act.verb}")(cast.people[act.who], act)
        return matter

    # ---- what every verb does ----
    def _line(self, kind: str, actor: Actor, at: datetime, **fields: str) -> None:
        self.lines.append(Line(self.matter, kind, at, actor, **fields))

    def _move(self, to: MatterState, kind: str, actor: Actor, at: datetime, **entry: str) -> None:
        matter = self.matter
        if not matter.can_move_to(to):
            raise ValueError(f"{matter.state} does not lead to {to}")
        before, matter.state = MatterState(matter.state), to
        matter.closed_at = at if to in MATTER_FINAL else None
        self._tick(before, at)
        self._line(kind, actor, at, from_state=before, to_state=to, **entry)

    def _tick(self, before: MatterState | None, at: datetime) -> None:
        old = MATTER_CLOCKS.get(before) if before else None
        new = MATTER_CLOCKS.get(MatterState(self.matter.state))
        if old == new:
            return
        running = self.running
        if running and running.state in NOT_ENDED:
            running.state = ClockState.MET if running.due_at >= at else ClockState.MISSED
            running.ended_at, running.next_rung_at = at, None
        self.running = build_clock({"matter": self.matter}, track=MATTER_TRACK, step=new, at=at) if new else None
        self.matter.due_at = self.running.due_at if self.running else None
        if self.running:
            self.clocks.append(self.running)

    def _help(self, helpers: Iterable[Help], actor: Actor, at: datetime) -> None:
        for one in helpers:
            helper = helper_of(self.cast, one)
            row = MatterHelper(matter=self.matter, role=helper.role, post=helper.post, label=helper.name, at=at)
            self.helpers.append(row)
            self._line(life.MATTER_HELPED, actor, at, text=row.label, reason=row.role)

    # ---- verbs ----
    def _do_file(self, actor: Actor, act: Act) -> None:
        self._move(S.FILED, life.MATTER_FILED, actor, act.at)

    def _do_leave(self, actor: Actor, act: Act) -> None:
        self._move(S.NOT_FILED, life.MATTER_NOT_FILED, actor, act.at, reason=act.extra["reason"])

    def _do_dispatch(self, actor: Actor, act: Act) -> None:
        matter, cast = self.matter, self.cast
        if "unit" in act.extra:
            matter.holder_unit = cast.units[act.extra["unit"]]
            matter.holder_area = cast.areas[matter.area.code[:12]]
        else:
            matter.owner_post = cast.posts[act.extra["post"]]
            matter.holder_area = cast.areas[act.extra["post"].split(":")[1]]
        self._move(S.DISPATCHED, life.MATTER_DISPATCHED, actor, act.at, reason=matter.holder_name)

    def _do_handle(self, actor: Actor, act: Act) -> None:
        matter, post = self.matter, self.cast.posts[act.who]
        matter.handler_role = min(post.title.role_set)
        matter.handler_level = int(Level.COMMUNITY) if post.area is None else post.area.level
        matter.handled_at, matter.handled_by_id, matter.result = act.at, actor.user_id, act.extra["result"]
        self._help(act.extra["helpers"], actor, act.at)
        self._move(S.HANDLED, life.MATTER_HANDLED, actor, act.at, text=matter.result)

    def _do_report(self, actor: Actor, act: Act) -> None:
        self._move(S.REPORTED, life.MATTER_REPORTED, actor, act.at, text=act.extra["text"])

    def _do_check(self, actor: Actor, act: Act) -> None:
        matter, note = self.matter, act.extra["note"]
        if act.extra["passed"]:
            matter.checked_by_id = actor.user_id
            self._move(S.CHECKED, life.MATTER_CHECKED, actor, act.at, text=note)
            return
        matter.handled_at = matter.handled_by_id = matter.handler_level = None
        matter.handler_role = matter.result = ""
        self._move(S.DISPATCHED, life.MATTER_SENT_BACK, actor, act.at, text=note)

    def _do_close(self, actor: Actor, act: Act) -> None:
        self._move(S.CLOSED, life.MATTER_CLOSED, actor, act.at)

    # ---- storing ----
    def write(self, *, relayed_before: datetime) -> None:
        """Everything at once; events in the order in which things happened."""
        store(Matter, self.matters)
        store(MatterHelper, self.helpers)
        store(MatterIssue, self.links)
        for clock in self.clocks:  # the id is known now; COPY must not ask for it while it writes
            clock.matter = clock.matter
        copy_rows(DutyClock, CLOCK_COLUMNS, ([getattr(row, name) for name in CLOCK_COLUMNS] for row in self.clocks))
        copy_rows(MatterLine, LINE_COLUMNS, (line.row() for line in self.lines))
        told = sorted(self.lines, key=lambda line: line.at)
        copy_rows(Event, EVENT_COLUMNS, (line.event() for line in told))
        write_outbox(relayed_before=relayed_before)


def helper_of(cast: Cast, one: Help) -> Helper:
    """As the services take it."""
    return Helper(one.role, one.label, cast.posts[one.person] if one.person else None)
