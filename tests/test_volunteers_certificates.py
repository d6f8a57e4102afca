"""Certificates of service: two people, frozen, the total of its date, checked by strangers, revoked."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from docx import Document

from core.errors import NotAllowedError, RuleError
from neighborhoods.services import residents
from tests import volunteer_stage as stage
from tests.test_volunteers_records import proposed
from volunteers.lifecycle.certificates import CERTIFICATE_MOVES, CertificateState
from volunteers.models import Certificate
from volunteers.selectors.records import minutes_of
from volunteers.services import certificates as services
from volunteers.services.certificates import Wish
from volunteers.services.records import confirming

pytestmark = pytest.mark.django_db


def wish(days: int = 30) -> Wish:
    today = timezone.localdate()
    return Wish(today - timedelta(days=days), today, "升学")


def served(district, people):
    """Somebody with an account and two confirmed hours."""
    own, actor = stage.neighbour(district, people, "李小明")
    record = confirming.confirm(record_id=proposed(district, people, own).pk, actor=people.branch_secretary)
    return own, actor, record


def issued(people, own, actor) -> Certificate:
    asked = services.ask_certificate(volunteer_id=own.pk, actor=actor, wish=wish())
    services.check_certificate(certificate_id=asked.pk, actor=people.community_staff)
    return services.issue_certificate(certificate_id=asked.pk, actor=people.community_lead)


def test_two_people_issue_it_and_it_says_what_was_confirmed(district, people):
    own, actor, record = served(district, people)
    stranger, other = stage.neighbour(district, people, "赵六")
    with pytest.raises(RuleError):
        services.ask_certificate(volunteer_id=stranger.pk, actor=other, wish=wish())  # no hours
    with pytest.raises(NotAllowedError):
        services.ask_certificate(volunteer_id=own.pk, actor=other, wish=wish())
    asked = services.ask_certificate(volunteer_id=own.pk, actor=actor, wish=wish())
    with pytest.raises(RuleError):
        services.issue_certificate(certificate_id=asked.pk, actor=people.community_lead)  # not checked
    for foreign in (actor, people.outsider, people.branch_secretary):
        with pytest.raises(NotAllowedError):
            services.check_certificate(certificate_id=asked.pk, actor=foreign)
    services.check_certificate(certificate_id=asked.pk, actor=people.community_lead)
    with pytest.raises(NotAllowedError):  # the handler does not issue
        services.issue_certificate(certificate_id=asked.pk, actor=people.community_lead)
    at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=asked.pk).update(state="issued", issued_at=at, shown_until=at.date())
    made = issued(people, own, actor)
    assert (made.minutes, made.minutes) == (minutes_of(own), 120)
    assert sum(minutes for _content, minutes in made.body["content"]) == 120
    assert made.shown_until == timezone.localdate() + timedelta(days=7)
    # what is confirmed or taken back afterwards changes nothing of it
    confirming.reverse(record_id=record.pk, actor=people.community_staff, reason="错了")
    made.refresh_from_db()
    assert (made.minutes, services.fingerprint_of(made)) == (120, made.fingerprint)
    with pytest.raises(RuleError):
        issued(people, own, actor)
    assert set(CERTIFICATE_MOVES) == set(CertificateState)


def test_strangers_check_it(client, district, people, settings):
    own, actor, _record = served(district, people)
    made = issued(people, own, actor)
    code = services.code_of(made)
    page = client.get(reverse("volunteers:certificate-check", args=[code.lower()])).content.decode()
    assert "李*明" in page
    assert "李小明" not in page
    assert "真实有效" in page
    assert client.get(reverse("volunteers:certificate-find")).status_code == 200
    assert client.get(reverse("volunteers:certificate-find"), {"code": "0000-0000-0000"}).status_code == 404
    services.revoke_certificate(certificate_id=made.pk, actor=people.community_lead, reason="时长有误")
    assert "已撤销" in client.get(reverse("volunteers:certificate-check", args=[code])).content.decode()
    Certificate.objects.filter(pk=made.pk).update(state="issued", minutes=9999, body={**made.body, "minutes": 9999})
    assert "真实有效" not in client.get(reverse("volunteers:certificate-check", args=[code])).content.decode()
    codes = {client.get(reverse("volunteers:certificate-find"), {"code": f"{n}"}).status_code for n in range(40)}
    assert codes == {404, 429}


def test_sheet_word_and_a_forgotten_person(client, district, people):
    own, actor, record = served(district, people)
    client.force_login(own.resident.user)
    today = timezone.localdate()
    said = {"from_on": (today - timedelta(days=9)).isoformat(), "until_on": today.isoformat()}
    assert client.post(reverse("volunteers:my-certificate", args=[own.number]), {}).status_code == 422
    assert client.post(reverse("volunteers:my-certificate", args=[own.number]), said).status_code == 302
    waiting = Certificate.objects.get()
    assert client.get(reverse("volunteers:certificate-word", args=[waiting.number])).status_code == 404
    made = issued(people, own, actor)
    sheet = client.get(reverse("volunteers:certificate-sheet", args=[made.number])).content.decode()
    assert "李小明" in sheet
    assert services.code_of(made) in sheet
    word = client.get(reverse("volunteers:certificate-word", args=[made.number]))
    cells = [cell.text for row in Document(io.BytesIO(word.content)).tables[0].rows for cell in row.cells]
    assert {"李小明", own.number, "2 小时", made.number} <= set(cells)
    assert len(Document(io.BytesIO(word.content)).inline_shapes) == 1  # the code to scan
    client.force_login(people.user("community_lead"))
    assert client.get(reverse("volunteers:certificate-list")).status_code == 200
    assert "请撤销" not in client.get(reverse("volunteers:certificate-sheet", args=[made.number])).content.decode()
    confirming.reverse(record_id=record.pk, actor=people.community_staff, reason="没有来")
    assert "请撤销" in client.get(reverse("volunteers:certificate-sheet", args=[made.number])).content.decode()
    services.revoke_certificate(certificate_id=made.pk, actor=people.community_lead, reason="时长有误")
    word = client.get(reverse("volunteers:certificate-word", args=[made.number]))
    assert "已撤销" in "".join(part.text for part in Document(io.BytesIO(word.content)).paragraphs)
    Certificate.objects.filter(pk=made.pk).update(state="issued", revoked_at=None, reason="")
    residents.erase_resident(actor=people.community_staff, resident_id=own.resident_id)
    made.refresh_from_db()
    assert (made.name, made.number.startswith("ZYK-")) == (None, True)
    page = client.get(reverse("volunteers:certificate-check", args=[services.code_of(made)])).content.decode()
    assert "真实有效" not in page
    assert "与签发时不符" not in page  # nobody tampered with it: the person was forgotten
