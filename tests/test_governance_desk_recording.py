"""Recording for a resident at the desk, and the slip."""

import uuid

import pytest
from django.urls import reverse

from governance.models import Issue

pytestmark = pytest.mark.django_db


def url(verb: str, issue: Issue) -> str:
    return reverse(f"governance:issue-{verb}", args=[issue.number])


def record(client, district, **fields):
    sent = {
        "submission_key": str(uuid.uuid4()),
        "channel": "phone",
        "place": str(district.building.pk),
        "category": "IN03",
        "text": "东门四盏路灯不亮",
        "name": "李某",
        "phone": "100 0000 0006",
        **fields,
    }
    return client.post(reverse("governance:issue-record"), sent)


def test_clerk_records_for_a_resident_and_prints_the_slip(client, district, people):
    client.force_login(people.user("community_staff"))
    assert client.get(reverse("governance:issue-record")).status_code == 200
    answer = record(client, district)
    issue = Issue.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("slip", issue))
    assert (issue.channel, issue.recorded_by_id) == ("phone", people.community_staff.user_id)
    assert issue.contact.phone == "10000000006"
    slip = client.get(url("slip", issue)).content.decode()
    assert issue.number in slip
    assert "mu-slip__qr" in slip
    assert "/f/" in slip
    assert issue.recorded_by_label in slip
    assert "10000000006" not in slip


def test_recording_twice_stores_once(client, district, people):
    client.force_login(people.user("representative"))
    key = str(uuid.uuid4())
    assert record(client, district, submission_key=key, channel="visit").status_code == 303
    assert record(client, district, submission_key=key, channel="visit").status_code == 303
    issue = Issue.objects.get()
    assert client.get(url("slip", issue)).status_code == 200
    assert issue.collector_role == "representative"


@pytest.mark.parametrize(
    "fields",
    [
        {"place": ""},
        {"place": "abc"},
        {"text": ""},
        {"text": "字" * 501},
        {"category": "XX"},
        {"channel": "web"},
        {"channel": "hotline", "external_number": ""},
        {"phone": "12"},
        {"submission_key": "no"},
        {"text": "a\x00b"},
        {"text": "字" * 1_000_000},
    ],
)
def test_recording_refuses_rubbish_and_writes_nothing(client, district, people, fields):
    client.force_login(people.user("community_staff"))
    assert record(client, district, **fields).status_code in {400, 413, 422}
    assert not Issue.objects.exists()


def test_nobody_records_outside_their_own_area(client, district, people):
    client.force_login(people.user("outsider"))
    assert record(client, district).status_code == 422
    client.force_login(people.user("department_clerk"))
    assert record(client, district).status_code == 403
    assert not Issue.objects.exists()


def test_place_is_found_without_losing_what_was_typed(client, district, people):
    client.force_login(people.user("community_staff"))
    sent = {"find": "1", "place_words": "纺织厂", "text": "写到一半", "submission_key": str(uuid.uuid4())}
    page = client.post(reverse("governance:issue-record"), sent).content.decode()
    assert "写到一半" in page
    assert f'value="{district.building.pk}"' in page
    part = client.get(reverse("governance:record-places"), {"place_words": "柳岸"}).content.decode()
    assert f'value="{district.far_building.pk}"' not in part
    asked = client.get(reverse("governance:record-question"), {"category": "IN01"}).content.decode()
    assert "is_danger" in asked
