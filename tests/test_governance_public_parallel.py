"""The same button pressed many times at once: one issue, one contact, one event."""

import pytest
from django.test import Client

from core.models import Event, OutboxMessage
from governance.forms.draft import Draft
from governance.lifecycle import Step
from governance.models import Callback, Clock, Contact, Issue, TimelineEntry
from governance.services.dispatch import take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.links import follow_token
from tests.conftest import build_district, build_people
from tests.factories import make_issue
from tests.parallel import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def press(times, url, data):
    return at_once(times, lambda: Client().post(url, data))


@pytest.mark.parametrize("times", [2, 20])
def test_same_report_pressed_at_once_is_one_issue(times, settings):
    settings.ALTCHA_ENABLED = False
    district = build_district()
    build_people(district)
    draft = Draft(
        began=1_700_000_000,
        area=district.building.code,
        category="IN03",
        text="东门四盏路灯不亮",
        told=True,
        name="张某",
        phone="13800000005",
    )
    answers = press(times, "/report/check/", {"draft": draft.token})
    issue = Issue.objects.get()
    assert {answer.status_code for answer in answers} == {303}
    assert {answer["Location"] for answer in answers} == {f"/f/{follow_token(issue)}/receipt/"}
    assert Contact.objects.count() == Event.objects.count() == OutboxMessage.objects.count() == 1
    assert TimelineEntry.objects.count() == 1


def test_same_answer_pressed_at_once_counts_once():
    district = build_district()
    people = build_people(district)
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="好了")
    answers = press(8, f"/f/{follow_token(issue)}/answer/", {"solved": "no", "words": "没好"})
    assert {answer.status_code for answer in answers} <= {303, 422}
    issue.refresh_from_db()
    assert Callback.objects.count() == Clock.objects.filter(issue=issue, step=Step.RULING).count() == 1


def test_same_addition_pressed_at_once_is_there_once():
    district = build_district()
    build_people(district)
    issue = make_issue(district.building)
    press(8, f"/f/{follow_token(issue)}/add/", {"text": "第五盏也灭了"})
    press(8, f"/f/{follow_token(issue)}/urge/", {})
    assert TimelineEntry.objects.filter(text="第五盏也灭了").count() == 1
    assert TimelineEntry.objects.filter(kind="issue.urged").count() == 1
