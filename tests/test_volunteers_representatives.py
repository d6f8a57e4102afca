"""Representatives: every step in every state, both approvals, objections, moving house, reminders."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.models import Post
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from tests.factories import UserFactory
from tests.representative_steps import WORDS, doors, linked, neighbour, nominated, put, serving
from volunteers.lifecycle.links import LinkState
from volunteers.lifecycle.representatives import (
    REPRESENTATIVE_FITS,
    REPRESENTATIVE_LOOKS,
    REPRESENTATIVE_MOVES,
    EndReason,
    NominationSource,
    RepresentativeState,
)
from volunteers.models import HouseholdLink, Objection, Representative, RepresentativeLine
from volunteers.selectors.representatives import reminder_of, untrained
from volunteers.services.representatives import links, nominating, sweep, terms
from volunteers.services.representatives.nominating import Nomination

pytestmark = pytest.mark.django_db
S = RepresentativeState
STEPS = {
    "approve": lambda pk, p: nominating.approve(representative_id=pk, actor=p.branch_secretary),
    "agree": lambda pk, p: nominating.agree(representative_id=pk, actor=p.community_staff, meeting_number="ZYM-1"),
    "notice": lambda pk, p: terms.notice(representative_id=pk, actor=p.community_lead),
    "object": lambda pk, p: terms.object_to(representative_id=pk, actor=p.resident, words="他不住这里"),
    "activate": lambda pk, p: terms.activate(representative_id=pk, actor=p.community_lead),
    "suspend": lambda pk, p: terms.suspend(representative_id=pk, actor=p.community_lead, reason="住院"),
    "resume": lambda pk, p: terms.resume(representative_id=pk, actor=p.community_lead),
    "train": lambda pk, p: terms.train(
        representative_id=pk, actor=p.community_staff, on_day=timezone.localdate(), title="怎样上门"
    ),
    "reach": lambda pk, p: terms.set_reach(
        representative_id=pk, actor=p.community_staff, words="晚上七点后", shows_phone=True
    ),
    "end": lambda pk, p: terms.end(representative_id=pk, actor=p.community_lead, reason=EndReason.WITHDRAWN),
}


def test_every_step_in_every_state(district, people):
    """One term a state; whatever does not fit writes nothing."""
    assert set(REPRESENTATIVE_MOVES) == set(REPRESENTATIVE_LOOKS) == set(S)
    for number, state in enumerate(S):
        person = neighbour(district, people, f"代表{number}")
        term = put(nominated(district, people, resident=person), state, people)
        assert term.state == state
        for verb, run in STEPS.items():
            if verb == "activate" and state == S.NOTICED:
                Representative.objects.filter(pk=term.pk).update(notice_until=timezone.now() - timedelta(minutes=1))
            before = (Representative.objects.values().get(pk=term.pk), term.lines.count(), Event.objects.count())
            point = transaction.savepoint()
            if state in REPRESENTATIVE_FITS[verb] and not (verb == "object" and _notice_is_over(term.pk)):
                run(term.pk, people)
                assert term.lines.count() > before[1], (verb, state)
            else:
                with pytest.raises(RuleError):
                    run(term.pk, people)
                now = (Representative.objects.values().get(pk=term.pk), term.lines.count(), Event.objects.count())
                assert now == before, (verb, state)
            transaction.savepoint_rollback(point)


def _notice_is_over(pk) -> bool:
    return Representative.objects.get(pk=pk).notice_until <= timezone.now()


def test_both_sides_have_to_say_yes_and_the_database_holds_to_it(district, people):
    term = nominated(district, people)
    nominating.approve(representative_id=term.pk, actor=people.branch_secretary)
    assert Representative.objects.get().state == S.NOMINATED
    for field in ("party_approved_at", "residents_agreed_at"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Representative.objects.update(
                **{"state": S.REVIEWED, "party_approved_at": timezone.now(), "residents_agreed_at": timezone.now()}
                | {field: None}
            )
    homes = doors(district, people, 6)
    four, fifth = [home.pk for home in homes[:4]], homes[4].pk
    for ids in (four, four):  # the same four twice are four
        nominating.agree(representative_id=term.pk, actor=people.community_staff, household_ids=ids)
    assert (Representative.objects.get().state, term.consents.count()) == (S.NOMINATED, 4)
    nominating.agree(representative_id=term.pk, actor=people.community_staff, household_ids=[fifth])
    assert Representative.objects.get().state == S.REVIEWED


def test_who_may(district, people):
    account = UserFactory(name="李某")
    person = neighbour(district, people, "李某", user=account)
    candidate, ours = actor_for(account), Nomination(NominationSource.SELF, WORDS)
    for actor in (people.outsider, people.representative, people.department_clerk, people.community_staff):
        with pytest.raises(NotAllowedError):  # nobody else says "I put myself forward"
            nominating.nominate(actor=actor, resident_id=person.pk, nomination=ours)
    with pytest.raises(NotAllowedError):
        nominating.nominate(
            actor=candidate, resident_id=person.pk, nomination=Nomination(NominationSource.BRANCH, WORDS)
        )
    term = nominating.nominate(actor=candidate, resident_id=person.pk, nomination=ours)
    with pytest.raises(RuleError):
        nominating.nominate(actor=candidate, resident_id=person.pk, nomination=ours)
    for actor in (candidate, people.community_staff, people.outsider, people.grid_worker):
        with pytest.raises(NotAllowedError):
            nominating.approve(representative_id=term.pk, actor=actor)
    with pytest.raises(NotAllowedError):
        nominating.agree(representative_id=term.pk, actor=candidate, meeting_number="ZYM-1")
    other = nominating.nominate(
        actor=people.branch_secretary,
        resident_id=neighbour(district, people).pk,
        nomination=Nomination(NominationSource.BRANCH, WORDS),
    )
    with pytest.raises(NotAllowedError):  # whoever nominated is not the second person
        nominating.approve(representative_id=other.pk, actor=people.branch_secretary)
    nominating.approve(representative_id=other.pk, actor=people.community_lead)
    for actor in (people.outsider, people.branch_secretary, candidate):
        with pytest.raises(NotAllowedError):
            terms.end(representative_id=other.pk, actor=actor, reason=EndReason.REPLACED)
    terms.end(representative_id=term.pk, actor=candidate, reason=EndReason.WITHDRAWN)


def test_only_an_adult_of_the_compound(district, people):
    outside = neighbour(district, people, area=district.community)
    with pytest.raises(RuleError):
        nominated(district, people, resident=outside)
    assert not Representative.objects.exists()


def test_an_objection_has_to_be_answered_before_the_term_begins(district, people):
    term = put(nominated(district, people), S.NOTICED, people)
    objection = terms.object_to(representative_id=term.pk, actor=people.resident, words="没见过他", phone="10000000009")
    with pytest.raises(RuleError):
        terms.activate(representative_id=term.pk, actor=people.community_lead)
    Representative.objects.update(notice_until=timezone.now())
    with pytest.raises(RuleError):
        terms.activate(representative_id=term.pk, actor=people.community_lead)
    with pytest.raises(RuleError):
        terms.object_to(representative_id=term.pk, actor=people.resident, words="晚了")
    terms.settle(representative_id=term.pk, actor=people.community_lead, objection_id=objection.pk, answer="已核实")
    with pytest.raises(RuleError):
        terms.settle(representative_id=term.pk, actor=people.community_lead, objection_id=objection.pk, answer="又")
    terms.activate(representative_id=term.pk, actor=people.community_lead)
    raw = Objection.objects.extra(select={"p": "phone::text"}).values("p").get()["p"]
    assert "10000000009" not in raw


def test_the_term_brings_the_post_and_takes_it_along(district, people):
    account = UserFactory(name="李某")
    term = serving(district, people, "李某", user=account)
    post = Post.objects.get(user=account, title__code="representative", area=district.branch)
    assert (term.post, term.term_ends_on.year - term.starts_on.year) == (post, 5)
    assert "representative" in actor_for(account).roles
    linked(term, people, doors(district, people, 6))
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.TERM_OVER)
    assert "representative" not in actor_for(account).roles
    assert set(HouseholdLink.objects.values_list("state", "slot")) == {(LinkState.ENDED, None)}
    again = nominated(district, people, resident=term.resident)
    assert again.pk != term.pk


def test_a_representative_who_moves_house_is_suspended_and_the_community_is_told(district, people):
    term = serving(district, people)
    heir = serving(district, people, "王某")
    linked(term, people, doors(district, people, 6))
    staff = people.community_staff
    residents.move_resident(actor=staff, resident_id=term.resident_id, area=district.other_building)
    assert Representative.objects.get(pk=term.pk).state == S.ACTIVE  # within the compound
    residents.move_resident(actor=staff, resident_id=term.resident_id, area=district.far_building)
    moved = Representative.objects.get(pk=term.pk)
    assert (moved.state, moved.branch_id, moved.community_id) == (
        S.SUSPENDED,
        district.branch.pk,
        district.community.pk,
    )
    assert Event.objects.filter(name="representative.moved", subject_id=term.pk).count() == 1
    with pytest.raises(RuleError):
        terms.resume(representative_id=term.pk, actor=people.community_lead)
    links.hand_over(representative_id=term.pk, actor=staff, to_id=heir.pk)
    assert links.live_links(heir).count() == 6
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.MOVED)
    candidate = nominated(district, people, resident=neighbour(district, people, "赵某"))
    residents.move_resident(actor=staff, resident_id=candidate.resident_id, area=district.far_building)
    assert Representative.objects.get(pk=candidate.pk).end_reason == EndReason.MOVED


def test_two_records_of_one_person_and_a_person_who_is_forgotten(district, people):
    first, second = neighbour(district, people, "张某"), neighbour(district, people, "张謀")
    term = nominated(district, people, resident=second)
    residents.merge_residents(actor=people.community_staff, keep_id=first.pk, drop_id=second.pk, reason="同一人")
    assert Representative.objects.get(pk=term.pk).resident == first
    residents.erase_resident(actor=people.community_staff, resident_id=first.pk)
    gone = Representative.objects.get(pk=term.pk)
    assert (gone.state, gone.qualities) == (S.ENDED, "")
    assert WORDS not in set(RepresentativeLine.objects.values_list("text", flat=True))


def test_terms_and_seats_are_told_once(district, people):
    term, now = serving(district, people), timezone.now()
    late = now + timedelta(days=5 * 365 - 50)
    assert [sweep.tell_terms(at=now), sweep.tell_terms(at=late), sweep.tell_terms(at=late)] == [0, 1, 0]
    today, in_a_year = timezone.localdate(), timezone.localdate() + timedelta(days=366)
    last = terms.train(representative_id=term.pk, actor=people.community_staff, on_day=today, title="矛盾调解")
    assert reminder_of(term, today) == (last, False, False)
    assert reminder_of(term, in_a_year) == (last, True, False)
    assert reminder_of(term, term.term_ends_on - timedelta(days=60)).ends_soon
    rows = Representative.objects.all()
    assert [list(untrained(rows, today)), list(untrained(rows, in_a_year))] == [[], [term]]
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.TERM_OVER)
    soon, later = now + timedelta(days=29), now + timedelta(days=31)
    assert [sweep.tell_seats(at=soon), sweep.tell_seats(at=later), sweep.tell_seats(at=later)] == [0, 1, 0]
    serving(district, people, "王某")
    assert Representative.objects.get(pk=term.pk).seat_due_at is None
