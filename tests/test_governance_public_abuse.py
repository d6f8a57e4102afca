"""Reports by programs, too many of them, and words that speak of danger or of people."""

import json

import altcha
import pytest
from django.test import Client
from django.utils import timezone

from governance.forms.draft import COOKIE, Draft
from governance.forms.proof import challenge_for, is_proved
from governance.models import Issue
from neighborhoods.models import Compound
from tests.reporting import asked_again, nothing_written, whole_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALTCHA_ENABLED = False


# ---- abuse ----
def test_honeypot_catches_programs(client, district, people):
    asked_again(client, "/report/check/", {"draft": whole_draft(district.building).token, "leave_empty": "buy"})
    assert nothing_written()


def test_what_is_sent_within_seconds_without_proof_is_asked_again(client, district, people, settings):
    settings.ALTCHA_ENABLED = True
    hasty = whole_draft(district.building, began=int(timezone.now().timestamp()))
    asked_again(client, "/report/check/", {"draft": hasty.token})
    assert nothing_written()
    calm = hasty.having(began=hasty.began - 10)
    assert client.post("/report/check/", {"draft": calm.token}).status_code == 303


def test_too_many_reports_from_one_address(client, district, people, settings):
    settings.REPORTS_PER_ADDRESS_HOUR = 3
    for n in range(3):
        draft = whole_draft(district.building, text=f"第 {n} 件")
        assert client.post("/report/check/", {"draft": draft.token}).status_code == 303
    fourth = whole_draft(district.building, text="第四件")
    for _try in range(2):
        answer = client.post("/report/check/", {"draft": fourth.token})
        assert answer.status_code == 429
        assert "0737-000 0012" in answer.content.decode()
    assert client.get("/report/check/").context["draft"].text == "第四件"
    assert Issue.objects.count() == 3


def test_without_proof_the_limit_is_stricter_but_nobody_is_shut_out(client, district, people, settings):
    settings.ALTCHA_ENABLED, settings.REPORTS_PER_ADDRESS_HOUR = True, 10
    codes = [
        client.post("/report/check/", {"draft": whole_draft(district.building, text=f"{n}").token}).status_code
        for n in range(4)
    ]
    assert codes == [303, 303, 429, 429]


def test_proof_of_work_counts_for_one_draft_only(settings):
    settings.ALTCHA_ENABLED = True
    challenge = altcha.Challenge.from_dict(json.loads(challenge_for("mine")))
    answer = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()
    assert is_proved(answer, "mine")
    assert not is_proved(answer, "other")
    for forged in ("", "x", "e30=", answer[:-8], answer * 9, "🔥"):
        assert not is_proved(forged, "mine")


def test_proved_report_may_be_quick(client, district, people, settings):
    settings.ALTCHA_ENABLED = True
    draft = whole_draft(district.building, began=int(timezone.now().timestamp()))
    client.cookies[COOKIE] = draft.token
    challenge = altcha.Challenge.from_dict(json.loads(client.get("/report/check/").context["challenge"]))
    proof = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()
    assert client.post("/report/check/", {"draft": draft.token, "altcha": proof}).status_code == 303


def test_report_needs_the_csrf_token(district, people):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/check/", {"draft": whole_draft(district.building).token}).status_code == 403
    assert nothing_written()


def test_unannounced_holidays_are_said(client, district, people, time_machine):
    time_machine.move_to("2037-05-04 10:00:00+08:00")
    client.cookies[COOKIE] = whole_draft(district.building).token
    assert client.get("/report/check/").context["expected"].is_unconfirmed


def test_nobody_is_named_to_neighbours(client, district, people):
    draft = whole_draft(district.building, name="张小明", public=True)
    client.cookies[COOKIE] = draft.token
    check = client.get("/report/check/").content.decode()
    assert "张" not in check[check.index('id="h-prev"') :]
    client.post("/report/check/", {"draft": draft.token})
    page = client.get(f"/issues/{Issue.objects.get().number}/").content.decode()
    assert "张" not in page


@pytest.mark.parametrize("text", ["闻到煤气味，有人晕倒了", "Somebody is TRAPPED in there"])
def test_words_of_danger_lead_to_the_numbers_whatever_was_chosen(client, district, text):
    """Somebody chose "something else", wrote of gas, and was promised an answer within a week."""
    draft = Draft(area=district.building.code, category="OT99")
    answer = client.post("/report/text/", {"draft": draft.token, "text": text})
    assert (answer.status_code, answer["Location"]) == (303, "/report/call/")
    page = client.get("/report/call/").content.decode()
    assert 'href="tel:119"' in page
    assert 'href="/report/contact/"' in page
    check = client.get("/report/contact/")
    assert check.status_code == 200


def test_danger_keeps_the_numbers_beside_it_and_promises_no_day(client, district):
    draft = whole_draft(district.building).having(category="IN05", danger=True)
    page = client.post("/report/check/", {"draft": draft.token, "apart": ""}).headers
    assert page["Location"].endswith("/receipt/")
    receipt = client.get(page["Location"]).content.decode()
    assert 'href="tel:96333"' in receipt
    assert "预计" not in receipt


def test_place_is_found_by_its_pinyin_in_one_word(client, district):
    Compound.objects.filter(pk=district.compound.pk).update(pinyin="fang zhi chang lao jia shu yuan")
    assert district.compound.name in client.get("/report/?choose&q=FangZhichang").content.decode()
