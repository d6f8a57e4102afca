"""Whistles answered by the link of a unit without accounts."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Event
from governance.lifecycle import whistles as kinds
from governance.lifecycle.whistles import WhistleState
from governance.models import Call, Whistle, WhistleLine
from governance.services.whistles import drafting
from governance.services.whistles.links import call_token, give_link
from tests import whistle_steps as steps
from tests.factories import UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
S = WhistleState


@pytest.fixture
def as_(client, people):
    def log_in(name):
        client.force_login(people.user(name))
        return client

    return log_in


def url(name, *args):
    return reverse(f"governance:{name}", args=args)


# ---- the link of a unit without accounts ----
@pytest.fixture
def away(district, people):
    """A whistle that calls a unit in which nobody has an account, and the address of its link."""
    unit = UnitFactory(name="文峰幼儿园", short_name="幼儿园")
    whistle = steps.draft(district, people, lead=unit, helpers=())
    steps.issue(whistle, people)
    call = Call.objects.get(unit=unit)
    return call, url("call-link", call_token(call))


def test_a_unit_answers_by_its_link(away, people):
    call, link = away
    client = Client()
    assert "幼儿园" in client.get(link).content.decode()
    for verb, fields in (
        ("sign", {"sign-who": "园长"}),
        ("contact", {"contact-note": "电话"}),
        ("arrive", {"arrive-who": "园长"}),
        ("report", {"report-result": "已清出通道"}),
    ):
        answer = client.post(f"{link}{verb}/", fields)
        assert answer.status_code in {303, 422}, verb
        if verb == "report":
            assert answer.status_code == 303
    call.refresh_from_db()
    assert call.signed_by_label == "园长"
    assert call.result == "已清出通道"
    assert Whistle.objects.get().state == S.ARRIVED
    line = WhistleLine.objects.filter(kind=kinds.WHISTLE_ARRIVED, call=call).get()
    assert (line.actor_id, line.actor_label) == (None, "幼儿园")


def test_the_link_is_kept_as_a_digest(away):
    call, link = away
    token = link.split("/")[-2]
    assert token not in str(Call.objects.values().get(pk=call.pk))
    assert token not in str(list(Event.objects.values()))
    answer = Client().get(link)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


def _untouched(call, path, status):
    before = (list(Call.objects.values()), WhistleLine.objects.count(), Event.objects.count())
    for verb in ("", "sign/", "arrive/"):
        client = Client()
        answer = client.post(path + verb, {"arrive-who": "x"}) if verb else client.get(path)
        assert answer.status_code == status
        assert "<h1" in answer.content.decode()
    assert (list(Call.objects.values()), WhistleLine.objects.count(), Event.objects.count()) == before


def test_an_expired_link_writes_nothing(away):
    call, link = away
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        _untouched(call, link, 410)


def test_a_replaced_or_invented_link_writes_nothing(away, people):
    call, link = away
    give_link(call_id=call.pk, actor=people.community_staff)
    _untouched(call, link, 404)
    _untouched(call, url("call-link", "0000-0000-0000"), 404)
    _untouched(call, url("call-link", "X" * 80), 404)


def test_a_link_speaks_for_its_own_call_only(away, district, people):
    call, link = away
    other = drafting.draft_whistle(
        actor=people.community_staff, area=district.other_building, draft=steps.draft_of(district, lead=call.unit)
    )
    steps.issue(other, people)
    Client().post(f"{link}sign/", {"sign-who": "园长"})
    assert Call.objects.get(pk=call.pk).signed_at
    assert steps.lead(other).signed_at is None


def test_a_link_cannot_do_more(away, people):
    call, link = away
    for verb in ("dispute", "rule", "rate", "absent"):
        assert Client().post(f"{link}{verb}/", {}).status_code == 404
    answer = Client().post(f"{link}report/", {"report-result": "x"})  # nobody has come yet
    assert answer.status_code == 422
    call.refresh_from_db()
    assert call.result == ""


def test_after_the_whistle_the_link_is_over(away):
    call, link = away
    Whistle.objects.update(state=S.CANCELLED, closed_at=timezone.now())
    _untouched(call, link, 410)


def test_trying_links_is_limited(away):
    _call, link = away
    client = Client()
    codes = {client.get(url("call-link", f"AAAA-AAAA-{n:04d}")).status_code for n in range(70)}
    assert codes == {404, 429}
    assert client.get(link).status_code == 429


def test_the_notice_shows_the_link_to_the_side_that_called(as_, away, people, district):
    call, link = away
    page = as_("community_staff").get(url("call-notice", call.whistle.number, call.pk))
    assert link in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    answer = as_("community_staff").post(url("call-link-new", call.whistle.number, call.pk))
    assert answer.status_code == 303
    assert link not in as_("community_staff").get(answer["Location"]).content.decode()
