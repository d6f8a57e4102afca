"""Orders from above, and parked cases that nobody may forget."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import NOT_ENDED, ClockState, State, Step
from governance.models import Callback, Clock, Escalation, Issue, SupervisionOrder, TimelineEntry
from governance.models.issues import Audience
from governance.selectors.today import today_of
from governance.services import answers, dispatch, handling, parking, sweep
from governance.services.parked import note_parked, review_parked
from governance.services.supervision import end_order, order_supervision, report_order
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def issue(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    return issue


def order(issue, actor, **changes):
    return order_supervision(issue_id=issue.pk, actor=actor, **{"reason": "限期办结", "due_at": FRIDAY, **changes})


def test_an_order_ends_with_a_report_somebody_else_reads(issue, people):
    with at(MONDAY):
        order(issue, people.street_lead)
        held = Issue.objects.get(pk=issue.pk)
        assert (held.ordered_level, held.ordered_until) == (0, FRIDAY)
        with pytest.raises(RuleError):
            end_order(issue_id=issue.pk, actor=people.street_officer, enough=True)
        report_order(issue_id=issue.pk, actor=people.grid_worker, report="灯具已到货，明天装")
        with pytest.raises(RuleError):
            report_order(issue_id=issue.pk, actor=people.community_staff, report="再报一次")
        end_order(issue_id=issue.pk, actor=people.street_officer, enough=True)
    assert Issue.objects.get(pk=issue.pk).ordered_level is None
    ended = SupervisionOrder.objects.get()
    assert ended.is_in_time
    assert ended.ended_by_id == people.street_officer.user_id


def test_a_thin_report_goes_back_with_another_day(issue, people):
    with at(MONDAY):
        order(issue, people.district_duty)
        assert SupervisionOrder.objects.get().level == -1
        report_order(issue_id=issue.pk, actor=people.street_officer, report="在办")
        with pytest.raises(RuleError):
            end_order(issue_id=issue.pk, actor=people.district_duty, enough=False, note="写具体")
        later = FRIDAY + timedelta(days=1)
        end_order(issue_id=issue.pk, actor=people.district_duty, enough=False, note="写具体", due_at=later)
        report_order(issue_id=issue.pk, actor=people.street_officer, report="装好了")
    assert Issue.objects.get(pk=issue.pk).ordered_until == later


def test_one_order_at_a_time_with_a_reason_and_a_day_to_come(issue, people):
    before = Event.objects.count()
    with at(MONDAY):
        for wrong in ({"reason": " "}, {"due_at": MONDAY}):
            with pytest.raises(RuleError):
                order(issue, people.street_lead, **wrong)
        assert Event.objects.count() == before
        order(issue, people.street_lead)
        with pytest.raises(RuleError):
            order(issue, people.district_duty)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.create(
            issue=issue, level=0, given_at=MONDAY, given_by_id=1, given_by_label="x", reason="x", due_at=FRIDAY
        )


def test_who_orders_reports_and_reads(issue, people):
    with at(MONDAY):
        for who in ("community_lead", "grid_worker", "callback_agent", "far_officer"):
            with pytest.raises(NotAllowedError):
                order(issue, getattr(people, who))
        order(issue, people.street_lead)
        for who in ("street_officer", "other_grid_worker", "district_duty"):
            with pytest.raises(NotAllowedError):
                report_order(issue_id=issue.pk, actor=getattr(people, who), report="好了")
        report_order(issue_id=issue.pk, actor=people.community_staff, report="好了")
        for who in ("community_lead", "district_duty", "far_officer"):
            with pytest.raises(NotAllowedError):
                end_order(issue_id=issue.pk, actor=getattr(people, who), enough=True)


def test_an_order_stands_on_today_of_holder_and_supervisor(issue, people):
    with at(MONDAY):
        order(issue, people.street_lead)
        for who in ("grid_worker", "street_officer"):
            groups = {g.key: g.count.number for g in today_of(getattr(people, who), MONDAY).groups}
            assert groups["ordered"] == 1, who
        assert {g.key: g.count.number for g in today_of(people.outsider, MONDAY).groups}["ordered"] == 0
        relay_batch(at=MONDAY, routes=ROUTES)
        told = Notice.objects.filter(text="ordered")
        assert {notice.user_id for notice in told} == {
            people.grid_worker.user_id,
            people.community_staff.user_id,
            people.community_lead.user_id,
        }
        report_order(issue_id=issue.pk, actor=people.grid_worker, report="好了")
        relay_batch(at=MONDAY, routes=ROUTES)
        assert people.street_officer.user_id in set(
            Notice.objects.filter(text="order_reported").values_list("user_id", flat=True)
        )


# ---- parked ----
@pytest.fixture
def parked(issue, people):
    with at(MONDAY):
        handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="要等产权确认")
        handling.check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
        answers.record_callback(
            issue_id=issue.pk,
            actor=people.callback_agent,
            outcome=Callback.Outcome.NOT_SOLVED,
            satisfaction=2,
            words="",
        )
        parking.park_issue(issue_id=issue.pk, actor=people.community_lead, note="产权单位正在确认")
    return issue


def running(issue):
    return {c.step: c.due_at for c in Clock.objects.filter(issue=issue, state__in=NOT_ENDED)}


def test_a_parked_case_is_due_every_month_and_every_quarter(parked):
    assert running(parked) == {Step.NOTE: MONDAY + timedelta(days=30), Step.REVIEW: MONDAY + timedelta(days=90)}
    assert Issue.objects.get(pk=parked.pk).due_at == MONDAY + timedelta(days=30)


def test_a_note_everybody_reads_starts_the_next_month(parked, people):
    later = MONDAY + timedelta(days=29)
    with at(later):
        with pytest.raises(RuleError):
            note_parked(issue_id=parked.pk, actor=people.community_staff, text=" ")
        note_parked(issue_id=parked.pk, actor=people.community_staff, text="产权单位已回函，等测绘")
    assert running(parked)[Step.NOTE] == later + timedelta(days=30)
    assert Clock.objects.get(issue=parked, step=Step.NOTE, state=ClockState.MET).ended_at == later
    line = TimelineEntry.objects.filter(issue=parked).latest("pk")
    assert (line.audience, line.text) == (Audience.EVERYBODY, "产权单位已回函，等测绘")


def test_a_forgotten_note_climbs_the_ladder_and_shows_as_overdue(parked, people):
    late = MONDAY + timedelta(days=31)
    groups = {g.key: g.count.number for g in today_of(people.community_staff, late).groups}
    assert groups["notes"] == 1
    sweep.sweep_clocks(at=late)
    assert Escalation.objects.filter(clock__step=Step.NOTE).exists()
    assert Issue.objects.overdue(at=late).filter(pk=parked.pk).exists()
    groups = {g.key: g.count.number for g in today_of(people.community_staff, late).groups}
    assert (groups["notes"], groups["escalated"]) == (0, 1)  # it stands once, where it is worst
    relay_batch(at=timezone.now(), routes=ROUTES)  # the sweep's messages are due when they are written
    told = set(Notice.objects.filter(text="escalated").values_list("user_id", flat=True))
    assert people.community_lead.user_id in told
    with at(late):
        note_parked(issue_id=parked.pk, actor=people.community_staff, text="仍在等测绘")
    assert Clock.objects.filter(issue=parked, step=Step.NOTE, state=ClockState.MISSED).count() == 1
    assert Issue.objects.get(pk=parked.pk).escalated_level is None


def test_the_street_reviews_and_that_counts_as_the_note(parked, people):
    later = MONDAY + timedelta(days=80)
    with at(later):
        with pytest.raises(NotAllowedError):
            review_parked(issue_id=parked.pk, actor=people.community_lead, text="继续")
        review_parked(issue_id=parked.pk, actor=people.street_lead, text="等测绘结果，十月再看")
    assert running(parked) == {Step.NOTE: later + timedelta(days=30), Step.REVIEW: later + timedelta(days=90)}


def test_reopened_or_explained_it_is_not_due_any_more(parked, people):
    answers.reopen_issue(issue_id=parked.pk, actor=people.street_officer, reason="产权清楚了")
    assert not set(running(parked)) & {Step.NOTE, Step.REVIEW}
    with pytest.raises(RuleError):
        note_parked(issue_id=parked.pk, actor=people.community_staff, text="还在等")
    assert Issue.objects.get(pk=parked.pk).state == State.DISPATCHED


def test_another_urgency_does_not_change_the_month(parked, people):
    handling.change_urgency(issue_id=parked.pk, actor=people.community_staff, urgency="U", reason="")
    assert running(parked)[Step.NOTE] == MONDAY + timedelta(days=30)
