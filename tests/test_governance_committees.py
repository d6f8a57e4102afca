"""Enlarged committees: seats, terms, the second person, promises with proof, meetings whose roll is read, pages."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import committees as life
from governance.lifecycle.committees import (
    COMMITTEE_EVENTS,
    MEMBER_FITS,
    MEMBER_LOOKS,
    MEMBER_MOVES,
    PROMISE_FITS,
    PROMISE_LOOKS,
    PROMISE_MOVES,
    MemberState,
    PromiseState,
)
from governance.lifecycle.meetings import MeetingState
from governance.models import Committee, CommitteeLine, Meeting, PartTimeMember, Promise
from governance.selectors.committees import KINDS, long_overdue, meetings_of, members_of, met_this_quarter, units_seated
from governance.services.committees import members, promises
from governance.services.committees.members import Recommendation
from governance.services.committees.promises import Pledge
from governance.services.meetings.roll import lines_of, type_roll
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import make_meeting

pytestmark = pytest.mark.django_db
M, P = MemberState, PromiseState
YEAR = timezone.localdate().year
TERM = {"starts_on": date(YEAR, 1, 1), "ends_on": date(YEAR + 2, 12, 31)}


def open_committee(district, people, seats=3) -> Committee:
    return members.open_committee(actor=people.community_staff, area=district.community, seats=seats)


def recommend(committee, district, people, name="彭小明", **fields) -> PartTimeMember:
    whom = Recommendation(unit=fields.pop("unit", district.lighting), name=name, **{**TERM, **fields})
    return members.recommend_member(committee_id=committee.pk, actor=people.community_staff, whom=whom)


def seat_lighting(committee, district, people) -> None:
    """Somebody of the unit sits on it: only then the unit may promise."""
    if not committee.members.filter(name="袁某").exists():
        put_member(recommend(committee, district, people, name="袁某"), M.ACTIVE, people)


def promise(committee, district, people, days=10) -> Promise:
    seat_lighting(committee, district, people)
    pledge = Pledge(district.lighting, "补装路灯 12 盏", timezone.localdate() + timedelta(days=days))
    return promises.make_promise(committee_id=committee.pk, actor=people.community_staff, pledge=pledge)


MEMBER_STEPS = {
    "approve": lambda pk, p: members.approve_member(member_id=pk, actor=p.street_officer),
    "begin": lambda pk, p: members.begin_member(member_id=pk, actor=p.community_staff),
    "duties": lambda pk, p: members.set_duties(member_id=pk, actor=p.community_staff, duties="反诈宣传\n研判"),
    "end": lambda pk, p: members.end_member(member_id=pk, actor=p.community_staff, reason="调离"),
}
PROMISE_STEPS = {
    "deliver": lambda pk, p: promises.deliver_promise(promise_id=pk, actor=p.department_clerk, proof="装好了"),
    "confirm": lambda pk, p: promises.confirm_promise(promise_id=pk, actor=p.community_staff, passed=True),
    "withdraw": lambda pk, p: promises.withdraw_promise(promise_id=pk, actor=p.community_staff, reason="取消"),
}
WAYS = {
    M.RECOMMENDED: (), M.APPROVED: ("approve",), M.ACTIVE: ("approve", "begin"), M.ENDED: ("end",),
    P.PROMISED: (), P.DELIVERED: ("deliver",), P.KEPT: ("deliver", "confirm"), P.WITHDRAWN: ("withdraw",),
}  # fmt: skip


def put_member(member, state, people) -> PartTimeMember:
    for verb in WAYS[M(state)]:
        MEMBER_STEPS[verb](member.pk, people)
    return PartTimeMember.objects.get(pk=member.pk)


def put_promise(made, state, people) -> Promise:
    for verb in WAYS[P(state)]:
        PROMISE_STEPS[verb](made.pk, people)
    return Promise.objects.get(pk=made.pk)


def seen() -> tuple:
    tables = (Committee, PartTimeMember, Promise)
    return (
        [list(t.objects.order_by("pk").values()) for t in tables],
        CommitteeLine.objects.count(),
        Event.objects.count(),
    )


def test_the_tables_are_whole():
    assert set(MEMBER_MOVES) == set(MEMBER_LOOKS) == set(M)
    assert set(PROMISE_MOVES) == set(PROMISE_LOOKS) == set(P)
    assert (set(MEMBER_FITS), set(PROMISE_FITS)) == (set(MEMBER_STEPS), set(PROMISE_STEPS))
    assert set(KINDS) == COMMITTEE_EVENTS


def test_every_step_in_every_state(district, people):
    """Generated from the tables: a step that does not fit writes nothing, nor does the wrong person's."""
    committee = open_committee(district, people)
    member, made = recommend(committee, district, people), promise(committee, district, people)
    for row, put, steps, fits, moves in (
        (member, put_member, MEMBER_STEPS, MEMBER_FITS, MEMBER_MOVES),
        (made, put_promise, PROMISE_STEPS, PROMISE_FITS, PROMISE_MOVES),
    ):
        for state in moves:
            for verb, step in steps.items():
                with transaction.atomic():
                    put(row, state, people)
                    before = seen()
                    if state in fits[verb]:
                        step(row.pk, people)
                        after = type(row).objects.get(pk=row.pk).state
                        assert after == state or after in moves[state], (verb, state)
                        assert CommitteeLine.objects.count() == before[1] + 1
                    else:
                        with pytest.raises(RuleError):
                            step(row.pk, people)
                        assert seen() == before, (verb, state)
                    transaction.set_rollback(True)


def test_seats_terms_and_the_second_person(district, people):
    committee = open_committee(district, people, seats=2)
    assert committee.is_even
    for actor, area, seats, error in (
        (people.community_staff, district.community, 3, RuleError),  # has one
        (people.community_staff, district.grid, 3, RuleError),
        (people.community_staff, district.street, 3, NotAllowedError),
        (people.street_lead, district.street, 0, RuleError),
        (people.grid_worker, district.community, 3, NotAllowedError),
    ):
        before = seen()
        with pytest.raises(error), transaction.atomic():
            members.open_committee(actor=actor, area=area, seats=seats)
        assert seen() == before
    first = recommend(committee, district, people)
    for fields in (
        {},
        {"name": " "},
        {"name": "甲", "ends_on": TERM["starts_on"]},
        {"name": "甲", "ends_on": date(2040, 1, 1)},
        {"name": "甲", "starts_on": date(YEAR, 1, 1), "ends_on": date(YEAR + 6, 1, 2)},
    ):
        before = seen()
        with pytest.raises(RuleError), transaction.atomic():
            recommend(committee, district, people, **{"name": "彭小明", **fields})
        assert seen() == before
    own = members.recommend_member(
        committee_id=committee.pk, actor=people.street_officer, whom=Recommendation(district.drainage, "田某", **TERM)
    )
    for who, member in (
        ("street_officer", own),
        ("community_staff", first),
        ("community_lead", first),
        ("far_officer", first),
    ):
        before = seen()
        with pytest.raises(NotAllowedError):
            members.approve_member(member_id=member.pk, actor=getattr(people, who))
        assert seen() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        PartTimeMember.objects.filter(pk=own.pk).update(approved_by_id=own.recommended_by_id)
    members.approve_member(member_id=first.pk, actor=people.street_officer)
    members.approve_member(member_id=own.pk, actor=people.street_lead)
    third = recommend(committee, district, people, name="蒋某")
    with pytest.raises(RuleError):
        members.approve_member(member_id=third.pk, actor=people.street_lead)  # no seat is free
    with pytest.raises(RuleError):
        members.change_seats(committee_id=committee.pk, actor=people.community_staff, seats=1)
    members.change_seats(committee_id=committee.pk, actor=people.community_staff, seats=3)
    members.approve_member(member_id=third.pk, actor=people.street_lead)
    with time_machine.travel("2029-02-01", tick=False):
        assert put_member(recommend(open_other(district, people), district, people), M.ACTIVE, people).is_over(
            timezone.localdate()
        )


def open_other(district, people) -> Committee:
    people.users["community_staff"] = people.users["street_lead"]
    return members.open_committee(actor=people.street_lead, area=district.other_community, seats=3)


def test_only_a_unit_with_an_appointed_member_promises(district, people):
    committee = open_committee(district, people)
    pledge = Pledge(district.lighting, "补灯", timezone.localdate() + timedelta(days=9))

    def refused() -> None:
        before = seen()
        with pytest.raises(RuleError) as refusal:
            promises.make_promise(committee_id=committee.pk, actor=people.community_staff, pledge=pledge)
        assert (refusal.value.field, seen(), units_seated(committee)) == ("unit", before, [])

    refused()
    member = recommend(committee, district, people)
    for verb in ("approve", "begin"):
        refused()
        MEMBER_STEPS[verb](member.pk, people)
    assert units_seated(committee) == [district.lighting]
    with pytest.raises(RuleError):
        promises.make_promise(
            committee_id=committee.pk, actor=people.community_staff, pledge=replace(pledge, unit=district.drainage)
        )
    promises.make_promise(committee_id=committee.pk, actor=people.community_staff, pledge=pledge)
    with time_machine.travel(TERM["ends_on"] + timedelta(days=1, hours=12), tick=False):
        assert units_seated(committee) == []
    MEMBER_STEPS["end"](member.pk, people)
    refused()


def test_a_promise_needs_proof_and_other_eyes(district, people):
    committee = open_committee(district, people)
    seat_lighting(committee, district, people)
    relay_batch(at=timezone.now(), routes=ROUTES)
    Notice.objects.all().delete()
    for days, error in ((0, RuleError), (-1, RuleError)):
        with pytest.raises(error):
            promise(committee, district, people, days)
    made = promise(committee, district, people)
    assert not Notice.objects.exists()
    relay_batch(at=timezone.now(), routes=ROUTES)
    assert Notice.objects.get().user == people.user("department_clerk")
    with pytest.raises(NotAllowedError):
        promises.deliver_promise(promise_id=made.pk, actor=people.other_clerk, proof="装好了")
    with pytest.raises(RuleError):
        promises.deliver_promise(promise_id=made.pk, actor=people.department_clerk, proof=" ")
    promises.deliver_promise(promise_id=made.pk, actor=people.community_staff, proof="装好了")  # for the unit
    for who in ("community_staff", "department_clerk"):
        with pytest.raises(NotAllowedError):
            promises.confirm_promise(promise_id=made.pk, actor=getattr(people, who), passed=True)
    with pytest.raises(RuleError):
        promises.confirm_promise(promise_id=made.pk, actor=people.community_lead, passed=False)
    promises.confirm_promise(promise_id=made.pk, actor=people.community_lead, passed=False, note="还差两盏")
    made.refresh_from_db()
    assert (made.state, made.proof, made.delivered_by_id) == (P.PROMISED, "", None)
    assert put_promise(made, P.KEPT, people).closed_at


def test_the_street_is_told_once_of_what_is_overdue_for_15_days(client, district, people):
    made = promise(open_committee(district, people), district, people)
    with time_machine.travel(made.due_on + timedelta(days=14, hours=12), tick=False):
        assert promises.tell_late_promises(at=timezone.now()) == 0
    with time_machine.travel(made.due_on + timedelta(days=15, hours=12), tick=False):
        assert promises.tell_late_promises(at=timezone.now()) == 1
        assert promises.tell_late_promises(at=timezone.now()) == 0
        assert list(long_overdue(timezone.localdate())) == [made]
        relay_batch(at=timezone.now(), routes=ROUTES)
        notices = Notice.objects.filter(text="promise_late")
        told = {people.user("street_officer"), people.user("street_lead"), people.user("department_clerk")}
        assert {notice.user for notice in notices} == told
        client.force_login(people.user("street_officer"))
        assert made.title in client.get("/desk/committee/").content.decode()
        notice = notices.get(user=people.user("street_officer"))
        assert client.get(f"/desk/notices/{notice.pk}/")["Location"] == f"/desk/committee/{made.committee_id}/"


def held_meeting(district, people) -> Meeting:
    meeting = make_meeting(district.community, people.community_staff)
    Meeting.objects.filter(pk=meeting.pk).update(state="held", held_at=timezone.now(), starts_at=timezone.now())
    type_roll(meeting_id=meeting.pk, actor=people.community_staff, people=lines_of("彭小明 照明所\n李某 3栋"))
    return Meeting.objects.get(pk=meeting.pk)


def test_who_came_is_read_from_the_roll(district, people):
    committee = open_committee(district, people)
    recommend(committee, district, people)
    meeting = held_meeting(district, people)
    members.link_meeting(committee_id=committee.pk, actor=people.community_staff, meeting=meeting)
    with pytest.raises(RuleError):
        members.link_meeting(committee_id=committee.pk, actor=people.community_staff, meeting=meeting)
    far = make_meeting(district.far_community, people.outsider)
    with pytest.raises(NotAllowedError):
        members.link_meeting(committee_id=committee.pk, actor=people.community_staff, meeting=far)
    elsewhere = make_meeting(district.branch, people.branch_secretary)
    with pytest.raises(RuleError):
        members.link_meeting(committee_id=committee.pk, actor=people.community_staff, meeting=elsewhere)
    (line,) = meetings_of(committee, members_of(committee))
    day = timezone.localdate(line.meeting.starts_at)
    assert met_this_quarter([line], day)
    line.meeting.state = MeetingState.CANCELLED
    assert not met_this_quarter([line], day)
    assert (line.present, line.came) == (2, ["市政照明所"])
    members.unlink_meeting(committee_id=committee.pk, actor=people.community_staff, meeting_id=meeting.pk)
    with pytest.raises(RuleError):
        members.unlink_meeting(committee_id=committee.pk, actor=people.community_staff, meeting_id=meeting.pk)
    kinds = list(committee.lines.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [life.COMMITTEE_MET, life.COMMITTEE_UNMET]


# ---- pages ----
def test_whole_way_in_the_browser(client, district, people, django_assert_max_num_queries):
    client.force_login(people.user("community_staff"))
    assert client.get("/desk/committee/").status_code == 200
    assert client.post("/desk/committee/new/", {"area": district.community.pk, "seats": "x"}).status_code == 422
    assert client.post("/desk/committee/new/", {"area": district.street.pk, "seats": 4}).status_code == 422
    assert client.post("/desk/committee/new/", {"area": district.community.pk, "seats": 4}).status_code == 303
    assert client.get("/desk/committee/new/").status_code == 403  # there is nothing left to set up
    committee = Committee.objects.get()
    url = f"/desk/committee/{committee.pk}/"
    sent = {"unit": district.lighting.pk, "name": "彭小明", **TERM}
    for wrong in ({"unit": ""}, {"name": ""}, {"ends_on": "2025-01-01"}, {"starts_on": "x"}):
        assert client.post(f"{url}recommend/", {**sent, **wrong}).status_code == 422
    assert client.post(f"{url}recommend/", {**sent, "duties": "研判\n宣传"}).status_code == 303
    member = PartTimeMember.objects.get()
    assert client.post(f"/desk/committee/members/{member.pk}/approve/").status_code == 403
    due = timezone.localdate() + timedelta(days=9)
    pledge = {"unit": district.lighting.pk, "title": "补灯，联系 13812345678", "due_on": due}
    assert client.post(f"{url}promise/", pledge).status_code == 422  # nobody of the unit is appointed yet
    assert client.post(f"{url}seats/", {"seats": 5}).status_code == 303
    meeting = held_meeting(district, people)
    assert client.post(f"{url}meeting/", {"meeting": "7"}).status_code == 422
    assert client.post(f"{url}meeting/", {"meeting": meeting.pk}).status_code == 303
    page = client.get(url)
    assert "研判" in page.content.decode()
    with django_assert_max_num_queries(12):
        client.get(url)
    assert client.get(f"/committee/{committee.pk}/").status_code == 404  # nobody sits on it yet
    client.force_login(people.user("street_lead"))
    assert client.post(f"/desk/committee/members/{member.pk}/approve/", {}).status_code == 303
    assert client.post(f"/desk/committee/members/{member.pk}/begin/", {}).status_code == 303
    client.force_login(people.user("community_staff"))
    assert district.drainage.name not in (form := client.get(f"{url}promise/").content.decode())
    assert district.lighting.name in form
    assert client.post(f"{url}promise/", {**pledge, "due_on": "x"}).status_code == 422
    assert client.post(f"{url}promise/", pledge).status_code == 303
    made = Promise.objects.get()
    client.force_login(people.user("department_clerk"))
    assert made.title in client.get(url).content.decode()
    assert client.post(f"/desk/committee/promises/{made.number}/deliver/", {"proof": "装好了"}).status_code == 303
    client.force_login(people.user("community_staff"))
    assert client.post(f"/desk/committee/promises/{made.number}/confirm/", {"passed": "yes"}).status_code == 303
    assert client.get(f"/desk/committee/promises/{made.number}/confirm/")["Location"] == url
    assert client.post(f"{url}meetings/{meeting.number}/unlink/").status_code == 303
    client.logout()
    public = client.get(f"/committee/{committee.pk}/").content.decode()
    assert "彭*明" in public
    assert "彭小明" not in public
    assert "补灯" in public
    assert "13812345678" not in public
    assert str(committee.pk) in client.get("/committee/").content.decode()


def test_committees_stand_above_a_grid(client, people):
    """No entry in the navigation of a grid account, and no page."""
    entry = f'href="{reverse("governance:committee-list")}"'
    for who, there in (("community_staff", True), ("department_clerk", True), ("grid_worker", False)):
        client.force_login(people.user(who))
        assert (entry in client.get("/desk/").content.decode()) is there
        assert client.get("/desk/committee/").status_code == (200 if there else 403)
