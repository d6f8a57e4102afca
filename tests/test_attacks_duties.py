"""What an attacker tried on matters, committees, hotlines, dismissals and votes: each stays refused."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.errors import NotAllowedError, RuleError
from governance.lifecycle import State
from governance.lifecycle.matters import MatterState
from governance.lifecycle.meetings import MeetingState
from governance.models import DecisionRule, Issue, Matter, MeetingRule
from governance.selectors.meetings.votes_of_minutes import vote_words
from governance.selectors.responsibility import to_decide_for
from governance.services import hotline
from governance.services.answers import answer_issue, explain_issue
from governance.services.appeals import appeal_issue, decide_appeal
from governance.services.dismissing import decide_dismissal, propose_dismissal
from governance.services.dispatch import Goal, dispatch_issue, take_issue
from governance.services.hotline_keys import issue_token
from governance.services.hotline_tables import keep_table, load_table
from governance.services.links import follow_token
from governance.services.matters import collecting, handling
from governance.services.matters.around import link_matter
from governance.services.matters.collecting import Hand
from governance.services.submit import submit_issue
from neighborhoods.selectors.actors import actor_for
from tests.conftest import build_district, build_people
from tests.factories import UserFactory, make_issue, make_post, make_report
from tests.matter_steps import collect, put
from tests.meeting_stage import START, Stage
from tests.test_attacks import answered
from tests.test_governance_committees import MEMBER_STEPS, open_committee, recommend
from tests.test_governance_hotline import API, BODY, GOOD, send, table, upload

pytestmark = pytest.mark.django_db
PHONE = "13800001111"


# ---- hotlines ----
def test_nobody_takes_the_place_of_a_slip_before_it_comes(client, district, people):
    # the key of a submission was worked out from the number, so whoever sent that key first swallowed the slip
    guessed = uuid.uuid5(uuid.UUID("5f3cde7e-2023-4612-8345-000000430902"), f"12345:{BODY['number']}")
    false = submit_issue(actor=people.grid_worker, report=make_report(district.building, submission_key=guessed))
    _token, key = issue_token(actor=people.system_admin, name="12345")
    answer = send(client, key).json()
    assert answer["known"] is False
    assert answer["number"] != false.number
    assert Issue.objects.get(external_number=BODY["number"]).text == BODY["text"]


def test_one_number_in_other_letters_is_the_same_slip(client, district, people):
    _token, key = issue_token(actor=people.system_admin, name="12345")
    assert send(client, key, number="A-100200").status_code == 201
    for same in ("Ａ-１００２００", "A-\u200b100200", " A-100200\n"):
        assert send(client, key, number=same).json()["known"], same
    client.force_login(people.user("street_officer"))
    sent = upload(client, table("Ａ-１００２００,,2026-05-20,麻石巷社区,,,灯,,"))
    assert client.get(sent["Location"]).context["known"] == 1
    counter = {
        "submission_key": str(uuid.uuid4()),
        "channel": "hotline",
        "external_number": "Ａ-１００２００",
        "external_channel": "12345",
        "place": str(district.community.pk),
        "category": "IN03",
        "text": "路灯不亮",
    }
    assert client.post(reverse("governance:issue-record"), counter).status_code == 422
    assert Issue.objects.count() == 1


def test_strange_calls_get_a_sentence(client, district, people):
    _token, key = issue_token(actor=people.system_admin, name="12345")
    headers = {"authorization": f"Bearer {key}"}
    body = json.dumps(BODY)
    for length in ("9" * 5000, "-1"):
        answer = client.post(API, body, content_type="application/json", headers=headers, CONTENT_LENGTH=length)
        assert answer.status_code == 413, length[:9]
    wrong = {
        "number": [True, 1.5, {}, 10**4000],
        "received": ["2026-05-20T09:15:00+25:00", "9999-12-31T23:59:59-23:59"],
        "place": ["麻" * 2000, "3栋" * 1000, "9" * 9000],
        "text": ["\ud800", "\u0000", "字" * 501],
    }
    for column, values in wrong.items():
        for value in values:
            answer = send(client, key, **{column: value})
            assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/json"), (column, value)
    assert send(client, key, received="2026-05-20T09:15:00+07:59:59.999999").status_code == 201
    assert Issue.objects.count() == 1


def test_a_table_asks_as_much_for_many_places_as_for_one(client, district, people):
    client.force_login(people.user("street_officer"))
    counts = []
    for many in (1, 200):
        sent = upload(client, table(*(f"GD-{n},,2026-05-20,麻石巷社区{n},,,灯,," for n in range(many))))
        with CaptureQueriesContext(connection) as asked:
            client.get(sent["Location"])
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 12  # the first page of a log-in asks one more


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_long_table(monkeypatch):
    monkeypatch.setattr(hotline, "PATIENCE", 0.3)
    people = build_people(build_district())
    actor = people.street_officer
    first, second = (keep_table(actor=actor, filename="a.csv", content=table(GOOD)) for _time in range(2))
    _token, key = issue_token(actor=people.system_admin, name="12345")
    assert send(Client(), key, number="B-0").status_code == 201  # the first of a year makes its sequence
    is_loading, may_end = threading.Event(), threading.Event()

    def load() -> None:
        with transaction.atomic():
            load_table(import_id=first.pk, actor=actor)
            is_loading.set()
            may_end.wait(20)
        connection.close()

    thread = threading.Thread(target=load)
    thread.start()
    try:
        assert is_loading.wait(20)
        assert send(Client(), key, number="B-1").status_code == 201
        busy = send(Client(), key, number="GD20260520001")
        assert (busy.status_code, busy["Retry-After"]) == (429, "60")
        with pytest.raises(RuleError):
            load_table(import_id=second.pk, actor=actor)
    finally:
        may_end.set()
        thread.join()
    assert send(Client(), key, number="GD20260520001").json()["known"]
    load_table(import_id=second.pk, actor=actor)
    assert Issue.objects.filter(external_number="GD20260520001").count() == 1


# ---- what everybody reads ----
def test_no_phone_beside_a_position_or_in_the_reason_of_a_vote(client, district, people):
    committee = open_committee(district, people)
    member = recommend(committee, district, people, position=f"主任 {PHONE}")
    for verb in ("approve", "begin"):
        MEMBER_STEPS[verb](member.pk, people)
    page = client.get(reverse("governance:committee-public", args=[committee.pk])).content.decode()
    assert "主任" in page
    assert PHONE not in page
    void = {
        "order": 1, "text": "换路灯", "state": "void", "outcome": "", "reason": f"请打 {PHONE}", "is_secret": False,
        "base": "heads", "rule": {"zh": "规则", "en": "rule", "from": "2026-01-01"}, "source": {"zh": "", "en": ""},
    }  # fmt: skip
    assert PHONE not in vote_words(void, is_public=True).said
    assert PHONE in vote_words(void).said


# ---- appeals ----
def test_who_joined_after_the_answer_does_not_use_up_the_one_appeal(client, district, people):
    first = answered(district, people)
    Issue.objects.filter(pk=first.pk).update(is_public=True, published_at=first.submitted_at)
    late = make_issue(district.building, same_as=first.pk)
    answer_issue(issue_id=first.pk, solved=False, satisfaction=None, words="没有好")
    explain_issue(issue_id=first.pk, actor=people.street_officer, explanation="只能这样")
    with pytest.raises(RuleError):
        appeal_issue(issue_id=late.pk, words="随便说说")
    for issue, is_offered in ((late, False), (first, True)):
        page = client.get(reverse("governance:issue-follow", args=[follow_token(issue)])).content.decode()
        assert (reverse("governance:issue-follow-appeal", args=[follow_token(issue)]) in page) is is_offered
    appeal_issue(issue_id=first.pk, words="确实没有好")
    assert Issue.objects.get(pk=first.pk).state == State.APPEALED


# ---- the second person ----
def test_a_second_post_makes_nobody_a_second_person(district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting))
    propose_dismissal(issue_id=issue.pk, actor=people.department_clerk, reason="nature", words="是自然现象")
    both = make_post("street_dispatcher", area=district.street).user
    make_post("unit_clerk", unit=district.lighting, user=both)
    colleague, waits = actor_for(both), Issue.objects.get(pk=issue.pk)
    assert not Issue.objects.filter(to_decide_for(colleague)).exists()
    assert Issue.objects.filter(to_decide_for(people.street_officer)).get() == waits
    with pytest.raises(NotAllowedError):
        decide_dismissal(issue_id=issue.pk, actor=colleague, agreed=True)
    decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    appeal_issue(issue_id=issue.pk, words="不是自然现象")
    with pytest.raises(NotAllowedError):
        decide_appeal(issue_id=issue.pk, actor=colleague, upheld=True, words="就这样")
    decide_appeal(issue_id=issue.pk, actor=people.street_lead, upheld=True, words="看过了")


def test_who_signed_for_a_case_is_no_third_person(district, people):
    issue = make_issue(district.community)
    Issue.objects.filter(pk=issue.pk).update(holder_area=district.street)
    take_issue(issue_id=issue.pk, actor=people.street_lead)
    propose_dismissal(issue_id=issue.pk, actor=people.community_staff, reason="nature", words="是自然现象")
    decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    appeal_issue(issue_id=issue.pk, words="不是自然现象")
    with pytest.raises(RuleError):
        decide_appeal(issue_id=issue.pk, actor=people.street_lead, upheld=True, words="就这样")
    decide_appeal(issue_id=issue.pk, actor=people.district_duty, upheld=False, words="再去看看")


def test_who_reports_for_a_colleague_does_not_look_at_it(district, people):
    matter = put(collect(district, people), MatterState.FILED, people)
    staff, lead = people.community_staff, people.community_lead
    collecting.dispatch_matter(matter_id=matter.pk, actor=staff, to=Hand(unit=district.lighting))
    Matter.objects.filter(pk=matter.pk).update(holder_unit=None, holder_area=district.community)
    handling.handle_matter(matter_id=matter.pk, actor=staff, result="换了灯泡")
    handling.report_matter(matter_id=matter.pk, actor=lead, text="亮了")
    with pytest.raises(RuleError):
        handling.check_matter(matter_id=matter.pk, actor=lead, passed=True)
    handling.check_matter(matter_id=matter.pk, actor=people.street_officer, passed=True)


# ---- numbers that are none ----
def test_figures_that_cannot_be_counted_with_are_no_fault_of_ours(client, district, people):
    stage = Stage(district, people)
    stage.bring_to(MeetingState.HELD)
    number = stage.meeting.number
    with time_machine.travel(START + timedelta(minutes=5), tick=False):
        client.force_login(people.user("building_lead"))
        for odd in ("²", "9" * 5000, str(2**70)):
            sent = {f"item-{odd}": "大家说了", "revision": odd}
            assert client.post(reverse("governance:meeting-minutes", args=[number]), sent).status_code < 500, odd[:9]
            where = reverse("governance:meeting-presence", args=[number, 1])
            assert client.post(where, {"presence": f"by_proxy:{odd}"}).status_code < 500, odd[:9]
            asked = {"month": f"{odd}-01"}
            assert client.get(reverse("governance:meeting-calendar"), asked).status_code == 200, odd[:9]


# ---- what one may not see ----
def test_a_matter_shows_no_request_to_whoever_may_not_see_it(client, district, people):
    near, far = (
        make_issue(district.building, text="近处路灯不亮"),
        make_issue(district.other_grid, text="李香家漏水"),
    )
    matter = put(collect(district, people), MatterState.FILED, people)
    link_matter(matter_id=matter.pk, actor=people.community_staff, issue_ids=(near.pk, far.pk))
    where = reverse("governance:matter-detail", args=[matter.number])
    for who, is_seen in (("community_staff", True), ("grid_worker", False)):
        client.force_login(people.user(who))
        page = client.get(where).content.decode()
        assert "近处路灯不亮" in page
        assert ("李香" in page) is is_seen, who


# ---- the administration ----
def test_who_may_only_enter_the_administration_changes_nothing_there(client, district, people):
    # these forgot to ask what the account may, so auditors changed majorities and revoked keys
    token, _key = issue_token(actor=people.system_admin, name="12345")
    auditor = people.user("auditor")
    User.objects.filter(pk=auditor.pk).update(is_staff=True)
    client.force_login(auditor)
    where = reverse("admin:governance_hotlinetoken_changelist")
    client.post(where, {"action": "revoke", "_selected_action": [str(token.pk)]})
    token.refresh_from_db()
    assert token.revoked_at is None
    for rule in (DecisionRule.objects.first(), MeetingRule.objects.first()):
        name = f"admin:governance_{rule._meta.model_name}_change"
        assert client.get(reverse(name, args=[rule.pk])).status_code == 200  # to look at
        assert client.post(reverse(name, args=[rule.pk]), {"name_zh": "过半就行"}).status_code == 403
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for model in ("hotlinetoken", "decisionrule", "meetingrule"):
        assert client.get(reverse(f"admin:governance_{model}_changelist")).status_code == 200, model
