"""What hotlines pass on: each number once, from a table, from a system, or typed at a counter."""

import io
import json
from datetime import UTC, datetime
from functools import partial

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.models import Event
from governance.lifecycle import Channel, State
from governance.models import Contact, HotlineImport, HotlineToken, Issue
from governance.selectors.hotline import moment_of, places_called
from governance.services.hotline_keys import issue_token, revoke_token
from governance.services.hotline_tables import keep_table, load_table
from tests.conftest import build_district, build_people
from tests.factories import UserFactory, make_issue
from tests.parallel import together

HEAD = "工单编号,渠道,受理时间,所属地点,详细地址,类别,诉求内容,姓名,联系电话"
GOOD = "GD20260520001,,2026-05-20 09:15,麻石巷社区,巷口,路灯照明,巷口路灯不亮,张某,10000000007"
API = "/api/hotline/issues/"
BODY = {"number": "A-100200", "received": "2026-05-20T09:15:00+08:00", "place": "麻石巷社区", "text": "路灯不亮"}


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def upload(client, content: bytes, name: str = "a.csv"):
    return client.post(reverse("governance:hotline-import"), {"file": SimpleUploadedFile(name, content)})


@pytest.mark.django_db
def test_a_table_is_looked_at_row_by_row_and_loaded_once(client, district, people):
    Issue.objects.filter(pk=make_issue(district.building).pk).update(
        external_number="GD-OLD", external_channel="12345", submitted_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    make_issue(district.far_building)
    Issue.objects.filter(area=district.far_building).update(external_number="GD-FAR", external_channel="12345")
    rows = [
        GOOD,
        GOOD.replace("0001", "0001"),  # the same number twice
        "GD-OLD,12345,2026-05-20,麻石巷社区,,,灯,,",
        "GD-FAR,,2026-05-20,麻石巷社区,,,灯,,",
        "GD-2,,2026-05-20,柳岸社区,,,别的街道,,",  # out of scope
        "GD-3,,2099-01-01,麻石巷社区,,没有的类别,灯,,12",
        ",,2026-05-20,第一网格,,,灯,,",
        "GD-4,数字城管,2026年5月20日 8:05,大码头街道麻石巷社区纺织厂老家属院3栋,,IN01,下水道堵了,,",
    ]
    client.force_login(people.user("street_officer"))
    sent = upload(client, table(*rows))
    assert sent.status_code == 303
    preview = client.get(sent["Location"])
    assert (preview.context["new"], preview.context["known"], preview.context["wrong"]) == (2, 2, 4)
    page = preview.content.decode()
    old, far = Issue.objects.get(external_number="GD-OLD").number, Issue.objects.get(external_number="GD-FAR").number
    assert old in page
    assert far not in page  # of another street only that it is here
    assert "10000000007" not in str(HotlineImport.objects.values_list("rows").query)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM governance_hotlineimport")
        assert "10000000007" not in cursor.fetchone()[0]  # encrypted
    before = Issue.objects.count()
    assert client.post(sent["Location"]).status_code == 302
    assert client.post(sent["Location"]).status_code == 302
    assert Issue.objects.count() == before + 2
    lamp = Issue.objects.get(external_number="GD20260520001")
    loaded = client.get(sent["Location"]).content.decode()  # what was taken in, each a link to its case
    assert reverse("governance:issue-detail", args=[lamp.number]) in loaded
    assert reverse("governance:issue-detail", args=[old]) not in loaded
    assert (lamp.channel, lamp.external_channel, lamp.category.code) == (Channel.HOTLINE, "12345", "IN03")
    assert (lamp.area, lamp.state) == (district.community, State.SUBMITTED)
    assert lamp.received_at == datetime(2026, 5, 20, 1, 15, tzinfo=UTC)
    assert lamp.contact.phone == "10000000007"
    assert Issue.objects.get(external_number="GD-4").area == district.building
    assert HotlineImport.objects.get().rows is None
    events = Event.objects.count()
    again = upload(client, table(*rows))
    assert client.get(again["Location"]).context["new"] == 0
    client.post(again["Location"])
    assert Issue.objects.count() == before + 2
    assert Event.objects.count() == events + 1  # that it was loaded
    found = client.get(reverse("governance:issue-list"), {"q": "GD20260520001"})
    assert found["Location"] == reverse("governance:issue-detail", args=[lamp.number])
    client.force_login(people.user("outsider"))
    assert lamp.number not in client.get(reverse("governance:issue-list"), {"q": "GD20260520001"}).content.decode()
    assert upload(client, table(GOOD)).status_code == 403
    assert client.get(sent["Location"]).status_code == 403


@pytest.mark.django_db
def test_files_that_are_no_table_are_refused_with_a_sentence(client, people):
    import openpyxl

    client.force_login(people.user("district_duty"))
    for content in (b"", b"\x00\x01", b"PK\x03\x04broken", b"name,phone\na,b\n", table(), b"\xd0\xcf\x11\xe0"):
        refused = upload(client, content)
        assert refused.status_code == 422
        assert refused.context["form"].errors["file"]
    book = openpyxl.Workbook()
    received = datetime(2026, 5, 20, 9, 15)  # noqa: DTZ001 - as a spreadsheet keeps it
    for line in (HEAD.split(","), ["GD-9", "", received, "麻石巷社区", "", "", "灯不亮", "", ""]):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    sent = upload(client, file.getvalue(), "a.xlsx")
    assert client.get(sent["Location"]).context["new"] == 1
    client.post(sent["Location"])
    assert Issue.objects.get().received_at == datetime(2026, 5, 20, 1, 15, tzinfo=UTC)


@pytest.mark.django_db
def test_words_for_places_and_moments(district, people):
    officer = people.street_officer
    called = {
        "麻石巷社区": [district.community],
        district.grid.code: [district.grid],
        "麻石巷社区 第一网格": [district.grid],
        "纺织厂老家属院（示例） 3 栋": [district.building],
        "纺织厂老家属院": [district.branch],
        "文昌坊社区第一网格": [],
        "柳岸社区": [],
        "": [],
    }
    assert {words: places_called(officer, words) for words in called if words} == {k: v for k, v in called.items() if k}
    same = datetime(2026, 5, 20, 1, 15, tzinfo=UTC)
    for words in ("2026-05-20 09:15", "2026/5/20 9:15", "2026年5月20日 9时15分", "2026-05-20T01:15:00Z"):
        assert moment_of(words) == same, words
    for words in ("", "昨天", "2026-13-40", "0001-01-01", "9:15"):
        assert moment_of(words) is None, words


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_make_one_case():
    people = build_people(build_district())
    actor = people.street_officer
    kept = [keep_table(actor=actor, filename="a.csv", content=table(GOOD)) for _time in range(2)]
    _token, key = issue_token(actor=people.system_admin, name="区热线")
    together(
        *(partial(load_table, import_id=one.pk, actor=actor) for one in kept),
        lambda: send(Client(), key, number="GD20260520001"),
    )
    assert Issue.objects.count() == Event.objects.filter(name="issue.submitted").count() == 1
    assert sum(HotlineImport.objects.values_list("created", flat=True)) <= 1


def send(client, key: str, **fields):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post(API, json.dumps({**BODY, **fields}), content_type="application/json", headers=headers)


@pytest.mark.django_db
def test_a_system_with_a_key_passes_requests_on(client, district, people, settings):
    client = Client(enforce_csrf_checks=True)
    token, key = issue_token(actor=people.system_admin, name="街道热线", street=district.street)
    assert key not in str(HotlineToken.objects.values().get())
    first = send(client, key, name="张某", phone="10000000007", category="IN03")
    assert (first.status_code, first.json()["known"]) == (201, False)
    issue = Issue.objects.get()
    assert (issue.number, issue.external_number, issue.recorded_by_id) == (first.json()["number"], "A-100200", None)
    assert Contact.objects.get().name == "张某"
    second = send(client, key, text="换了说法")
    assert (second.status_code, second.json()["number"], second.json()["known"]) == (200, issue.number, True)
    wrong = send(client, key, number="A-2", place="柳岸社区", received="", text="")
    assert wrong.status_code == 422
    assert set(wrong.json()["errors"]) == {"place", "received", "text"}
    for body in ("", "[]", "{", '{"number": {}}', '{"number": "a\\u0000"}', "[" * 5000):
        answer = client.post(API, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 422, body[:20]
        assert answer.json()["error"]
    assert send(client, "").status_code == 401
    assert send(client, "mulin_wrong").status_code == 401
    assert client.get(API).status_code == 405
    far_token, far_key = issue_token(actor=people.system_admin, name="别处", street=district.far_street)
    assert send(client, far_key).json() == {"known": True}  # nothing else of another street
    revoke_token(token_id=token.pk, actor=people.system_admin)
    assert send(client, key, number="A-3").status_code == 401
    settings.HOTLINE_PER_MINUTE = 1
    assert send(client, far_key).status_code == 429
    assert far_token.street == district.far_street
    assert Issue.objects.count() == 1


@pytest.mark.django_db
def test_the_administration_shows_a_key_once_and_revokes_it(client, district):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    added = client.post(
        reverse("admin:governance_hotlinetoken_add"), {"name": "12345", "street": str(district.street.pk)}, follow=True
    )
    token = HotlineToken.objects.get()
    assert token.start in added.content.decode()
    assert len(token.digest) == 64
    page = client.get(reverse("admin:governance_hotlinetoken_changelist")).content.decode()
    assert "mulin_" in page
    assert token.digest not in page
    client.post(
        reverse("admin:governance_hotlinetoken_changelist"), {"action": "revoke", "_selected_action": [str(token.pk)]}
    )
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.django_db
def test_a_counter_does_not_type_a_number_twice(client, district, people):
    known = make_issue(district.building)
    Issue.objects.filter(pk=known.pk).update(external_number="GD-1", external_channel="12345")
    sent = {
        "submission_key": "6f6c5b64-5b7e-4d93-9f7c-0d6a3f2b1c11",
        "channel": "hotline",
        "external_number": "GD-1",
        "external_channel": "12345",
        "place": str(district.community.pk),
        "category": "IN03",
        "text": "路灯不亮",
    }
    client.force_login(people.user("community_staff"))
    refused = client.post(reverse("governance:issue-record"), sent)
    assert refused.status_code == 422
    assert reverse("governance:issue-detail", args=[known.number]) in refused.content.decode()
    other = client.post(reverse("governance:issue-record"), {**sent, "external_channel": "city"})
    assert other.status_code == 303
    assert Issue.objects.filter(external_number="GD-1").count() == 2
    client.force_login(people.user("outsider"))  # learns that the number is here, and nothing else
    far = {**sent, "place": str(district.far_community.pk), "submission_key": "6f6c5b64-5b7e-4d93-9f7c-0d6a3f2b1c12"}
    elsewhere = client.post(reverse("governance:issue-record"), far)
    assert elsewhere.status_code == 422
    assert known.number not in elsewhere.content.decode()


@pytest.mark.django_db
def test_the_template_is_read_as_it_is(client, people):
    """Filled in, it is a table like any other; empty, it says so."""
    client.force_login(people.user("street_officer"))
    assert (
        reverse("governance:hotline-template-xlsx") in client.get(reverse("governance:hotline-import")).content.decode()
    )
    for form in ("csv", "xlsx"):
        sent = client.get(reverse(f"governance:hotline-template-{form}"))
        assert f"mulin-hotline.{form}" in sent["Content-Disposition"]
        assert upload(client, sent.content, f"a.{form}").status_code == 422  # no rows
    book = openpyxl.load_workbook(io.BytesIO(sent.content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEAD.split(",")
    assert sheet["A2"].number_format == "@"  # long numbers stay whole
    for place, value in enumerate(GOOD.split(","), 1):
        sheet.cell(2, place).value = value
    book.save(file := io.BytesIO())
    preview = client.get(upload(client, file.getvalue(), "a.xlsx")["Location"])
    assert (preview.context["new"], preview.context["wrong"]) == (1, 0)
    client.force_login(people.user("grid_worker"))
    assert client.get(reverse("governance:hotline-template-csv")).status_code == 403
