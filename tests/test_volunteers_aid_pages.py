"""Mutual aid on the phone and at the desk; hours from a table; the administration; people without an account."""

import io
from datetime import UTC, timedelta

import pytest
from django.apps import apps
from django.contrib import admin as django_admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from core.calendar import CHINA
from neighborhoods.models import ResidentReveal
from notifications.models import Delivery
from notifications.routing import ROUTES
from notifications.services.addresses import address_of
from notifications.services.composing import compose
from notifications.services.relay import relay_batch
from tests import points_stage
from tests import volunteer_stage as stage
from tests.aid_stage import Pair, for_elder, verified
from tests.factories import UserFactory
from tests.representative_steps import doors, linked, serving
from volunteers.models import (
    AidNeed,
    AidOffer,
    IncentiveRule,
    PhoneCall,
    PointsEntry,
    PointsRule,
    ServiceRecord,
    Volunteer,
)
from volunteers.services.activities import seats
from volunteers.services.aid import matching
from volunteers.services.registration import Offer as Entry
from volunteers.services.registration import apply, verify

pytestmark = pytest.mark.django_db
LIMIT = 12
UNCOUNTED = ("django_session", "accounts_user", "SAVEPOINT")


def page(client, name, /, *args, query=""):
    return client.get(reverse(f"volunteers:{name}", args=args) + query)


def send(client, name, /, *args, **data):
    return client.post(reverse(f"volunteers:{name}", args=args), data)


def checked(client, name, /, *args, query="") -> str:
    """In both languages, within the limit of statements once it is warm."""
    for language in ("en", "zh-hans"):
        client.cookies["mulin_lang"] = language
        page(client, name, *args, query=query)
        with CaptureQueriesContext(connection) as queries:
            answer = page(client, name, *args, query=query)
        assert answer.status_code == 200, name
        own = [one for one in queries if one["sql"] and not any(word in one["sql"] for word in UNCOUNTED)]
        assert len(own) <= LIMIT, (name, len(own), [one["sql"][:150] for one in own])
    return answer.content.decode()


def test_two_taps_each_from_a_need_to_a_yes(client, district, people):
    pair = Pair(district, people)
    assert "买菜跑腿" in checked(client, "aid-list")  # open to everybody
    client.force_login(pair.user)
    assert 'value="shopping"' in checked(client, "aid-ask", query="?kind=shopping")
    said = {
        "kind": "shopping",
        "day": "1",
        "part": "any",
        "words": "我姓周，住3栋2单元501，电话13812345678",
        "shares": "on",
    }
    assert send(client, "aid-ask", **{**said, "kind": "dancing"}).status_code == 422
    assert send(client, "aid-ask", **said).status_code == 302
    need = AidNeed.objects.get()
    assert (need.wanted_on, need.state) == (timezone.localdate() + timedelta(days=1), "open")
    checked(client, "my-aid")
    assert "不用说原因" not in checked(client, "my-aid-need", need.number)

    client.logout()
    public = checked(client, "aid-list")  # strangers: kind, community, day
    assert "13812345678" not in public
    assert "501" not in public
    assert district.building.name not in public
    client.force_login(pair.helper.resident.user)
    for shown in (checked(client, "aid-list"), checked(client, "aid-card", need.number)):
        for secret in ("13812345678", "501", pair.resident.name, "周婆婆"):
            assert secret not in shown
    assert "同楼栋" in shown
    Volunteer.objects.filter(pk=pair.helper.pk).update(state="applied", verified_at=None)
    assert "▇" not in page(client, "aid-card", need.number).content.decode()  # not registered yet: no words
    Volunteer.objects.filter(pk=pair.helper.pk).update(state="verified", verified_at=timezone.now())
    assert "▇" in page(client, "aid-card", need.number).content.decode()
    assert send(client, "aid-take", need.number).status_code == 302
    shown = checked(client, "my-aid-need", need.number)
    assert pair.resident.name not in shown  # one of them has not agreed
    send(client, "my-aid-share", need.number)
    assert pair.resident.name in page(client, "my-aid-need", need.number).content.decode()
    client.force_login(pair.user)
    assert "赵大力" in page(client, "my-aid-need", need.number).content.decode()

    client.force_login(pair.helper.resident.user)
    on = timezone.localtime() - timedelta(hours=3)
    done = {"on": on.date().isoformat(), "begins": f"{on:%H:%M}", "minutes": "60"}
    assert send(client, "my-aid-finish", need.number, **{**done, "on": "2999-01-01"}).status_code == 422
    assert send(client, "my-aid-finish", need.number, **done).status_code == 302
    assert send(client, "my-aid-confirm", need.number).status_code in {302, 403}  # who helped never confirms
    assert not ServiceRecord.objects.exists()
    client.force_login(pair.user)
    assert send(client, "my-aid-confirm", need.number).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.record.state) == ("credited", "confirmed")
    assert pair.helper.resident.name not in page(client, "my-aid-need", need.number).content.decode()


def test_somebody_the_portal_does_not_know_says_who_and_where(client, district):
    client.force_login(UserFactory(name="新来的"))
    checked(client, "aid-ask")
    said = {"kind": "meals", "day": "any", "part": "any", "name": "新来的"}
    assert send(client, "aid-ask", **said).status_code == 422
    assert send(client, "aid-ask", find="1", place_words="纺织厂").status_code == 200
    assert send(client, "aid-ask", **said, place=district.building.pk).status_code == 302
    need = AidNeed.objects.get()
    assert need.building_id == district.building.pk
    assert send(client, "aid-take", need.number).status_code == 302  # not registered: to the register
    need.refresh_from_db()
    assert need.state == "open"
    assert page(client, "my-aid-offer").status_code == 302


def test_offers_on_the_phone(client, district, people):
    own, _actor = stage.neighbour(district, people)
    client.force_login(own.resident.user)
    checked(client, "my-aid-offer")
    assert send(client, "my-aid-offer", kind="company", reach="9").status_code == 422
    said = {"kind": "company", "reach": "3", "slots": ["1", "32"], "skill": "下棋"}
    assert send(client, "my-aid-offer", **said).status_code == 302
    one = AidOffer.objects.get()
    assert (one.slots, one.reach, one.community_id) == (33, 3, district.community.pk)
    assert "下棋" in checked(client, "my-aid")
    send(client, "my-aid-offer-end", one.pk)
    assert not AidOffer.objects.filter(closed_at=None).exists()


def test_the_desk_writes_down_matches_and_decides(client, district, people):
    client.force_login(people.user("community_staff"))
    checked(client, "aid-new")
    said = {
        "channel": "phone", "name": "王奶奶", "said_by": "女儿", "kind": "repairs", "day": "any", "part": "any",
        "words": "水龙头滴水", "place": district.building.pk,
    }  # fmt: skip
    assert send(client, "aid-new", **{**said, "name": ""}).status_code == 422
    assert send(client, "aid-new", **said).status_code == 302
    need = AidNeed.objects.get()
    pair = Pair(district, people)
    for state in ("done", "confirmed", "disputed", "credited"):
        pair.in_state(state)
    for tab in ("open", "going", "confirm", "look", "over"):
        checked(client, "aid-desk", query=f"?tab={tab}")
    helper = verified(district, people)
    assert send(client, "aid-desk-match", need.number, number="V20990001").status_code == 422
    answer = send(client, "aid-desk-match", need.number, number=helper.number)
    assert "保险" in answer.content.decode()  # said beside the field, nothing written
    checked(client, "aid-detail", need.number)
    for one in AidNeed.objects.exclude(pk=need.pk):
        checked(client, "aid-detail", one.number)
    checked(client, "call-list")
    call = PhoneCall.objects.filter(done_at=None).latest("pk")
    assert "李四" in send(client, "call-contact", call.pk, reason="告诉他已登记").content.decode()
    assert ResidentReveal.objects.count() == 1
    assert "王奶奶" in send(client, "aid-contact", need.number, reason="约时间").content.decode()
    assert send(client, "call-done", call.pk, note="已告知").status_code == 302
    client.force_login(people.user("community_lead"))
    disputed = AidNeed.objects.get(state="disputed")
    assert send(client, "aid-desk-decide", disputed.number, decision="so", reason="").status_code == 422
    said = {"decision": "so", "reason": "双方同意", "minutes": "30"}
    assert send(client, "aid-desk-decide", disputed.number, **said).status_code == 302
    assert send(client, "aid-desk-credit", AidNeed.objects.get(state="confirmed").number).status_code == 302
    assert not AidNeed.objects.filter(state__in=["confirmed", "disputed"]).exists()


def test_a_representative_writes_down_for_a_household(client, district, people):
    term = serving(district, people, "周代表", user=people.user("nobody"))
    mine, theirs = doors(district, people, 2)
    (link,) = linked(term, people, [mine])
    client.force_login(people.user("nobody"))
    checked(client, "my-household-aid", link.pk)
    said = {"kind": "meals", "day": "any", "part": "any", "name": "王奶奶"}
    assert send(client, "my-household-aid", link.pk, **{**said, "name": ""}).status_code == 422
    assert send(client, "my-household-aid", link.pk, **said).status_code == 302
    need = AidNeed.objects.get()
    assert (need.channel, need.resident.household_id, need.asked_by_label != "") == ("visit", link.household_id, True)
    other = serving(district, people, "吴代表", user=UserFactory())
    (foreign,) = linked(other, people, [theirs])
    assert page(client, "my-household-aid", foreign.pk).status_code == 404


def test_people_without_an_account_get_a_text_message_or_a_call(district, people):
    """A number that is known is written to, by the rules of deliveries; else staff have a line."""
    elder = for_elder(district, people, phone="13800001234")
    by_phone = stage.residents.register_for(
        actor=people.community_staff, facts=stage.PersonFacts("甲某", "13800005678"), area=district.building
    )
    entry = apply(actor=people.community_staff, resident_id=by_phone.pk, offer=Entry())
    verify(volunteer_id=entry.pk, actor=people.community_lead)
    unreached = verified(district, people, "乙某")
    made = stage.shift(stage.activity(district, people), people, capacity=1)
    seat, _waits = (stage.seat(made, one, people.community_staff) for one in (unreached, entry))
    seats.cancel_seat(sign_up_id=seat.pk, actor=people.community_staff)
    matching.match(need_id=elder.pk, actor=people.community_lead, volunteer_id=unreached.pk)
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass
    sent = Delivery.objects.filter(recipient__startswith="resident:")
    assert set(sent.values_list("text", "recipient")) == {
        ("volunteer_verified", f"resident:{by_phone.pk}"),
        ("volunteer_moved_up", f"resident:{by_phone.pk}"),
        ("aid_taken", f"resident:{elder.resident_id}"),
    }
    told = sent.get(text="aid_taken")
    assert address_of(told) == "13800001234"
    words = compose(told, address="13800001234", at=timezone.now()).words
    assert elder.number in words
    assert "有邻居来帮您" in words
    assert "王奶奶" not in words
    calls = PhoneCall.objects.values_list("resident", "reason")
    assert set(calls) == {(unreached.resident_id, "verified")}


# ---- hours from a table ----
def test_a_table_of_hours_confirms_nothing_overlaps_nothing_and_knows_no_future(client, district, people):
    own = stage.volunteer(district, people, name="李干事", user=people.user("community_staff"))
    other = verified(district, people)
    first, second = (stage.activity(district, people, title=title) for title in ("巡逻", "清洁"))
    at = (timezone.now() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    here, later = at.astimezone(CHINA), (timezone.now() + timedelta(days=1)).astimezone(CHINA)

    def row(entry, activity, start, minutes=60):
        end = start + timedelta(minutes=minutes)
        return [entry.number, activity.number, start.isoformat(" ", "minutes"), end.isoformat(" ", "minutes"), "值守"]

    rows = [
        row(own, first, here.replace(tzinfo=None)),  # the clock on the wall
        row(own, second, at.astimezone(UTC) + timedelta(minutes=30)),  # the same hour in another time zone and team
        row(other, first, later),
        ["V20990001", *row(own, first, here)[1:]],
        row(other, second, here, minutes=-5),
        ["", "", "昨天", "", ""],
    ]
    book = Workbook()
    for line in [["志愿者编号", "活动编号", "开始时间", "结束时间", "服务内容"], *rows]:
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    client.force_login(people.user("community_staff"))
    assert page(client, "hours-table").status_code == 200
    assert page(client, "hours-template").status_code == 200
    bad = SimpleUploadedFile("t.csv", b"a,b\n1,2\n")
    assert client.post(reverse("volunteers:hours-table"), {"file": bad}).status_code == 422
    upload = SimpleUploadedFile("时长.xlsx", content.getvalue())
    assert client.post(reverse("volunteers:hours-table"), {"file": upload}).status_code == 302
    shown = page(client, "hours-preview").content.decode()
    assert "正确 1 行，有误 5 行" in shown
    assert not ServiceRecord.objects.exists()  # looked through only
    assert send(client, "hours-preview").status_code == 302
    record = ServiceRecord.objects.get()
    assert (record.volunteer, record.state, record.confirmed_at) == (own, "proposed", None)
    assert record.starts_at == at
    assert send(client, "record-confirm", record.pk).status_code == 403  # nobody confirms their own
    record.refresh_from_db()
    assert record.state == "proposed"
    again = SimpleUploadedFile("时长.xlsx", content.getvalue())
    client.post(reverse("volunteers:hours-table"), {"file": again})
    send(client, "hours-preview")
    assert ServiceRecord.objects.count() == 1
    client.force_login(people.user("nobody"))
    assert page(client, "hours-table").status_code == 403


# ---- the administration ----
def test_the_administration_reads_and_neither_confirms_hours_nor_edits_the_ledger(client, district, people):
    pair = Pair(district, people)
    need = pair.in_state("credited")
    points_stage.offer(people, district)
    record = ServiceRecord.objects.get()
    ServiceRecord.objects.filter(pk=record.pk).update(state="proposed", confirmed_at=None)
    user = people.user("system_admin")
    user.is_staff = True
    user.save()
    client.force_login(user)
    models = [model for model in django_admin.site._registry if model._meta.app_label == "volunteers"]
    assert len(models) >= 25
    for model in models:
        name = f"admin:volunteers_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, name
        may_add = model in {PointsRule, IncentiveRule}
        assert client.get(reverse(f"{name}_add")).status_code == (200 if may_add else 403), name
        row = model._default_manager.order_by("pk").first()
        if row is None:
            continue
        change = reverse(f"{name}_change", args=[row.pk])
        assert client.get(change).status_code == 200, name
        assert client.post(change, {"state": "confirmed", "amount": "9"}).status_code == 403, name
        assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403, name
    record.refresh_from_db()
    assert record.state == "proposed"
    shown = client.get(reverse("admin:volunteers_aidneed_change", args=[need.pk])).content.decode()
    assert need.words not in shown
    assert PointsEntry.objects.count() >= 1
    today = timezone.localdate()
    fields = {
        "per_hour": "1", "step_minutes": "15", "hard_percent": "20", "most_minutes": "240", "expire_months": "24",
        "first_notice_days": "60", "last_notice_days": "15", "monthly_cap": "200", "hold_hours": "48",
    }  # fmt: skip
    add, before = reverse("admin:volunteers_pointsrule_add"), PointsRule.objects.count()
    assert client.post(add, {**fields, "valid_from": today.isoformat()}).status_code == 200  # not for today
    assert PointsRule.objects.count() == before
    client.post(add, {**fields, "valid_from": (today + timedelta(days=30)).isoformat()})
    assert PointsRule.objects.count() == before + 1
    client.force_login(people.user("community_staff"))
    assert client.get(reverse("admin:volunteers_servicerecord_changelist")).status_code in {302, 403, 404}


def test_every_model_of_people_who_serve_is_in_the_administration_or_left_out_for_a_reason():
    """Lines of histories and consents are read on the pages they belong to; cards and codes are secrets."""
    left_out = {
        "AidLine", "CheckInLine", "Consent", "DutyTaking", "EmployerFeedback", "HelpOrderLine", "HouseholdCard",
        "Interest", "Objection", "Pledge", "PointsLine", "RepresentativeLine",
    }  # fmt: skip
    known = {model.__name__ for model in django_admin.site._registry}
    models = {m.__name__ for m in apps.get_app_config("volunteers").get_models() if not m._meta.auto_created}
    assert models - known <= left_out
