"""A meeting of a branch, brought into any state by the usual steps at the usual times."""

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine
from django.utils import timezone

from governance.lifecycle.meetings import MeetingState
from governance.services.meetings import agenda, minutes, notices, planning, results, roll, session, topics
from tests.factories import make_meeting, make_topic

START = datetime(2026, 3, 20, 11, 0, tzinfo=timezone.get_current_timezone())
NOW = START - timedelta(days=10)


class Stage:
    """A branch meeting whose secretary and chair have accounts."""

    def __init__(self, district, people) -> None:
        self.district, self.people = district, people
        with time_machine.travel(NOW, tick=False):
            officers = planning.Officers(chair=people.user("representative"), secretary=people.user("building_lead"))
            self.meeting = make_meeting(
                district.branch, people.branch_secretary, starts_at=START, is_micro=True, officers=officers
            )
            self.topic = make_topic(district.building, meeting=self.meeting)
            topics.accept_topic(topic_id=self.topic.pk, actor=people.branch_secretary)
            rows = [agenda.Row("电动车停放", 40, topic_id=self.topic.pk), agenda.Row("其他", 10)]
            self.do(agenda.set_agenda, "branch_secretary", rows=rows)
        self.items = list(self.meeting.agenda.all())

    def do(self, verb: Callable, who: str, **arguments):
        return verb(meeting_id=self.meeting.pk, actor=getattr(self.people, who), **arguments)

    def typed(self, revision: int = 0) -> minutes.Typed:
        return minutes.Typed("开场", {item.pk: "大家说了" for item in self.items}, revision)

    def bring_to(self, state: MeetingState) -> None:
        """By the usual steps, at the usual times."""
        path = {
            MeetingState.CANCELLED: ["cancel"],
            MeetingState.NOT_QUORATE: ["screen", "notice", "few"],
            MeetingState.RESCHEDULED: ["screen", "notice", "few", "again"],
        }
        usual = ["screen", "notice", "hold", "adjourn", "confirm", "publish", "follow", "close"]
        order = ["collecting", "screened", "noticed", "held", "minutes_draft", "confirmed", "published", "following"]
        steps = path.get(state) or usual[: [*order, "closed"].index(state)]
        for step in steps:
            getattr(self, f"_{step}")()
        self.meeting.refresh_from_db()
        assert self.meeting.state == state

    def _screen(self):
        with time_machine.travel(NOW, tick=False):
            self.do(agenda.screen_meeting, "branch_secretary")

    def _notice(self):
        with time_machine.travel(NOW, tick=False):
            self.do(notices.announce_meeting, "branch_secretary")

    def _cancel(self):
        with time_machine.travel(NOW, tick=False):
            self.do(planning.cancel_meeting, "branch_secretary", reason="下雨")

    def _few(self):
        with time_machine.travel(START, tick=False):
            self.do(session.declare_not_quorate, "branch_secretary")

    def _again(self):
        with time_machine.travel(START, tick=False):
            self.do(session.reschedule_meeting, "branch_secretary", **self.later())

    @staticmethod
    def later() -> dict:
        new = START + timedelta(days=20)
        return {"starts_at": new, "ends_at": new + timedelta(hours=2), "place": "议事亭"}

    def _hold(self):
        with time_machine.travel(START, tick=False):
            self.do(session.hold_meeting, "branch_secretary")

    def _adjourn(self):
        with time_machine.travel(START + timedelta(hours=1), tick=False):
            self.do(roll.type_roll, "building_lead", people=roll.lines_of("张三 3栋201\n李四 3栋202"))
            for item in self.items:
                self.do(session.add_resolution, "building_lead", item_id=item.pk, text=f"划出车位{item.pk}")
            self.do(minutes.save_minutes, "building_lead", typed=self.typed())
            self.do(session.adjourn_meeting, "building_lead")

    def _confirm(self):
        with time_machine.travel(START + timedelta(days=1), tick=False):
            self.do(minutes.confirm_minutes, "representative")

    def _publish(self):
        with time_machine.travel(START + timedelta(days=1), tick=False):
            self.do(results.publish_result, "branch_secretary", withdraw_on=START.date() + timedelta(days=30))

    def _follow(self):
        with time_machine.travel(START + timedelta(days=15), tick=False):
            self.do(results.follow_up_meeting, "branch_secretary", note="车位已划")

    def _close(self):
        with time_machine.travel(START + timedelta(days=16), tick=False):
            for resolution in self.meeting.resolutions.all():
                self.do(results.mark_information_only, "branch_secretary", resolution_id=resolution.pk)
            self.do(results.close_meeting, "branch_secretary")
