"""The bulk player writes what the services write: the same stories through both, compared row by row."""

import uuid
from datetime import datetime
from random import Random

import pytest
import time_machine
from django.db.models import F, Min
from django.utils import timezone

from core.calendar import CHINA, work_calendar
from core.models import Event, OutboxMessage
from demo.book import Book
from demo.bulk import BulkPlayer
from demo.cast import Cast
from demo.district import load_district
from demo.plan import plan_district
from demo.stories import Act, Story, Teller
from governance.lifecycle import ISSUE_PARKED, Channel, ClockState, State
from governance.lifecycle.matters import MatterState
from governance.lifecycle.whistles import WhistleState
from governance.models import (
    Call,
    Category,
    Clock,
    Committee,
    ContactLog,
    Dispatch,
    Escalation,
    Issue,
    Matter,
    MatterIssue,
    Promise,
    Reply,
    TimelineEntry,
    Whistle,
)
from governance.models.casework import Callback
from governance.selectors.committees import long_overdue
from governance.services import answers, dispatch, following, handling
from governance.services.submit import Report, submit_issue
from governance.services.sweep import sweep_clocks
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.selectors.actors import actor_for
from tests.demo_members import members_are_as_the_services_write_them
from volunteers.lifecycle.aid import AidState
from volunteers.models import Activity, AidNeed, Certificate, ServiceRecord, Shift, Volunteer

# Ids and keys differ between the two; everything else must not.
LEFT_OUT = {
    "id",
    "issue",
    "contact",
    "event",
    "follow_digest",
    "search",
    "submission_key",
    "number",
    "subject_id",
    "clock",
}
TABLES = (TimelineEntry, Clock, Dispatch, ContactLog, Reply, Callback, Escalation)


class ServicePlayer:
    """Plays a story through the real services, with the clock of the story."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def actor(self, key: str) -> Actor:
        from accounts.models import User

        return actor_for(User.objects.get(pk=self.cast.people[key].user_id)) if key else NOBODY

    def play(self, story: Story, until: datetime) -> Issue:
        report = Report(
            area=self.cast.areas[story.area],
            category=Category.objects.get(code=story.category),
            text=story.text,
            submission_key=uuid.uuid4(),
            place_note=story.place_note,
            channel=Channel(story.channel),
            name=story.name,
            phone=story.phone,
            door=story.door,
            is_danger=story.is_danger,
            is_public=story.is_public,
            collector_role="representative" if story.recorded_by else "",
        )
        with time_machine.travel(story.at, tick=False):
            issue = submit_issue(actor=self.actor(story.recorded_by), report=report)
        for act in story.acts:
            self.sweep(issue, act.at)
            with time_machine.travel(act.at, tick=False):
                self.do(issue, act)
        self.sweep(issue, until)
        return Issue.objects.get(pk=issue.pk)

    def sweep(self, issue: Issue, until: datetime) -> None:
        """The sweep of every moment at which something was due."""
        due = Clock.objects.filter(issue=issue, state=ClockState.RUNNING, next_rung_at__lte=until)
        while at := due.aggregate(at=Min("next_rung_at"))["at"]:
            with time_machine.travel(at, tick=False):
                sweep_clocks(at=at)

    def do(self, issue: Issue, act: Act) -> None:
        who = {"issue_id": issue.pk, "actor": self.actor(act.who)}
        extra = dict(act.extra)
        if act.verb == "dispatch":
            goal = dispatch.Goal(
                area=self.cast.areas.get(extra.pop("area", "")), unit=self.cast.units.get(extra.pop("unit", ""))
            )
            extra["goal"] = goal
        VERBS[act.verb](**who, **extra)


VERBS = {
    "take": dispatch.take_issue,
    "dispatch": dispatch.dispatch_issue,
    "sign": dispatch.sign_issue,
    "refuse": dispatch.refuse_issue,
    "return": dispatch.return_issue,
    "contact": handling.log_contact,
    "reply": handling.reply_issue,
    "check": handling.check_issue,
    "answer": answers.answer_issue,
    "callback": answers.record_callback,
    "explain": answers.explain_issue,
    "reopen": answers.reopen_issue,
    "withdraw": following.withdraw_issue,
}


def rows_of(issue: Issue) -> dict[str, list[dict]]:
    found = {
        model.__name__: [_plain(row) for row in model.objects.filter(issue=issue).order_by("pk")] for model in TABLES
    }
    events = Event.objects.filter(subject_id=issue.pk, subject_type="governance.issue").order_by("pk")
    found["Event"] = [_plain(event) for event in events]
    found["Issue"] = [_plain(issue)]
    return found


def _contact(issue: Issue) -> tuple | None:
    kept = Issue.objects.get(pk=issue.pk).contact
    return kept and (kept.name, kept.phone, kept.door, kept.phone_hash, kept.tail_hash)


def _plain(row) -> dict:
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in LEFT_OUT}
    values.pop("transaction_id", None)
    if "payload" in values:
        values["payload"] = {k: v for k, v in values["payload"].items() if k not in {"issue_id", "number", "clock_id"}}
    return values


@pytest.fixture
def cast(db) -> Cast:
    return load_district(plan_district(Random(7)))


def test_bulk_rows_equal_service_rows(cast):
    teller = Teller(plan_district(Random(7)), work_calendar(), Random(11))
    first, last = datetime(2023, 1, 1, tzinfo=CHINA), datetime(2023, 6, 10, tzinfo=CHINA)
    stories = _one_of_each_kind(list(teller.history(500, first, last)))
    book = Book()
    player = BulkPlayer(book, cast, until=last)
    bulk = [
        player.play(
            story,
            number=f"T-{n}",
            key=uuid.uuid4(),
            category=Category.objects.get(code=story.category),
            stamp=cast.stamp(story.area),
            holder=cast.areas[story.area[:15]],
        )
        for n, story in enumerate(stories)
    ]
    book.write(relayed_before=last)
    assert Escalation.objects.exists()
    _compare(cast, stories, bulk, last)
    assert OutboxMessage.objects.count() == Event.objects.count()


def _compare(cast: Cast, stories: list[Story], bulk: list[Issue], until: datetime) -> None:
    kept = [rows_of(Issue.objects.get(pk=issue.pk)) for issue in bulk]
    Clock.objects.update(next_rung_at=None)  # finished: the sweeps below are for the services' own
    for story, one, mine in zip(stories, bulk, kept, strict=True):
        other = ServicePlayer(cast).play(story, until)
        theirs = rows_of(other)
        for table in mine:
            assert mine[table] == theirs[table], f"{table} differs for {[act.verb for act in story.acts]}"
        assert _contact(one) == _contact(other)
        Clock.objects.filter(issue=other).update(next_rung_at=None)


def _one_of_each_kind(stories: list[Story]) -> list[Story]:
    """The first story of every sequence of verbs: all paths, none twice."""
    kinds: dict[tuple, Story] = {}
    for story in stories:
        kinds.setdefault((*[act.verb for act in story.acts], bool(story.phone)), story)
    return list(kinds.values())


def _filled(row) -> set[str]:
    return {f.attname for f in row._meta.concrete_fields if getattr(row, f.attname) not in (None, "")}


def _volunteers_in_bulk_are_as_the_services_write_them():
    """History is copied, today's scenes go through the services: the same columns, events with the same facts."""
    offers = Volunteer.objects.filter(state="verified", insured_until=None).exclude(skills="").exclude(free_times="")
    played, served = (offers.filter(number__startswith=f"ZYV-{year}").first() for year in (2021, timezone.now().year))
    assert _filled(played) - {"building_id"} == _filled(served) - {"building_id"}
    optional = {"phone", "phone_hash", "asked_by", "building_id"}
    assert _filled(played.resident) - optional == _filled(served.resident) - optional
    records = ServiceRecord.objects.filter(state="confirmed", reverses=None)
    typed = _filled(records.filter(sign_up=None).earliest("pk")) - {"own_user_id"}
    assert _filled(records.earliest("pk")) - {"sign_up_id"} == typed
    assert not records.filter(confirmed_by_id=F("own_user_id")).exists()
    assert not records.filter(proposed_at__lt=F("ends_at")).exists()
    for name in ("volunteer.applied", "volunteer.verified", "record.proposed", "record.confirmed"):
        told = Event.objects.filter(name=name).order_by("at")
        assert set(told.first().payload) == set(told.last().payload), name
    assert Shift.objects.filter(taken__gt=0, ends_at__lt=timezone.now()).count() > 1800
    assert {"draft", "open", "closed", "cancelled"} == set(Activity.objects.values_list("state", flat=True))
    assert {"issued", "asked"} == set(Certificate.objects.values_list("state", flat=True))
    assert set(AidNeed.objects.values_list("state", flat=True)) == set(AidState)


@pytest.mark.slow
def test_loaded_district_counts_what_was_published(db):
    from dashboards.metrics.figures import METRICS
    from demo.load import load_demo

    load_demo()
    on = datetime(2023, 6, 10, tzinfo=CHINA).date()
    assert {m.key: m.value(on) for m in METRICS} == {
        "compound_branches": 83,
        "households_per_representative_max": 15,
        "households_per_representative_min": 5,
        "resident_representatives": 1168,
        "requests_collected": 1897,
        "incidents_collected": 1897,
        "matters_helped": 1965,
        "supervision_orders": 0,
        "requests_dismissed": 0,
        "dismissals_overturned": 0,
        "units_helped": 71,
        "micro_autonomy_meetings": 281,
        "problems_solved_by_meetings": 414,
        "registered_volunteers": 15035,
        "volunteer_service_turns": 22345,
        "party_members_reported_in": 2786,
        "party_members_here": 2693,
        "party_member_services": 5076,
    }
    _volunteers_in_bulk_are_as_the_services_write_them()
    members_are_as_the_services_write_them()
    assert set(Matter.objects.values_list("state", flat=True)) == set(MatterState)
    assert Matter.objects.filter(issues=None).exists()
    assert set(Promise.objects.values_list("state", flat=True)) >= {"promised", "delivered", "kept"}
    assert {committee.area.level for committee in Committee.objects.select_related("area")} == {0, 1}
    assert long_overdue(timezone.localdate()).exists()
    assert Issue.objects.filter(matters__isnull=False).values("pk").distinct().count() < MatterIssue.objects.count()
    assert set(Whistle.objects.values_list("state", flat=True)) == set(WhistleState)
    assert Whistle.objects.filter(is_backfill_due=True, plan="").exists()
    assert not Call.objects.filter(arrived_at__gt=timezone.now()).exists()
    assert Issue.objects.get(voices=3).merged.count() == 2
    assert Issue.objects.get(is_split=True).parts.count() == 2
    assert Issue.objects.filter(ordered_level=0).count() == 1
    parked = TimelineEntry.objects.filter(kind=ISSUE_PARKED)
    assert set(parked.values_list("reason", flat=True)) <= {"plan", "money"}  # never "another reason"
    assert parked.exists()
    assert Issue.objects.filter(state=State.CLOSED_SOLVED).exists()
    assert Issue.objects.filter(state__in=[State.RETURNED, State.RULING]).count() >= 2
    assert Issue.objects.filter(state=State.DISPATCHED).count() >= 5
    assert not [c for c in Category.objects.all() if not c.issues.exists()]
    assert set(Issue.objects.values_list("channel", flat=True)) >= {"visit", "phone", "paper", "counter", "qr", "web"}
