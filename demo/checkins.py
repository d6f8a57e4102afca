"""Members who checked in where they live: the people of the published figure, by rows as the services would write them.

They are volunteers of the register who served; a member's services are those same records (docs/adr/0011). What differs
from the everyday is done by the steps themselves, in demo/checkin_scenes.py.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min
from django.utils import timezone

from core.calendar import CHINA
from core.database import copy_rows
from core.models import Event
from core.numbers import next_number, next_numbers
from core.tokens import digest_of
from demo.book import EVENT_COLUMNS, write_outbox
from demo.cast import Cast
from demo.store import store
from neighborhoods.actors import SYSTEM, Actor
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle import feedback as feedback_life
from volunteers.lifecycle.checkins import CheckInState, FreeTime, Skill
from volunteers.lifecycle.feedback import LINK_DAYS, FeedbackState
from volunteers.models import CheckIn, CheckInLine, EmployerFeedback, Volunteer
from volunteers.services.checkins.applying import due_from, quiet_from
from volunteers.services.checkins.feedback import body_of, fingerprint_of, token_for
from volunteers.services.registration import stamps_of

SEED = 20230615
TWICE, ONCE = 2290, 496  # members who served in two activities, and in one, by 10 June 2023
LEFT = 90  # of whom so many ended it later
PAGES = 24  # pages for employers, about 2022
YEAR = 2022
EMPLOYERS = (
    *("示例纺织厂", "示例第三中学", "示例医院", "示例小学", "示例银行", "示例设计院", "示例公交公司", "示例供电所"),
    *("示例税务所", "示例自来水厂", "示例幼儿园", "示例建筑公司"),
)
LINE_COLUMNS = ("checkin_id", "kind", "at", "actor_id", "actor_label", "text")


class Served(NamedTuple):
    """A volunteer and when they served first and last."""

    entry: Volunteer
    first: datetime
    last: datetime
    confirmed: datetime


class CheckInBook:
    """The rows of one district, until they are stored."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.rng = cast, Random(SEED)
        self.codes = {area.pk: code for code, area in cast.areas.items()}
        self.events: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []

    def write(self, relayed_before: datetime) -> int:
        """Check-ins with their history, then a few pages for employers; says how many members."""
        served = list(self._chosen())
        rows = [self._checkin(*pair) for pair in enumerate(served)]
        for row, number in zip(
            rows, next_numbers("checkin", [row.applied_at.year for row in rows], life.LETTER), strict=True
        ):
            row.number = number
        store(CheckIn, rows)
        for row in rows:
            self._history(row)
        self._pages(rows)
        self._store(relayed_before)
        return len(rows)

    def _store(self, relayed_before: datetime) -> None:
        copy_rows(CheckInLine, LINE_COLUMNS, self.lines)
        copy_rows(Event, EVENT_COLUMNS, sorted(self.events, key=lambda event: event[1]))
        write_outbox(relayed_before=relayed_before)

    def write_own(self, row: CheckIn, own: Actor, year: int) -> None:
        """The page of a past year of the log-in: agreed to by themselves, issued; its link has expired."""
        self._page(row, FeedbackState.ISSUED, datetime(year, 12, 12, 9, tzinfo=CHINA), year=year, own=own)
        self._store(timezone.now())

    def _chosen(self) -> Iterator[Served]:
        """Of those who served in two activities so many, of those in one so many; spread over the branches."""
        entries = Volunteer.objects.select_related("resident__area").annotate(
            turns=Count("records__activity", distinct=True),
            first=Min("records__starts_at"),
            last=Max("records__ends_at"),
            confirmed=Min("records__confirmed_at"),
        )
        for turns, wanted in ((2, TWICE), (1, ONCE)):
            for entry in entries.filter(turns=turns, resident__user=None).order_by("pk")[:wanted]:
                yield Served(entry, entry.first, entry.last, entry.confirmed)

    def _staff(self, row: CheckIn) -> tuple[Actor, Actor]:
        """Who typed it, and who answered for the branch."""
        code = self.codes[row.branch_id or 0]
        return self.cast.people[f"community_staff:{code[:12]}:1"], self.cast.people[f"branch_secretary:{code}:0"]

    def _checkin(self, index: int, served: Served) -> CheckIn:
        entry, first, last, confirmed = served
        applied_at = max((entry.verified_at or first) + timedelta(hours=1), first - timedelta(days=20))
        accepted_at = min(applied_at + timedelta(days=1), first - timedelta(hours=1))
        quiet = max(quiet_from(accepted_at), quiet_from(last))
        is_over = index % ((TWICE + ONCE) // LEFT) == 7
        row = CheckIn(
            resident=entry.resident,
            **stamps_of(entry.resident),
            state=CheckInState.LEFT if is_over else CheckInState.ACTIVE,
            employer=self.rng.choice(EMPLOYERS),
            skills=[code for code in Skill.values if self.rng.random() < 0.2] or [Skill.TALKING.value],
            free_times=[code for code in FreeTime.values if self.rng.random() < 0.3] or [FreeTime.SATURDAY.value],
            agreed_at=applied_at,
            is_own=False,
            applied_at=applied_at,
            due_at=due_from(applied_at),
            accepted_at=accepted_at,
            began_at=confirmed,
            quiet_due_at=quiet,
            invited_at=None if is_over else quiet + timedelta(minutes=5),
            ended_at=last + timedelta(days=30) if is_over else None,
        )
        secretary = self._staff(row)[1]
        row.accepted_by_id, row.accepted_by_label = secretary.user_id, secretary.label
        return row

    def _history(self, row: CheckIn) -> None:
        staff, secretary = self._staff(row)
        self._tell(life.CHECKIN_APPLIED, row.applied_at, staff, row)
        self._tell(life.CHECKIN_ACCEPTED, row.accepted_at, secretary, row)
        self._tell(life.CHECKIN_BEGAN, row.began_at, SYSTEM, row)
        if row.invited_at:
            self._tell(life.CHECKIN_INVITED, row.invited_at, SYSTEM, row)
        if row.ended_at:
            self._tell(life.CHECKIN_LEFT, row.ended_at, staff, row)

    def _tell(self, kind: str, at: datetime | None, actor: Actor, row: CheckIn, *, text: str = "") -> None:
        """A line and its event, as services write them."""
        self.lines.append((row.pk, kind, at, actor.user_id, actor.label, text))
        if not text:
            self._event(kind, at, actor, row, checkin_id=row.pk)

    def _event(self, kind: str, at: datetime | None, actor: Actor, row: Any, **payload: int) -> None:
        label = row._meta.label_lower
        self.events.append((kind, at, actor.user_id, actor.label, label, row.pk, json.dumps(payload)))

    # ---- pages for employers ----
    def _pages(self, rows: list[CheckIn]) -> None:
        """About 2022, in every state; the links of those that were issued have expired long ago."""
        states = (FeedbackState.ISSUED, FeedbackState.ISSUED, FeedbackState.WITHHELD, FeedbackState.DRAFTED)
        here = [row for row in rows if row.ended_at is None and row.began_at and row.began_at.year == YEAR]
        for index, row in enumerate(here[:PAGES]):
            self._page(row, states[index % len(states)], datetime(YEAR, 12, 12, 9, index, tzinfo=CHINA))

    def _page(
        self, row: CheckIn, state: FeedbackState, at: datetime, *, year: int = YEAR, own: Actor | None = None
    ) -> None:
        code = self.codes[row.community_id or 0]
        staff = own or self.cast.people[f"community_staff:{code}:1"]
        lead = self.cast.people[f"community_secretary:{code}:0"]
        page = EmployerFeedback(
            number=next_number("feedback", year, feedback_life.LETTER),
            resident=row.resident,
            checkin=row,
            **stamps_of(row),
            year=year,
            state=FeedbackState.DRAFTED,
            body=body_of(row, year),
            drafted_at=at,
            drafted_by_label=staff.label,
        )
        page.save(force_insert=True)
        steps = [(feedback_life.FEEDBACK_DRAFTED, at, staff)]
        if state != FeedbackState.DRAFTED:
            page.state, page.answered_at, page.answered_to_label = (
                state,
                at + timedelta(days=3),
                "" if own else staff.label,
            )
            is_yes = state == FeedbackState.ISSUED
            kind = feedback_life.FEEDBACK_AGREED if is_yes else feedback_life.FEEDBACK_WITHHELD
            steps.append((kind, page.answered_at, staff))
        if state == FeedbackState.ISSUED:
            page.issued_at = at + timedelta(days=5)
            page.issued_by_id, page.issued_by_label, page.name = lead.user_id, lead.label, row.resident.name
            page.comment = "谢谢社区给我出力的机会。"
            page.fingerprint, page.digest = fingerprint_of(page), digest_of(token_for(page))
            page.link_until = page.issued_at + timedelta(days=LINK_DAYS)
            steps.append((feedback_life.FEEDBACK_ISSUED, page.issued_at, lead))
        page.save()
        for kind, then, actor in steps:
            self._event(kind, then, actor, page, feedback_id=page.pk)
            self._event(kind, then, actor, row, checkin_id=row.pk)
            self._tell(kind, then, actor, row, text=page.number)


def load_checkins(cast: Cast, relayed_before: datetime) -> dict[str, int]:
    """The history; says how many members checked in."""
    return {"members checked in": CheckInBook(cast).write(relayed_before)}
