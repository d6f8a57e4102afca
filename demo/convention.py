"""Plays meetings into rows: those that the services would write, without their queries.

tests/test_demo_meetings.py holds the rows against the rules.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from core.database import copy_rows
from core.models import Event
from core.tokens import digest_of
from demo.agendas import FOLLOW_NOTES, OPENINGS, Matter
from demo.book import EVENT_COLUMNS, write_outbox
from demo.cast import Cast
from demo.frozen import frozen_body, matter_of
from demo.roll import Guest, people_of
from demo.store import store
from governance.lifecycle import meetings as life
from governance.lifecycle.meetings import ItemOutcome, MeetingState, TopicSource, TopicState
from governance.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingEntry,
    MeetingNotice,
    MeetingRule,
    Minutes,
    Resolution,
    Topic,
    TopicEntry,
)
from governance.services.contacts import build_contact
from governance.services.meetings.minutes import fingerprint_of
from governance.services.meetings.topics import topic_token
from neighborhoods.actors import NOBODY, Actor, Level
from neighborhoods.models.areas import CODE_LENGTH

KEYS = uuid.UUID("5f3cde7e-2022-4281-4140-000000430902")
LENGTH = timedelta(hours=2)
# When things happen, counted from the beginning of the meeting.
OPENED, PROPOSED, SCREENED, NOTICED = (timedelta(days=-d) for d in (14, 12, 9, 8))
ADJOURNED, CONFIRMED, PUBLISHED = timedelta(minutes=90), timedelta(hours=22), timedelta(hours=27)
LOOKED, FOLLOWED, FILED = timedelta(days=12), timedelta(days=15), timedelta(days=20)
SHOWN_DAYS = 30


@dataclass
class Plan:
    """One meeting on paper. `topics` are indices of topics; those in `put_off` are talked about again later."""

    at: datetime
    branch: str
    kind: str
    format: str
    title: str
    topics: list[int]
    put_off: set[int] = field(default_factory=set)
    is_micro: bool = True
    is_vote: bool = False
    ended: str = ""  # "few", "cancelled", "voted"


@dataclass
class Problem:
    """A topic on paper."""

    matter: Matter
    name: str
    phone: str


class Convention:
    """Collects the rows of all meetings, then stores them."""

    def __init__(self, cast: Cast, rng: Random, now: datetime) -> None:
        self.cast, self.rng, self.now = cast, rng, now
        self.rules = {rule.kind: rule for rule in MeetingRule.objects.all()}
        self.topics: dict[int, Topic] = {}
        self.sessions: dict[tuple[str, str], int] = {}
        self.events: list[tuple[str, datetime, Actor, Any]] = []
        self.guests: list[Guest] = []
        self.rows: dict[type, list[Any]] = {
            model: []
            for model in (
                *(Meeting, Topic, AgendaItem, MeetingNotice, Resolution),
                *(Minutes, MeetingEntry, TopicEntry, Attendance),
            )
        }

    # ---- who ----
    def staff(self, branch: str) -> dict[str, Actor]:
        """The people of a branch and of the community above it; of a community its own."""
        people = self.cast.people
        if len(branch) == CODE_LENGTH[Level.COMMUNITY]:
            return {
                "convener": people[f"community_secretary:{branch}:0"],
                "chair": people[f"community_staff:{branch}:1"],
                "secretary": people[f"community_staff:{branch}:2"],
                "checker": people[f"street_lead:{branch[:9]}:0"],
            }
        return {
            "convener": people[f"branch_secretary:{branch}:0"],
            "chair": people[f"representative:{branch}:1"],
            "secretary": people[f"building_lead:{branch}001"],
            "checker": people[f"community_staff:{branch[:12]}:1"],
        }

    # ---- topics ----
    def topic(self, index: int, problem: Problem, plan: Plan, number: str) -> Topic:
        """Proposed by a resident twelve days before the first meeting that talks about it."""
        at = plan.at + PROPOSED
        contact = build_contact(name=problem.name, phone=problem.phone)
        topic = Topic(
            number=number,
            submission_key=uuid.uuid5(KEYS, f"topic {index}"),
            source=TopicSource.RESIDENT,
            contact=contact,
            theme=problem.matter.theme,
            title=problem.matter.title,
            state=TopicState.PROPOSED,
            area=self.cast.areas[plan.branch],
            proposed_at=at,
            **self.cast.stamp(plan.branch).as_fields(),
        )
        topic.follow_digest = digest_of(topic_token(topic))
        self.topics[index] = topic
        self.rows[Topic].append(topic)
        self.topic_line(topic, life.TOPIC_PROPOSED, at, NOBODY)
        return topic

    def topic_line(self, topic: Topic, kind: str, at: datetime, actor: Actor, **more: Any) -> None:
        """A line of its history, and the event where the services tell one."""
        self.rows[TopicEntry].append(
            TopicEntry(topic=topic, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **more)
        )
        if kind in {life.TOPIC_PROPOSED, life.TOPIC_ACCEPTED, life.TOPIC_SETTLED}:
            self.events.append((kind, at, actor, topic))

    def _move(self, topic: Topic, to: TopicState, kind: str, at: datetime, actor: Actor, **more: Any) -> None:
        if not topic.can_move_to(to):
            raise ValueError(f"{topic.state} does not lead to {to}")
        topic.state = to
        topic.closed_at = at if to in life.TOPIC_FINAL else None
        self.topic_line(topic, kind, at, actor, **more)

    # ---- a meeting ----
    def meeting(self, plan: Plan, number: str) -> Meeting:
        """Everything that has happened to it by now."""
        area, staff = self.cast.areas[plan.branch], self.staff(plan.branch)
        place = (plan.branch, plan.kind)
        self.sessions[place] = self.sessions.get(place, 0) + 1
        chair, secretary = staff["chair"], staff["secretary"]
        meeting = Meeting(
            number=number,
            submission_key=uuid.uuid5(KEYS, number),
            kind=plan.kind,
            format=plan.format,
            is_micro=plan.is_micro,
            rule=self.rules[plan.kind],
            session=self.sessions[place],
            title=plan.title,
            state=MeetingState.COLLECTING,
            starts_at=plan.at,
            ends_at=plan.at + LENGTH,
            place=self.rng.choice(("议事亭", "支部活动室", "院子里", "红色小屋")),
            capacity=40,
            convener_label=staff["convener"].label,
            chair_id=chair.user_id,
            chair_name=chair.label.partition("，")[0],
            secretary_id=secretary.user_id,
            secretary_name=secretary.label.partition("，")[0],
            opened_at=plan.at + OPENED,
            opened_by_id=staff["convener"].user_id,
            due_at=plan.at,
            area=area,
            **self.cast.stamp(plan.branch).as_fields(),
        )
        self.rows[Meeting].append(meeting)
        self._entry(meeting, life.MEETING_OPENED, meeting.opened_at, staff["convener"], to_state=meeting.state)
        for step in (self._screen, self._notice, self._hold, self._adjourn, self._confirm, self._publish):
            if not step(meeting, plan, staff):
                return meeting
        for later in (self._look, self._follow, self._file):
            if not later(meeting, plan, staff):
                break
        return meeting

    def _entry(self, meeting: Meeting, kind: str, at: datetime, actor: Actor, **more: Any) -> None:
        self.rows[MeetingEntry].append(
            MeetingEntry(meeting=meeting, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **more)
        )
        self.events.append((kind, at, actor, meeting))

    def _step(self, meeting: Meeting, to: MeetingState, kind: str, at: datetime, actor: Actor, **more: Any) -> bool:
        """Move it, unless that is still to come."""
        if at > self.now:
            return False
        if not meeting.can_move_to(to):
            raise ValueError(f"{meeting.state} does not lead to {to}")
        before, meeting.state = meeting.state, to
        if to in life.MEETING_FINAL:
            meeting.closed_at, meeting.due_at = at, None
        self._entry(meeting, kind, at, actor, from_state=before, to_state=to, **more)
        return True

    def _screen(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, who = plan.at + SCREENED, staff["convener"]
        if not self._step(meeting, MeetingState.SCREENED, life.MEETING_SCREENED, at, who):
            return False
        for order, index in enumerate(plan.topics, start=1):
            topic = self.topics[index]
            if topic.state == TopicState.PROPOSED:
                topic.screened_at, topic.screened_by_id = at, who.user_id
                self._move(topic, TopicState.ACCEPTED, life.TOPIC_ACCEPTED, at, who)
            self._move(topic, TopicState.ON_AGENDA, life.TOPIC_SCHEDULED, at, who, meeting=meeting)
            topic.meeting = meeting
            self.rows[AgendaItem].append(
                AgendaItem(
                    meeting=meeting, order=order, topic=topic, title=topic.title, minutes=40, is_vote=plan.is_vote
                )
            )
        return True

    def _items(self, meeting: Meeting) -> list[AgendaItem]:
        return [item for item in self.rows[AgendaItem][-8:] if item.meeting is meeting]

    def _notice(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, who = plan.at + NOTICED, staff["convener"]
        if plan.ended == "cancelled":
            return self._cancel(meeting, plan, at, who)
        if not self._step(meeting, MeetingState.NOTICED, life.MEETING_NOTICED, at, who):
            return False
        meeting.noticed_at = at
        self.rows[MeetingNotice].append(
            MeetingNotice(
                meeting=meeting,
                version=1,
                at=at,
                by_id=who.user_id,
                by_label=who.label,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                place=meeting.place,
                agenda=[{"title": i.title, "minutes": i.minutes, "is_vote": i.is_vote} for i in self._items(meeting)],
            )
        )
        return True

    def _cancel(self, meeting: Meeting, plan: Plan, at: datetime, who: Actor) -> bool:
        reason = "那天停电检修，下次再约。"
        if self._step(meeting, MeetingState.CANCELLED, life.MEETING_CANCELLED, at, who, reason=reason):
            for index in plan.topics:
                self._move(self.topics[index], TopicState.ACCEPTED, life.TOPIC_TAKEN_OFF, at, who, meeting=meeting)
                self.topics[index].meeting = None
        return False

    def _hold(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, who = plan.at, staff["chair"]
        if plan.ended == "few":
            few = at + timedelta(minutes=20)
            self._step(meeting, MeetingState.NOT_QUORATE, life.MEETING_NOT_QUORATE, few, who, reason="来了 3 人")
            return False
        if not self._step(meeting, MeetingState.HELD, life.MEETING_HELD, at, who):
            return False
        meeting.held_at, meeting.due_at = at, at + timedelta(days=3)
        if plan.ended != "voted":  # those stand on the list of voters
            self.guests += people_of(meeting, self.rng, at)
        return True

    def _adjourn(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, who = plan.at + ADJOURNED, staff["secretary"]
        if plan.ended == "voted":
            return False
        if not self._step(meeting, MeetingState.MINUTES_DRAFT, life.MEETING_ADJOURNED, at, who):
            return False
        for order, (item, index) in enumerate(zip(self._items(meeting), plan.topics, strict=True), start=1):
            item.began_at = plan.at
            item.outcome = ItemOutcome.CARRIED if index in plan.put_off else ItemOutcome.RESOLVED
            if index not in plan.put_off:
                self.rows[Resolution].append(
                    Resolution(
                        meeting=meeting,
                        item=item,
                        order=order,
                        text=matter_of(self.topics[index]).resolved,
                        at=at,
                        by_id=who.user_id,
                        by_label=who.label,
                    )
                )
        return True

    def _confirm(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, chair = plan.at + CONFIRMED, staff["chair"]
        minutes = Minutes(
            meeting=meeting,
            version=1,
            opening=self.rng.choice(OPENINGS),
            typed_by_ids=[staff["secretary"].user_id],
            typed_by_label=staff["secretary"].label,
            saved_at=plan.at + ADJOURNED,
            revision=4,
        )
        self.rows[Minutes].append(minutes)
        if not self._step(meeting, MeetingState.CONFIRMED, life.MEETING_CONFIRMED, at, chair):
            return False
        minutes.confirmed_at, minutes.confirmed_by_id, minutes.confirmed_by_label = at, chair.user_id, chair.label
        meeting.minutes_confirmed_at = at
        for index in plan.topics:
            put_off = index in plan.put_off
            to, kind = (
                (TopicState.CARRIED, life.TOPIC_CARRIED) if put_off else (TopicState.DISCUSSED, life.TOPIC_DISCUSSED)
            )
            self._move(self.topics[index], to, kind, at, chair, meeting=meeting)
        return True

    def _publish(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at = plan.at + PUBLISHED
        if not self._step(meeting, MeetingState.PUBLISHED, life.MEETING_PUBLISHED, at, staff["convener"]):
            return False
        meeting.published_at = at
        meeting.withdraw_on = timezone.localdate(at) + timedelta(days=SHOWN_DAYS)
        meeting.due_at = at + timedelta(days=meeting.rule.follow_days)
        return True

    def _look(self, _meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        """The community looks at what was resolved; from then on a problem counts as settled."""
        at, who = plan.at + LOOKED, staff["checker"]
        if at > self.now:
            return False
        for index in plan.topics:
            topic = self.topics[index]
            if topic.state == TopicState.DISCUSSED:
                seen = matter_of(topic).seen
                topic.settled_at, topic.settled_by_id, topic.settled_note = at, who.user_id, seen
                self._move(topic, TopicState.SETTLED, life.TOPIC_SETTLED, at, who, reason=seen, meeting=topic.meeting)
        return True

    def _follow(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at, note = plan.at + FOLLOWED, self.rng.choice(FOLLOW_NOTES)
        if not self._step(meeting, MeetingState.FOLLOWING, life.MEETING_FOLLOWED, at, staff["convener"], text=note):
            return False
        meeting.due_at = at + timedelta(days=meeting.rule.follow_days)
        return True

    def _file(self, meeting: Meeting, plan: Plan, staff: dict[str, Actor]) -> bool:
        at = plan.at + FILED
        if not self._step(meeting, MeetingState.CLOSED, life.MEETING_CLOSED, at, staff["convener"]):
            return False
        for resolution in self.rows[Resolution][-8:]:
            if resolution.meeting is meeting:
                resolution.is_information_only = True
        return True

    # ---- storing ----
    def write(self, *, relayed_before: datetime) -> None:
        """In the order in which rows point at each other."""
        contacts = [topic.contact for topic in self.rows[Topic] if topic.contact]
        store(type(contacts[0]), contacts)
        for model in (Meeting, Topic, AgendaItem, Resolution):
            store(model, self.rows[model])
        self._finish_minutes()
        self.rows[Attendance] = [guest.line() for guest in self.guests]
        for said in (MeetingNotice, Minutes, MeetingEntry, TopicEntry, Attendance):
            store(said, self.rows[said])
        told = sorted(self.events, key=lambda event: event[1])
        copy_rows(Event, EVENT_COLUMNS, (_event_row(*event) for event in told))
        write_outbox(relayed_before=relayed_before)

    def _finish_minutes(self) -> None:
        """Texts and body name the ids of items, which are known now."""
        items: dict[int, list[AgendaItem]] = {}
        for item in self.rows[AgendaItem]:
            items.setdefault(item.meeting_id, []).append(item)
        resolved: dict[int, list[Resolution]] = {}
        for resolution in self.rows[Resolution]:
            resolved.setdefault(resolution.item_id, []).append(resolution)
        present: dict[int, int] = {}
        for guest in self.guests:
            present[guest.meeting.pk] = present.get(guest.meeting.pk, 0) + 1
        for minutes in self.rows[Minutes]:
            meeting = minutes.meeting
            own = items.get(meeting.pk, [])
            minutes.texts = {str(item.pk): matter_of(item.topic).said for item in own if item.topic}
            if minutes.confirmed_at:
                minutes.body = frozen_body(minutes, own, resolved, present.get(meeting.pk, 0))
                minutes.fingerprint = fingerprint_of(minutes.body)


def _event_row(kind: str, at: datetime, actor: Actor, subject: Any) -> tuple[Any, ...]:
    key = "meeting_id" if isinstance(subject, Meeting) else "topic_id"
    payload = {key: subject.pk, "number": subject.number}
    return (kind, at, actor.user_id, actor.label, subject._meta.label_lower, subject.pk, json.dumps(payload))
