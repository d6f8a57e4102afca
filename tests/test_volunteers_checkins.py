"""Members checking in: every step in every state, one at a time, moves, posts, consent."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from tests import volunteer_stage
from tests.checkin_steps import FACTS, applied, here, person, pledge_in, post, promise, put, served
from tests.factories import UserFactory
from volunteers.lifecycle.checkins import (
    CHECKIN_FITS,
    CHECKIN_LOOKS,
    CHECKIN_MOVES,
    CheckInState,
    DutyKind,
)
from volunteers.lifecycle.pledges import PLEDGE_FITS, PLEDGE_LOOKS, PLEDGE_MOVES, PledgeState
from volunteers.models import CheckIn, CheckInLine, DutyTaking, EmployerFeedback, Pledge, ServiceRecord, Volunteer
from volunteers.selectors.checkins import (
    fitting_members,
    member_services,
    members_ever,
    members_here,
    offered_posts,
    services_of,
    shown_at_branch,
    shown_pledges,
)
from volunteers.services import registration
from volunteers.services.checkins import applying, pledges, posts, sweep
from volunteers.services.checkins.applying import Facts
from volunteers.services.records import confirming, proposing
from volunteers.services.records.proposing import Stretch

pytestmark = pytest.mark.django_db
S, P = CheckInState, PledgeState


def test_every_step_in_every_state(district, people):
    """One check-in a state; whatever does not fit writes nothing."""
    assert set(CHECKIN_MOVES) == set(CHECKIN_LOOKS) == set(S)
    assert len(DutyKind) == 8
    lead = people.community_lead
    steps = {
        "accept": lambda pk: applying.accept(checkin_id=pk, actor=lead),
        "refuse": lambda pk: applying.refuse(checkin_id=pk, actor=lead, reason="不住在本小区"),
        "revise": lambda pk: applying.revise(checkin_id=pk, actor=lead, facts=Facts("别处", agrees=True)),
        "post": lambda pk: posts.take_post(post_id=post(district, people).pk, checkin_id=pk, actor=lead),
        "pledge": lambda pk: pledges.offer_pledge(checkin_id=pk, actor=lead, promise=promise()),
        "leave": lambda pk: applying.leave(checkin_id=pk, actor=lead),
    }
    assert set(steps) == set(CHECKIN_FITS) - {"feedback"}  # in tests/test_volunteers_feedback.py
    for number, state in enumerate(S):
        checkin = put(applied(district, people, name=f"党员{number}"), state, district, people)
        assert checkin.state == state
        for verb, run in steps.items():
            point = transaction.savepoint()
            before = (CheckIn.objects.values().get(pk=checkin.pk), checkin.lines.count())
            if state in CHECKIN_FITS[verb]:
                run(checkin.pk)
                assert checkin.lines.count() > before[1], (verb, state)
                after = CheckIn.objects.get(pk=checkin.pk).state
                assert after == state or _reached(state, after), (verb, state, after)
            else:
                events = Event.objects.filter(subject_type="volunteers.checkin").count()
                with pytest.raises(RuleError):
                    run(checkin.pk)
                assert (CheckIn.objects.values().get(pk=checkin.pk), checkin.lines.count()) == before, (verb, state)
                assert Event.objects.filter(subject_type="volunteers.checkin").count() == events
            transaction.savepoint_rollback(point)


def _reached(start, goal) -> bool:
    """In the table of moves, by one step or through accepted."""
    return goal in CHECKIN_MOVES[S(start)]


def test_who_may(district, people):
    account = UserFactory(name="李某")
    who = person(district, people, "李某", user=account)
    own, secretary = actor_for(account), people.branch_secretary
    for actor in (people.outsider, people.department_clerk, people.grid_worker, people.resident):
        with pytest.raises(NotAllowedError):
            applying.apply(actor=actor, resident_id=who.pk, facts=FACTS)
    checkin = applying.apply(actor=own, resident_id=who.pk, facts=FACTS)
    assert checkin.is_own
    assert checkin.skills == ["teaching", "digital"]
    for actor in (own, people.outsider, people.department_clerk, people.grid_worker, people.street_lead):
        with pytest.raises(NotAllowedError):
            applying.accept(checkin_id=checkin.pk, actor=actor)
    applying.accept(checkin_id=checkin.pk, actor=secretary)
    entry = Volunteer.objects.get(resident=who)  # hours are kept in the register
    assert (entry.state, entry.verified_by_id) == ("verified", secretary.user_id)
    for actor in (people.outsider, people.department_clerk, people.grid_worker):
        with pytest.raises(NotAllowedError):
            applying.leave(checkin_id=checkin.pk, actor=actor)
    applying.leave(checkin_id=checkin.pk, actor=own)
    secretarys = person(district, people, "周书记", user=people.user("branch_secretary"))
    theirs = applying.apply(actor=secretary, resident_id=secretarys.pk, facts=FACTS)
    with pytest.raises(NotAllowedError):  # nobody answers themselves
        applying.accept(checkin_id=theirs.pk, actor=secretary)


def test_refused_input_writes_nothing(district, people):
    lead = people.community_lead
    outside = person(district, people, "郊外", area=district.community)
    inside = person(district, people, "张小明")
    child = person(district, people, "小孩")
    Resident.objects.filter(pk=child.pk).update(born_on=timezone.localdate() - timedelta(days=4000))
    for who, facts in (
        (outside, FACTS),
        (child, FACTS),
        (inside, Facts("市第三中学")),
        (inside, Facts("  ", agrees=True)),
    ):
        with pytest.raises(RuleError):
            applying.apply(actor=lead, resident_id=who.pk, facts=facts)
    assert not CheckIn.objects.exists()
    checkin = applied(district, people, resident=inside)
    with pytest.raises(RuleError):
        applying.apply(actor=lead, resident_id=inside.pk, facts=FACTS)
    with pytest.raises(RuleError):
        applying.refuse(checkin_id=checkin.pk, actor=lead, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database holds to it
        CheckIn.objects.create(**{**CheckIn.objects.values().get(), "id": None, "number": "ZYJ-2"})
    put(checkin, S.REFUSED, district, people)
    again = applied(district, people, resident=inside)
    assert again.pk != checkin.pk


def test_a_move_closes_the_old_and_asks_the_new_branch(district, people):
    account = UserFactory(name="张小明")
    checkin = here(district, people, user=account)
    posts.take_post(post_id=post(district, people).pk, checkin_id=checkin.pk, actor=actor_for(account))
    shown = pledge_in(checkin, P.SHOWN, people, actor_for(account))
    lead, who = people.community_lead, checkin.resident_id
    residents.move_resident(actor=lead, resident_id=who, area=district.other_building)
    checkin.refresh_from_db()
    assert (checkin.state, checkin.building_id) == (S.ACTIVE, district.other_building.pk)  # within the branch
    residents.move_resident(actor=actor_for(account), resident_id=who, area=district.far_building)
    checkin.refresh_from_db()
    new = CheckIn.objects.get(resident=who, ended_at=None)
    assert (checkin.state, new.state, new.branch_id) == (S.MOVED, S.APPLIED, district.far_branch.pk)
    assert (new.moved_from_id, new.employer, new.skills) == (checkin.pk, checkin.employer, checkin.skills)
    assert new.due_at > new.applied_at
    assert not DutyTaking.objects.filter(left_at=None).exists()
    assert Pledge.objects.get(pk=shown.pk).state == P.WITHDRAWN
    assert [one.count() for one in (members_ever(timezone.localdate()), members_here(timezone.localdate()))] == [1, 0]
    residents.move_resident(actor=actor_for(account), resident_id=who, area=district.far_community)
    new.refresh_from_db()
    assert new.state == S.MOVED  # no branch there
    assert not CheckIn.objects.filter(resident=who, ended_at=None).exists()


def test_posts_are_taken_while_there_is_a_place(district, people):
    secretary = people.branch_secretary
    first, second = (here(district, people, name) for name in ("甲某某", "乙某某"))
    suits = post(district, people, skills=("teaching",), free_times=("evening",), title="辅导作业")
    other = post(district, people, skills=("law",))
    assert [one.post.pk for one in offered_posts(first)] == [suits.pk, other.pk]
    assert [one.pk for one in fitting_members(suits)] == [first.pk, second.pk]
    assert not fitting_members(other).exists()
    posts.take_post(post_id=suits.pk, checkin_id=first.pk, actor=secretary)
    first.refresh_from_db()
    assert (first.state, first.began_at is not None) == (S.ACTIVE, True)
    assert not fitting_members(suits).filter(pk=first.pk).exists()
    far = posts.open_post(actor=SYSTEM, area=district.far_branch, need=posts.Need(DutyKind.CLEAN, "捡垃圾"))
    for post_id, checkin in ((suits.pk, first), (suits.pk, second), (far.pk, second)):
        with pytest.raises(RuleError):
            posts.take_post(post_id=post_id, checkin_id=checkin.pk, actor=secretary)
    posts.leave_post(post_id=suits.pk, checkin_id=first.pk, actor=secretary)
    with pytest.raises(RuleError):
        posts.leave_post(post_id=suits.pk, checkin_id=first.pk, actor=secretary)
    posts.take_post(post_id=suits.pk, checkin_id=second.pk, actor=secretary)
    for actor in (people.outsider, people.grid_worker):
        with pytest.raises(NotAllowedError):
            posts.close_post(post_id=suits.pk, actor=actor)
    posts.close_post(post_id=suits.pk, actor=secretary)
    with pytest.raises(RuleError):
        posts.close_post(post_id=suits.pk, actor=secretary)
    assert not DutyTaking.objects.filter(left_at=None).exists()
    for wrong in ({"title": " "}, {"places": 0}, {"places": 100}):
        with pytest.raises(RuleError):
            post(district, people, **wrong)
    with pytest.raises(RuleError):
        posts.open_post(actor=people.community_lead, area=district.community, need=posts.Need(DutyKind.CLEAN, "捡垃圾"))


def test_services_are_the_registers_own_and_never_confirmed_by_oneself(district, people):
    account = UserFactory(name="张小明")
    who = person(district, people, user=account)
    entry = registration.apply(
        actor=people.community_staff, resident_id=who.pk, offer=registration.Offer("本来就会", "随时")
    )
    registration.verify(volunteer_id=entry.pk, actor=people.community_lead)
    before = served(applied(district, people, resident=who), district, people, hours=5)
    checkin = CheckIn.objects.select_related("resident").get()
    applying.accept(checkin_id=checkin.pk, actor=people.community_lead)
    assert Volunteer.objects.get(resident=who).skills == "本来就会"  # the entry they had stays as it was
    CheckIn.objects.update(accepted_at=before.ends_at)
    assert not services_of(who.pk).exists()  # before the check-in it was no service of a member
    record = served(checkin, district, people)
    checkin.refresh_from_db()
    assert checkin.state == S.ACTIVE
    assert [one.pk for one in services_of(who.pk)] == [record.pk]
    second = served(checkin, district, people, hours=1, length=0.5, activity=record.activity)
    today = timezone.localdate()
    assert member_services(today).count() == 1  # one per activity and person
    ServiceRecord.objects.filter(pk__in=[record.pk, second.pk]).update(activity=None)
    assert member_services(today).count() == 2  # help between neighbours belongs to no activity
    ServiceRecord.objects.filter(pk__in=[record.pk, second.pk]).update(activity=record.activity)
    confirming.reverse(record_id=second.pk, actor=people.community_staff, reason="写错了")
    confirming.reverse(record_id=record.pk, actor=people.community_staff, reason="写错了")
    assert member_services(today).count() == 0
    start = volunteer_stage.ago(minutes=20)
    stretch = Stretch(start, start + timedelta(minutes=10))
    keys = {"volunteer_id": entry.pk, "activity_id": record.activity_id, "stretch": stretch}
    proposed = proposing.propose(actor=people.community_staff, **keys)
    with pytest.raises(NotAllowedError):
        confirming.confirm(record_id=proposed.pk, actor=actor_for(account))


def test_what_waits_is_told_once(district, people):
    account = UserFactory(name="张小明")
    waiting = applied(district, people, name="等某某")
    quiet, own = here(district, people, user=account), actor_for(account)
    pledge_in(quiet, P.SHOWN, people, own)
    Pledge.objects.update(due_on=timezone.localdate())
    at = max(waiting.due_at, quiet.quiet_due_at) + timedelta(minutes=1)
    CheckIn.objects.filter(pk=waiting.pk).update(told_late_at=None)
    for _turn in range(2):
        sweep.tell_all(at=at)
    told = Event.objects.filter(name__in=["checkin.late", "checkin.invited", "checkin.pledge_due"])
    assert sorted(told.values_list("name", "subject_id")) == [
        ("checkin.invited", quiet.pk),
        ("checkin.late", waiting.pk),
        ("checkin.pledge_due", quiet.pk),
    ]
    quiet.refresh_from_db()
    assert (quiet.state, quiet.is_open) == (S.ACCEPTED, True)  # and nothing else follows


def test_leaving_carries_nothing_and_no_list_shows_it(client, district, people):
    checkin = here(district, people)
    client.force_login(people.user("community_lead"))
    line = f"/desk/checkins/{checkin.number}/"
    assert line in client.get("/desk/checkins/").content.decode()
    applying.leave(checkin_id=checkin.pk, actor=people.community_lead)
    for query in ("", "?state=left", f"?words={checkin.number}", "?state=moved", "?state=refused"):
        assert line not in client.get(f"/desk/checkins/{query}").content.decode(), query
    assert Volunteer.objects.get(resident=checkin.resident).state == "verified"
    assert applied(district, people, resident=checkin.resident).is_open


def test_two_records_of_one_person_and_a_person_who_is_forgotten(district, people):
    one, other = here(district, people, "张小明"), here(district, people, "张晓明")
    lead = people.community_lead
    keys = {"keep_id": one.resident_id, "drop_id": other.resident_id, "reason": "同一个人"}
    with pytest.raises(RuleError), transaction.atomic():
        residents.merge_residents(actor=lead, **keys)
    applying.leave(checkin_id=other.pk, actor=lead)
    residents.merge_residents(actor=lead, **keys)
    assert set(CheckIn.objects.values_list("resident", flat=True)) == {one.resident_id}
    assert members_ever(timezone.localdate()).count() == 1
    pledge_in(one, P.SHOWN, people, lead)
    residents.erase_resident(actor=lead, resident_id=one.resident_id)
    assert set(CheckIn.objects.values_list("employer", "is_own")) == {("", False)}
    assert not shown_pledges().exists()
    assert not EmployerFeedback.objects.exists()
    assert members_ever(timezone.localdate()).count() == 1  # the count stays


# ---- what neighbours read ----
def test_pledges_in_every_state(district, people):
    assert set(PLEDGE_MOVES) == set(PLEDGE_LOOKS) == set(P)
    account = UserFactory(name="张小明")
    checkin, own, branch = here(district, people, user=account), actor_for(account), people.branch_secretary
    steps = {
        "consent": lambda pk: pledges.consent(pledge_id=pk, actor=own),
        "show": lambda pk: pledges.show(pledge_id=pk, actor=branch),
        "fulfil": lambda pk: pledges.fulfil(pledge_id=pk, actor=branch),
        "withdraw": lambda pk: pledges.withdraw(pledge_id=pk, actor=own),
    }
    for state in P:
        outer = transaction.savepoint()
        pledge = pledge_in(checkin, state, people, own)
        for verb, run in steps.items():
            point = transaction.savepoint()
            before = (Pledge.objects.values().get(pk=pledge.pk), CheckInLine.objects.count(), Event.objects.count())
            if state in PLEDGE_FITS[verb]:
                run(pledge.pk)
                assert CheckInLine.objects.count() == before[1] + 1, (verb, state)
            else:
                with pytest.raises(RuleError):
                    run(pledge.pk)
                now = (Pledge.objects.values().get(pk=pledge.pk), CheckInLine.objects.count(), Event.objects.count())
                assert now == before, (verb, state)
            transaction.savepoint_rollback(point)
        transaction.savepoint_rollback(outer)
    offered = pledge_in(checkin, P.OFFERED, people, own)
    for actor in (branch, people.community_lead, people.outsider):  # consent is theirs alone
        with pytest.raises(NotAllowedError):
            pledges.consent(pledge_id=offered.pk, actor=actor)
    with pytest.raises(NotAllowedError):
        pledges.withdraw(pledge_id=offered.pk, actor=people.outsider)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.update(state=P.SHOWN, shown_at=timezone.now())
    pledges.consent(pledge_id=offered.pk, actor=own)
    for actor in (own, people.outsider):
        with pytest.raises(NotAllowedError):
            pledges.fulfil(pledge_id=offered.pk, actor=actor)
    with pytest.raises(RuleError):
        pledges.offer_pledge(checkin_id=checkin.pk, actor=own, promise=promise())
    pledges.withdraw(pledge_id=offered.pk, actor=own)
    for wrong in ({"words": " "}, {"due_on": timezone.localdate() - timedelta(days=1)}, {"post_id": 987654321}):
        with pytest.raises(RuleError):
            pledges.offer_pledge(checkin_id=checkin.pk, actor=own, promise=promise(**wrong))
    said = pledges.offer_pledge(checkin_id=checkin.pk, actor=own, promise=promise(consents=True))
    assert said.state == P.CONSENTED
    nobody = here(district, people, "无号者")
    written = pledge_in(nobody, P.CONSENTED, people, people.community_lead)
    assert written.consent_written_by_label  # of somebody without an account, with the name of who wrote it


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["offer", "consent", "show", "withdraw", "leave", "fulfil"]), max_size=7))
def test_no_consent_no_display(district, people, steps):
    """Whatever is tried in whatever order: on the page is only who agreed and has not taken it back."""
    point = transaction.savepoint()
    account = UserFactory(name="张小明")
    checkin, own, agreed = here(district, people, user=account), actor_for(account), False
    for step in steps:
        pledge = checkin.pledges.filter(withdrawn_at=None).first()
        try:
            if step == "offer":
                pledges.offer_pledge(checkin_id=checkin.pk, actor=people.branch_secretary, promise=promise())
            elif step == "leave":
                applying.leave(checkin_id=checkin.pk, actor=own)
                agreed = False
            elif pledge is not None:
                actor = own if step in {"consent", "withdraw"} else people.branch_secretary
                getattr(pledges, step)(pledge_id=pledge.pk, actor=actor)
                agreed = (agreed or step == "consent") and step != "withdraw"
        except (RuleError, NotAllowedError):
            pass
        assert agreed or not shown_at_branch(district.branch.pk).exists()
    transaction.savepoint_rollback(point)
