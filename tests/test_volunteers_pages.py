"""The pages of volunteers: on the phone and at the desk."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.models import Event
from neighborhoods.models import Resident, ResidentReveal
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests import volunteer_stage as stage
from tests.factories import UserFactory
from tests.test_volunteers_records import proposed
from volunteers.models import Activity, ServiceRecord, Shift, SignUp, Team, Volunteer
from volunteers.services import registration
from volunteers.services.activities import attendance, seats
from volunteers.services.records import confirming

pytestmark = pytest.mark.django_db
LIMIT = 12


def page(client, name, /, *args):
    return client.get(reverse(f"volunteers:{name}", args=args))


def send(client, name, /, *args, **data):
    return client.post(reverse(f"volunteers:{name}", args=args), data)


def asked(client, name, *args) -> int:
    """How many statements a page needs once it is warm, without those of session and account."""
    page(client, name, *args)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert page(client, name, *args).status_code == 200
    return len(queries)


def test_somebody_registers_in_three_steps(client, district):
    user = UserFactory(name="李某")
    client.force_login(user)
    assert send(client, "register", find="1", place_words="纺织厂").status_code == 200
    assert send(client, "register").status_code == 422
    assert page(client, "register-who").status_code == 302  # not before the place
    assert send(client, "register", place=district.building.pk, place_words="3 栋").status_code == 302
    assert send(client, "register-who", whose="child", name="李某").status_code == 422
    assert send(client, "register-who", whose="me", name="李小明").status_code == 302
    assert send(client, "register-offer", interests=["care"], skills="修水管").status_code == 302
    entry = Volunteer.objects.get()
    assert (entry.resident.user, entry.resident.name, entry.skills) == (user, "李小明", "修水管")
    shown = page(client, "me").content.decode()
    assert entry.number in shown
    for verb in ("revise", "leave"):
        assert page(client, f"my-{verb}", entry.number).status_code == 200
    assert page(client, "my-pause", entry.number).status_code == 302  # does not fit
    send(client, "my-leave", entry.number)
    entry.refresh_from_db()
    assert entry.state == "left"


def test_a_parent_registers_a_child(client, district, people):
    user = UserFactory(name="陈某")
    client.force_login(user)
    send(client, "register", place=district.building.pk)
    born_on = (timezone.localdate() - timedelta(days=14 * 365)).isoformat()
    said = {"whose": "child", "name": "陈某", "child_name": "小陈", "born_on": born_on}
    assert send(client, "register-who", **said).status_code == 422  # no consent
    send(client, "register-who", **said, agrees="on")
    assert send(client, "register-offer").status_code == 302
    child = Volunteer.objects.get().resident
    assert (child.guardian.user, child.guardian_agreed_at is not None, child.user) == (user, True, None)
    entry = registration.verify(volunteer_id=child.volunteer.pk, actor=people.community_lead)
    made = stage.shift(stage.activity(district, people), people)
    assert send(client, "shift-take", made.pk, entry=entry.number).status_code == 302
    assert SignUp.objects.get().volunteer == entry
    assert entry.number in page(client, "me").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=4 * 365 + 9)):  # eighteen: nobody speaks for them now
        client.force_login(user)
        assert entry.number not in page(client, "me").content.decode()
        assert send(client, "seat-cancel", SignUp.objects.get().pk).status_code == 404


def test_two_taps_to_a_seat_and_back(client, district, people):
    own, _actor = stage.neighbour(district, people)
    made = stage.shift(stage.activity(district, people, text="联系电话 13812345678"), people)
    shown = page(client, "activity", made.activity.number).content.decode()  # open to everybody
    assert "13812345678" not in shown
    assert page(client, "landing").status_code == 200
    assert send(client, "shift-take", made.pk).status_code == 303
    assert not SignUp.objects.exists()
    client.force_login(own.resident.user)
    send(client, "shift-take", made.pk)
    seat = SignUp.objects.get()
    assert made.activity.title in page(client, "me").content.decode()
    client.force_login(people.user("nobody"))
    assert send(client, "seat-cancel", seat.pk).status_code == 404
    client.force_login(own.resident.user)
    send(client, "seat-cancel", seat.pk)
    seat.refresh_from_db()
    assert seat.state == "cancelled"
    draft = stage.activity(district, people, title="草稿")
    assert page(client, "activity", draft.number).status_code == 404


def test_a_button_that_would_refuse_is_not_offered(client, district, people):
    own, _actor = stage.neighbour(district, people)
    made = stage.shift(stage.activity(district, people, needs_insurance=True), people)
    button, insurance = reverse("volunteers:shift-take", args=[made.pk]), "需要当天有效的保险"
    client.force_login(own.resident.user)
    shown = page(client, "activity", made.activity.number).content.decode()
    assert button not in shown
    assert insurance in shown
    Volunteer.objects.update(insured_until=made.ends_at.date() + timedelta(days=1))
    shown = page(client, "activity", made.activity.number).content.decode()
    assert button in shown
    assert insurance not in shown
    Volunteer.objects.update(state="applied")
    shown = page(client, "activity", made.activity.number).content.decode()
    assert button not in shown
    assert "登记好就可以报名" in shown
    send(client, "shift-take", made.pk)
    assert not SignUp.objects.exists()


def test_who_moves_up_is_told_and_led_to_their_page(client, district, people):
    (one, first), (two, second) = stage.neighbour(district, people), stage.neighbour(district, people, "赵六")
    made = stage.shift(stage.activity(district, people), people, capacity=1)
    seat = stage.seat(made, one, first)
    stage.seat(made, two, second)
    seats.cancel_seat(sign_up_id=seat.pk, actor=first)
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass
    notice = Notice.objects.get(text="volunteer_moved_up")
    assert notice.user == two.resident.user
    client.force_login(two.resident.user)
    assert client.get(reverse("notifications:notice-open", args=[notice.pk]))["Location"] == reverse("volunteers:me")
    assert page(client, "volunteer-detail", two.number)["Location"] == reverse("volunteers:me")
    assert page(client, "volunteer-detail", one.number).status_code == 404


def test_by_the_code_and_the_list(client, district, people):
    own, actor = stage.neighbour(district, people)
    lead, _lead_actor = stage.neighbour(district, people, "带队人")
    start = timezone.now().replace(second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        made = stage.shift(stage.activity(district, people, lead_id=lead.pk), people, hours=1)
        stage.seat(made, own, actor)
        clock.shift(timedelta(hours=1))
        client.force_login(lead.resident.user)
        assert page(client, "shift-code", made.pk).status_code == 200
        client.force_login(own.resident.user)
        assert page(client, "shift-list", made.pk).status_code == 404
        code = attendance.code_of(made, timezone.now())
        assert page(client, "here", made.pk, code).status_code == 200
        send(client, "here", made.pk, code, verb="come", seat=0)  # nobody's seat
        assert SignUp.objects.get().came_at is None
        for _twice in range(2):
            send(client, "here", made.pk, code, verb="come", seat=SignUp.objects.get().pk)
        assert (SignUp.objects.get().came_at is None, SignUp.objects.get().went_at) == (False, None)
        clock.shift(timedelta(minutes=10))
        assert page(client, "here", made.pk, code).status_code == 410
        send(client, "here", made.pk, code, verb="go")  # replayed: nothing happens
        assert SignUp.objects.get().went_at is None
        clock.shift(timedelta(minutes=110))
        client.force_login(lead.resident.user)
        seat = SignUp.objects.get()
        assert send(client, "shift-list", made.pk, verb="went", seat=seat.pk).status_code == 302
        assert send(client, "shift-list", made.pk, verb="nonsense", seat=seat.pk).status_code == 404
        assert send(client, "shift-list", made.pk, verb="came", seat="x").status_code == 404
        send(client, "shift-list", made.pk, verb="add", number="ZYV-0")
        send(client, "shift-list", made.pk, verb="confirm-all")
        record = ServiceRecord.objects.get()
        assert (record.state, record.minutes, record.confirmed_by_id) == ("confirmed", 120, lead.resident.user_id)
    client.force_login(own.resident.user)
    assert "2 小时" in page(client, "me").content.decode()


def test_the_desk_writes_somebody_down_and_reads_contacts_with_a_reason(client, district, people):
    client.force_login(people.user("community_staff"))
    said = {"place": district.building.pk, "name": "张小明", "phone": "13812345678", "asked_by": "张大山"}
    assert send(client, "volunteer-new", **said).status_code == 302
    assert send(client, "volunteer-new", **said).status_code == 422  # in the register already
    child = {**said, "name": "小张", "born_on": (timezone.localdate() - timedelta(days=3650)).isoformat()}
    assert send(client, "volunteer-new", **child).status_code == 422
    assert (
        send(client, "volunteer-new", **child, guardian_name="张小明", guardian_phone="13812345678").status_code == 302
    )
    entry = Volunteer.objects.order_by("pk").first()
    shown = page(client, "volunteer-detail", entry.number).content.decode()
    assert "张小明" not in shown
    assert "13812345678" not in shown
    assert "张*明" in shown
    assert send(client, "volunteer-reveal", entry.number).status_code == 422
    revealed = send(client, "volunteer-reveal", entry.number, reason="通知集合").content.decode()
    assert "13812345678" in revealed
    assert ResidentReveal.objects.count() == 1
    for verb in ("verify", "insure", "merit"):
        assert page(client, f"volunteer-{verb}", entry.number).status_code == 200
    send(client, "volunteer-verify", entry.number)
    send(client, "volunteer-merit", entry.number, kind="training", title="急救", on="2026-01-05")
    entry.refresh_from_db()
    assert (entry.state, entry.merits.count()) == ("verified", 1)
    client.force_login(people.user("street_officer"))  # reads, and may nothing
    assert page(client, "volunteer-detail", entry.number).status_code == 200
    assert page(client, "volunteer-leave", entry.number).status_code == 403


def test_doubtful_records_side_by_side(client, district, people):
    one, other = (stage.volunteer(district, people, name=name) for name in ("张小明", "张晓明"))
    phone_hash = "a" * 64
    Resident.objects.filter(pk__in=[one.resident_id, other.resident_id]).update(phone_hash=phone_hash)
    client.force_login(people.user("community_staff"))
    pair = sorted([one.resident_id, other.resident_id])
    assert "张*明" in page(client, "doubtful-list").content.decode()
    assert page(client, "doubtful-pair", *pair).status_code == 200
    assert send(client, "doubtful-pair", *pair, keep=pair[0]).status_code == 422
    assert send(client, "doubtful-pair", *pair, keep=pair[0], reason="本人说明").status_code == 302
    assert Resident.objects.filter(merged_into=pair[0]).count() == 1
    assert page(client, "doubtful-pair", *pair).status_code == 404
    client.force_login(people.user("outsider"))
    assert page(client, "doubtful-pair", *pair).status_code == 404


def test_the_desk_plans_and_runs(client, district, people):
    client.force_login(people.user("community_staff"))
    lead = stage.volunteer(district, people)
    said = {"place": district.branch.pk, "name": "巡逻队", "kind": "patrol"}
    assert send(client, "team-new", **{**said, "name": ""}).status_code == 422
    send(client, "team-new", **said)
    team = Team.objects.get()
    send(client, "team-lead", team.pk, number=lead.number)
    assert send(client, "team-add", team.pk, number="nobody").status_code == 422
    send(client, "team-activate", team.pk)
    assert page(client, "team-detail", team.pk).status_code == 200
    send(client, "activity-new", place=district.branch.pk, title="夜间巡逻", team=team.pk, min_age=16)
    activity = Activity.objects.get()
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert send(client, "activity-open", activity.number).status_code == 422
    send(client, "activity-shift", activity.number, on=tomorrow, begins="19:00", ends="21:00", capacity=4)
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    rule = {"weekdays": ["2", "4"], "begins": "09:00", "ends": "10:30", "capacity": 3}
    send(client, "activity-series", activity.number, **rule, from_on=tomorrow, until_on=until)
    send(client, "activity-open", activity.number)
    activity.refresh_from_db()
    assert (activity.state, activity.shifts.count() > 4, activity.team) == ("open", True, team)
    series = activity.series.get()
    changed = {**rule, "capacity": 5, "from_on": tomorrow, "until_on": until}
    assert send(client, "series-change", activity.number, series.pk, **changed).status_code == 302
    shift = activity.shifts.filter(cancelled_at=None).first()
    send(client, "shift-off", activity.number, shift.pk, capacity="x")
    assert "已有 0 人报名" in page(client, "shift-off", activity.number, shift.pk).content.decode()  # asked first
    assert Shift.objects.get(pk=shift.pk).cancelled_at is None
    send(client, "shift-off", activity.number, shift.pk)
    assert Shift.objects.get(pk=shift.pk).cancelled_at
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    hours = {"on": yesterday, "begins": "19:00", "ends": "21:00"}
    assert send(client, "activity-record", activity.number, number=lead.number, **hours).status_code == 302
    record = ServiceRecord.objects.get()
    assert page(client, "record-detail", record.pk).status_code == 200
    assert send(client, "record-reject", record.pk).status_code == 422
    send(client, "record-confirm", record.pk)
    send(client, "record-reverse", record.pk, reason="写错了")
    assert list(ServiceRecord.objects.order_by("pk").values_list("minutes", flat=True)) == [120, -120]
    assert send(client, "activity-cancel", activity.number, reason="下雨").status_code == 302


def test_records_as_a_file_masked_and_for_a_purpose(client, district, people):
    own = stage.volunteer(district, people, name="张小明")
    confirming.confirm(record_id=proposed(district, people, own).pk, actor=people.community_lead)
    today = timezone.localdate()
    said = {"from_on": (today - timedelta(days=3)).isoformat(), "until_on": today.isoformat(), "kind": "csv"}
    client.force_login(people.user("community_staff"))
    assert page(client, "record-export").status_code == 200
    assert send(client, "record-export", **said).status_code == 422  # no purpose
    file = send(client, "record-export", **said, purpose="年度汇总", in_clear="on")
    text = b"".join(file.streaming_content).decode()
    assert "张*明" in text
    assert "张小明" not in text  # staff never get names in clear
    assert own.number in text
    assert Event.objects.get(name="record.exported").payload["rows"] == 1
    client.force_login(people.user("community_lead"))
    file = send(client, "record-export", **said | {"kind": "xlsx"}, purpose="报民政局", in_clear="on")
    sheet = load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert "张小明" in [row[0] for row in sheet.values]
    client.force_login(people.user("street_officer"))
    assert page(client, "record-export").status_code == 403


def test_pages_need_few_statements(client, district, people):
    team = stage.team(district, people)
    found = stage.activity(district, people, team_id=team.pk)
    made = stage.shift(found, people, capacity=30)
    entries = [stage.volunteer(district, people, name=f"甲{n}乙") for n in range(4)]
    for entry in entries:
        stage.seat(made, entry, people.community_staff)
    client.force_login(people.user("community_staff"))
    counts = {
        name: asked(client, name, *args)
        for name, *args in (
            ("volunteer-list",), ("team-list",), ("activity-list",), ("record-list",), ("doubtful-list",),
            ("volunteer-detail", entries[0].number), ("team-detail", team.pk), ("activity-detail", found.number),
            ("shift-list", made.pk), ("landing",), ("activity", found.number), ("volunteer-new",), ("activity-new",),
        )
    }  # fmt: skip
    own, actor = stage.neighbour(district, people)
    stage.seat(made, own, actor)
    client.force_login(own.resident.user)
    counts["me"] = asked(client, "me")
    assert {name: count for name, count in counts.items() if count > LIMIT + 2} == {}  # session and account
