"""Writes the whistles of the invented district as rows, like all its history."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from core.calendar import work_calendar
from core.numbers import next_number
from demo import whistle_rows as rows
from demo.cast import Cast
from demo.partners import PARTNERS
from demo.whistle_rows import Told
from demo.whistle_scenes import ORDER, S, Scene, history_scenes, today_scenes
from governance.lifecycle import ClockState
from governance.lifecycle.duties import TASK_TRACK, DutyStep, WhistleKind
from governance.lifecycle.tasks import TASK_CHECKED, TASK_GIVEN, TaskState
from governance.lifecycle.whistles import (
    WHISTLE_ACKNOWLEDGED,
    WHISTLE_ARRIVED,
    WHISTLE_CANCELLED,
    WHISTLE_CHECKED,
    WHISTLE_CLAIMED,
    WHISTLE_CLOSED,
    WHISTLE_DISPUTED,
    WHISTLE_DRAFTED,
    WHISTLE_ISSUED,
    WHISTLE_MEETING_HELD,
    WHISTLE_RAISED,
    WHISTLE_RATED,
    WHISTLE_RESOLVED,
    WHISTLE_REVIEWED,
    WHISTLE_STEPS,
    Rank,
    WhistleState,
)
from governance.models import Call, DutyClock, Task, TaskLine, Whistle, WhistleIssue, WhistleLine
from governance.services.duties import start_clock, void_clocks
from governance.services.whistles.links import renew_link
from neighborhoods.actors import Actor, Level
from neighborhoods.models import PartnerUnit
from neighborhoods.models.areas import CODE_LENGTH
from neighborhoods.services.sorting import sort_key


def load_partners(cast: Cast) -> None:
    """The units that have no accounts."""
    made = PartnerUnit.objects.bulk_create(
        [
            PartnerUnit(name=name, short_name=short, level=level, pinyin=sort_key(name), phone=f"0737-000 03{n:02d}")
            for n, (name, short, level) in enumerate(PARTNERS, 1)
        ]
    )
    cast.units.update({unit.short_name: unit for unit in made})


def load_whistles(cast: Cast, rng: Random, now: datetime, relayed_before: datetime) -> int:
    """All of them, with what they tell; says how many."""
    load_partners(cast)
    scenes, told = [*history_scenes(cast), *today_scenes(cast, now)], Told()
    for scene in scenes:
        _Player(cast, scene, rng, told).play()
    told.write(relayed_before=relayed_before)
    return len(scenes)


def _half_hour(at: datetime) -> datetime:
    """People meet at the full or the half hour; the one before."""
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)


class _Player:
    """Writes the rows of one whistle."""

    def __init__(self, cast: Cast, scene: Scene, rng: Random, told: Told) -> None:
        self.cast, self.scene, self.rng, self.told = cast, scene, rng, told
        self.calendar = work_calendar()
        code = scene.issue.area.code if scene.issue else self._grid()
        self.area = cast.areas[code]
        self.community = code[: CODE_LENGTH[Level.COMMUNITY]]
        self.lines: list[WhistleLine] = []
        self.at = scene.at
        self.whistle = Whistle()

    def _grid(self) -> str:
        street = self.scene.street
        grids = sorted(c for c, a in self.cast.areas.items() if a.level == Level.GRID and c.startswith(street))
        return self.rng.choice(grids)

    def who(self, key: str) -> Actor:
        return self.cast.people[key]

    def reached(self, state: str) -> bool:
        """Whether the story goes as far as this state."""
        end = self.scene.state
        return end in ORDER and ORDER.index(WhistleState(end)) >= ORDER.index(WhistleState(state))

    def later(self, low: float, high: float) -> datetime:
        """Some office hours later, and never in the future."""
        moved = self.calendar.add_working_seconds(self.at, self.rng.uniform(low, high) * 3600)
        self.at = max(self.at, min(moved, timezone.now() - timedelta(minutes=2)))
        return self.at

    def line(self, kind: str, actor: Actor, to: str = "", **entry: Any) -> None:
        self.lines.append(
            WhistleLine(
                whistle=self.whistle,
                kind=kind,
                at=self.at,
                actor_id=actor.user_id,
                actor_label=actor.label,
                to_state=to,
                **entry,
            )
        )

    def play(self) -> None:
        """From the draft as far as it came."""
        self._draft()
        if self.reached(S.REVIEWED):
            self._review()
        if self.scene.state == S.CANCELLED:
            self.later(1, 3)
            self.line(
                WHISTLE_CANCELLED, self.who(f"community_staff:{self.community}:1"), S.CANCELLED, reason="已经解决"
            )
            self.whistle.closed_at = self.at
        if self.reached(S.ISSUED):
            self._issue()
            self._answer()
        if self.reached(S.MEETING_HELD):
            self._meet()
        if self.reached(S.CARRYING_OUT):
            self._work()
        if self.reached(S.CLAIMED_DONE):
            self._end()
        self.whistle.state = self.scene.state
        self.whistle.save()
        WhistleLine.objects.bulk_create(self.lines)
        self.told.whistle(self.whistle, self.lines, self.scene.issue)

    def _draft(self) -> None:
        scene, topic, drafter = self.scene, self.scene.topic, self.who(f"community_staff:{self.community}:1")
        stamp = self.cast.stamp(self.area.code)
        is_emergency = topic.kind == WhistleKind.EMERGENCY
        self.whistle = Whistle.objects.create(
            number=next_number("whistle", timezone.localdate(scene.at).year, "W"),
            area=self.area,
            **stamp.as_fields(),
            title=topic.title,
            kind=topic.kind,
            rank=Rank.RED if is_emergency else self.rng.choice((Rank.BLUE, Rank.YELLOW)),
            problem=topic.problem,
            why=topic.why,
            basis=topic.basis,
            plan="" if is_emergency and scene.state != S.CLOSED else topic.plan,
            drafted_at=scene.at,
            drafted_by_id=drafter.user_id,
            drafted_by_label=drafter.label,
            meeting_place=f"{self.area.name}现场",
        )
        self.calls = [
            Call.objects.create(whistle=self.whistle, unit=self.cast.units[short], is_lead=place == 0)
            for place, short in enumerate(dict.fromkeys([topic.lead, *scene.helpers]))
        ]
        if scene.issue:
            WhistleIssue.objects.create(whistle=self.whistle, issue=scene.issue, added_at=scene.at)
        self.line(WHISTLE_DRAFTED, drafter, S.DRAFT)

    def _review(self) -> None:
        lead = self.who(f"street_lead:{self.scene.street}:0")
        if self.whistle.kind == WhistleKind.EMERGENCY:
            return
        self.whistle.reviewed_at, self.whistle.reviewed_by_id = self.later(0.3, 1.5), lead.user_id
        self.line(WHISTLE_REVIEWED, lead, S.REVIEWED)

    def _issue(self) -> None:
        lead, whistle = self.who(f"street_lead:{self.scene.street}:0"), self.whistle
        whistle.issued_at, whistle.issued_by_id, whistle.issued_by_label = (
            self.later(0.1, 0.5),
            lead.user_id,
            lead.label,
        )
        is_emergency = whistle.kind == WhistleKind.EMERGENCY
        whistle.is_backfill_due = is_emergency and self.scene.state != S.CLOSED
        if not is_emergency:
            whistle.meeting_at = _half_hour(self.calendar.add_working_seconds(self.at, 7 * 3600))
        self.line(WHISTLE_ISSUED, lead, S.ISSUED)
        for step in WHISTLE_STEPS[whistle.kind]:
            start_clock({"whistle": whistle}, track=whistle.kind, step=step, at=self.at)
        whistle.due_at = DutyClock.objects.get(whistle=whistle, step=DutyStep.DONE).due_at
        for call in self.calls:
            call.called_at = self.at
            start_clock({"call": call}, track=whistle.kind, step=DutyStep.SIGN, at=self.at)
            start_clock({"call": call}, track=whistle.kind, step=DutyStep.ARRIVE, at=self.at, due_at=whistle.meeting_at)
            dues = dict(DutyClock.objects.filter(call=call).values_list("step", "due_at"))
            call.sign_due, call.arrive_due = dues.get(DutyStep.SIGN), dues.get(DutyStep.ARRIVE)
            if not self._clerk(call).user_id:
                renew_link(call, self.at)
            call.save()

    def _clerk(self, call: Call) -> Actor:
        short = call.unit.short_name
        known = self.cast.people.get(f"unit_clerk:{short}") or self.cast.people.get(f"property_contact:{short}")
        return known or Actor(user_id=None, label=short)

    def _answer(self) -> None:
        """Units sign and come, each at its own hour."""
        began = self.at
        all_signed, all_came = self.reached(S.ACKNOWLEDGED), self.reached(S.ARRIVED)
        is_emergency = self.whistle.kind == WhistleKind.EMERGENCY
        for place, call in enumerate(self.calls):
            self.at = began
            is_late = self.scene.late_helper and place == len(self.calls) - 1
            if not all_signed and (is_late or self.scene.disputed):
                if self.scene.disputed and call.is_lead:
                    self._dispute(call)
                continue
            hours = (0.05, 0.2) if is_emergency else (2.2, 3) if is_late else (0.2, 1.6)
            call.signed_at, call.signed_by_label = self.later(*hours), self._clerk(call).label
            self._stop({"call": call}, DutyStep.SIGN)
            self.line(WHISTLE_ACKNOWLEDGED, self._clerk(call), call=call)
            if all_came:
                call.contact_at, call.contact_note = self.at, "电话"
                call.arrived_at = self._arrival(call, is_late=is_late)
                call.arrived_who = "分管负责人" if call.is_lead else "科室负责人"
                self._stop({"call": call}, DutyStep.ARRIVE)
                self.line(WHISTLE_ARRIVED, self._clerk(call), call=call, text=call.arrived_who)
            call.save()
        self.at = max(line.at for line in self.lines)
        for state, kind in ((S.ACKNOWLEDGED, WHISTLE_ACKNOWLEDGED), (S.ARRIVED, WHISTLE_ARRIVED)):
            if self.reached(state):
                self.line(kind, self._clerk(self.calls[0]), state)

    def _arrival(self, call: Call, *, is_late: bool) -> datetime:
        due = call.arrive_due or self.at
        wanted = due + timedelta(minutes=40) if is_late else due - timedelta(minutes=self.rng.randint(3, 20))
        self.at = max(self.at, min(wanted, timezone.now() - timedelta(minutes=3)))
        return self.at

    def _dispute(self, call: Call) -> None:
        call.disputed_at = self.later(0.5, 1)
        call.dispute_reason, call.dispute_basis = "油烟归环境执法，噪声归公安", "区权责清单"
        call.save()
        start_clock({"call": call}, track=self.whistle.kind, step=DutyStep.RULING, at=self.at)
        self.line(WHISTLE_DISPUTED, self._clerk(call), call=call, text=call.dispute_basis, reason=call.dispute_reason)

    def _stop(self, owner: dict[str, Any], step: str) -> None:
        for clock in DutyClock.objects.filter(**owner, step=step, ended_at=None):
            clock.ended_at, clock.next_rung_at = self.at, None
            clock.state = ClockState.MET if self.at <= clock.due_at else ClockState.MISSED
            clock.save()

    def _meet(self) -> None:
        if self.whistle.kind == WhistleKind.EMERGENCY and self.scene.state != S.CLOSED:
            return
        staff = self.who(f"community_staff:{self.community}:1")
        whistle, plan = self.whistle, self.scene.topic.plan
        whistle.met_at, text = self.later(0.3, 1), ""
        if whistle.kind == WhistleKind.EMERGENCY:
            text = whistle.minutes = f"各单位到场看过，当场商定：{plan}"
        else:
            whistle.meeting = rows.meet(self.told, whistle, staff, self.at, plan)
            text = whistle.meeting.number
        self._stop({"whistle": self.whistle}, DutyStep.MEET)
        self._stop({"whistle": self.whistle}, DutyStep.BACKFILL)
        self.line(WHISTLE_MEETING_HELD, staff, S.MEETING_HELD, text=text)

    def _work(self) -> None:
        staff = self.who(f"community_staff:{self.community}:1")
        self.later(0.2, 1)
        titles = [self.scene.topic.plan.split("，")[0][:40], "办完后张贴告示，告诉居民"]
        done = self.reached(S.CLAIMED_DONE)
        for place, title in enumerate(titles):
            self._task(title, self.calls[0].unit if place == 0 else None, staff, done=done)
        if self.whistle.meeting and self.reached(S.CARRYING_OUT):
            self.later(0.5, 2)
            rows.freeze(self.told, self.whistle.meeting, self.who(f"street_lead:{self.scene.street}:0"), self.at)
        self._stop({"whistle": self.whistle}, DutyStep.PLAN)
        self.line(WHISTLE_RESOLVED, staff, S.CARRYING_OUT, text="、".join(titles))
        if self.scene.raised:
            self.later(4, 8)
            lead = self.who(f"street_lead:{self.scene.street}:0")
            self.whistle.raised_at = self.at
            self.line(WHISTLE_RAISED, lead, reason="补偿资金要区里统筹")

    def _task(self, title: str, unit: PartnerUnit | None, staff: Actor, *, done: bool) -> None:
        due = self.calendar.add(self.at, 4, "working_day")
        task = Task.objects.create(
            number=next_number("task", timezone.localdate(self.at).year, "T"),
            area=self.area,
            **self.cast.stamp(self.area.code).as_fields(),
            title=title,
            holder_area=self.cast.areas[self.community],
            holder_unit=unit,
            whistle=self.whistle,
            resolution=self.whistle.meeting.resolutions.first() if unit and self.whistle.meeting else None,
            issue=self.scene.issue,
            given_at=self.at,
            given_by_id=staff.user_id,
            given_by_label=staff.label,
            due_at=due,
        )
        TaskLine.objects.create(
            task=task, kind=TASK_GIVEN, at=self.at, actor_id=staff.user_id, actor_label=staff.label, to_state=task.state
        )
        start_clock({"task": task}, track=TASK_TRACK, step=DutyStep.DONE, at=self.at, due_at=due)
        if done:
            given, closed = self.at, self.calendar.add_working_seconds(self.at, 9 * 3600)
            closed = max(given, min(closed, timezone.now() - timedelta(minutes=3)))
            Task.objects.filter(pk=task.pk).update(
                state=TaskState.DONE, claimed_at=closed, closed_at=closed, result="已办好", checked_by_id=staff.user_id
            )
            TaskLine.objects.create(
                task=task, kind=TASK_CHECKED, at=closed, actor_label=staff.label, to_state=TaskState.DONE
            )
            now, self.at = self.at, closed
            self._stop({"task": task}, DutyStep.DONE)
            self.at = now

    def _end(self) -> None:
        """Claimed, checked, rated, told to the residents, as far as it came."""
        whistle, topic = self.whistle, self.scene.topic
        clerk, checker = self._clerk(self.calls[0]), self.who(f"community_secretary:{self.community}:0")
        self.later(9, 14)
        whistle.outcome, whistle.claimed_at = topic.reply, self.at
        whistle.claimed_by_id, whistle.claimed_by_label = clerk.user_id, clerk.label
        self._stop({"whistle": whistle}, DutyStep.DONE)
        start_clock({"whistle": whistle}, track=whistle.kind, step=DutyStep.CHECK, at=self.at)
        self.line(WHISTLE_CLAIMED, clerk, S.CLAIMED_DONE, text=topic.reply)
        for call in self.calls:
            call.result, call.result_at = ("主办：" if call.is_lead else "配合：") + topic.reply, self.at
        if self.reached(S.CHECKED):
            whistle.checked_at, whistle.checked_by_id = self.later(1, 6), checker.user_id
            self._stop({"whistle": whistle}, DutyStep.CHECK)
            start_clock({"whistle": whistle}, track=whistle.kind, step=DutyStep.RATE, at=self.at)
            self.line(WHISTLE_CHECKED, checker, S.CHECKED)
        if self.reached(S.RATED):
            self.later(0.5, 2)
            self._stop({"whistle": whistle}, DutyStep.RATE)
            for call in self.calls:
                call.turn_up = 5 if call.came_in_time else 2
                call.handling, call.solved = self.rng.choice((4, 5)), self.rng.choice((4, 4, 5))
                call.rated_at, call.rated_by_id = self.at, checker.user_id
                marks = f"{call.turn_up} {call.handling} {call.solved}"
                self.line(WHISTLE_RATED, checker, call=call, reason=marks)
        Call.objects.bulk_update(
            self.calls, ["result", "result_at", "turn_up", "handling", "solved", "rated_at", "rated_by_id"]
        )
        if self.reached(S.CLOSED):
            whistle.reply, whistle.closed_at = topic.reply, self.later(0.5, 2)
            void_clocks({"whistle": whistle}, self.at)
            if whistle.meeting:
                rows.file(self.told, whistle.meeting, checker, self.at)
            self.line(WHISTLE_CLOSED, checker, S.CLOSED, text=topic.reply)
