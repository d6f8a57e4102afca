"""Rewards: four people, a public notice, money with a budget line, nothing by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.selectors.actors import actor_for
from notifications.routing import ROUTES
from notifications.selectors.recipients import Happening
from tests.factories import make_post
from tests.representative_steps import serving
from volunteers.lifecycle.incentives import (
    INCENTIVE_FITS,
    INCENTIVE_LOOKS,
    INCENTIVE_MOVES,
    INCENTIVE_NOTICE_OVER,
    IncentiveState,
)
from volunteers.models import Incentive, IncentiveRule
from volunteers.policies.incentives import can_step
from volunteers.selectors.incentives import incentives_visible_to, waiting_incentives
from volunteers.services.representatives import incentives as services
from volunteers.services.representatives.sweep import tell_notices_over

pytestmark = pytest.mark.django_db
S = IncentiveState


def proposed(term, people, kind="material"):
    return services.propose_incentive(
        representative_id=term.pk, actor=people.community_staff, kind=kind, what="慰问品", evidence="照顾三位独居老人"
    )


HANDS = {"check": "street_lead", "notice": "community_lead", "grant": "district_duty", "refuse": "street_officer"}

HANDS_OF = ("community_staff", "community_lead", "street_lead", "street_officer", "district_duty")


def take(verb, pk, people, actor=None, **more):
    """One step, by whoever takes it when nobody else is named."""
    words = {"grant": {"budget_line": "社区 2026-07"}, "refuse": {"reason": "材料不足"}}.get(verb, {}) | more
    by = actor or getattr(people, HANDS[verb])
    return getattr(services, f"{verb}_incentive")(incentive_id=pk, actor=by, **words)


def put(row, state, people):
    way = {S.CHECKED: ["check"], S.NOTICED: ["check", "notice"], S.GRANTED: ["check", "notice", "grant"]}
    for verb in way.get(state, ["refuse"] if state == S.REFUSED else []):
        take(verb, row.pk, people)
        if verb == "notice":
            Incentive.objects.filter(pk=row.pk).update(notice_until=timezone.now())
    return Incentive.objects.get(pk=row.pk)


def test_every_step_in_every_state(district, people):
    assert set(INCENTIVE_MOVES) == set(INCENTIVE_LOOKS) == set(S)
    term = serving(district, people)
    for state in S:
        row = put(proposed(term, people), state, people)
        for verb, fits in INCENTIVE_FITS.items():
            point, before = transaction.savepoint(), Event.objects.count()
            if state in fits:
                by = people.district_duty if (verb, state) == ("refuse", S.NOTICED) else None
                assert take(verb, row.pk, people, by).state in INCENTIVE_MOVES[state]
            else:
                with pytest.raises(RuleError):
                    take(verb, row.pk, people)
                assert Event.objects.count() == before
            transaction.savepoint_rollback(point)


STREET, COMMUNITY, DISTRICT = {"street_lead", "street_officer"}, {"community_lead", "other_staff"}, {"district_duty"}
TABLE = {  # who may, when community_staff proposed, street_lead looked and community_lead hung it out
    ("check", S.PROPOSED): STREET,
    ("refuse", S.PROPOSED): STREET,
    ("notice", S.CHECKED): {"street_officer"} | COMMUNITY,
    ("refuse", S.CHECKED): STREET,
    ("grant", S.NOTICED): DISTRICT,
    ("refuse", S.NOTICED): DISTRICT,
}


def test_the_table_of_who_may(district, people):
    people.users["other_staff"] = make_post("community_staff", area=district.community).user
    term, seen = serving(district, people), {}
    for state in S:
        row = put(proposed(term, people), state, people)
        for verb in INCENTIVE_FITS:
            may = {name for name in people.users if can_step(getattr(people, name), row, verb)}
            if may:
                seen[verb, state] = may
    assert seen == TABLE


def test_nobody_takes_two_steps_whatever_posts_they_hold(district, people):
    """Somebody who is of the community, the street and the district at once takes one of the four."""
    many = people.users["many"] = make_post("community_secretary", area=district.community).user
    make_post("street_lead", area=district.street, user=many)
    make_post("district_duty", user=many)
    term, way = serving(district, people), ("check", "notice", "grant")
    for step in range(4):
        proposer = people.many if step == 0 else people.community_staff
        row = services.propose_incentive(
            representative_id=term.pk, actor=proposer, kind="honour", what="表彰", evidence="热心"
        )
        for index, verb in enumerate(way, start=1):
            assert can_step(people.many, row, verb) == (step >= index)
            before = Event.objects.count()
            if step < index:
                with pytest.raises(NotAllowedError):
                    take(verb, row.pk, people, people.many)
                assert Event.objects.count() == before
            take(verb, row.pk, people, people.many if step == index else None)
            Incentive.objects.filter(pk=row.pk, state=S.NOTICED).update(notice_until=timezone.now())
            row.refresh_from_db()
        assert row.state == S.GRANTED


def test_what_waits_for_somebody_stands_first_in_their_list(client, district, people):
    """The condition of the list says the same as the policy, for every state and post."""
    term = serving(district, people)
    rows = [put(proposed(term, people), state, people) for state in S]
    hangs = put(proposed(term, people), S.NOTICED, people)
    Incentive.objects.filter(pk=hangs.pk).update(notice_until=timezone.now() + timedelta(days=1))
    steps, found = ("check", "notice", "grant"), 0
    for actor in (getattr(people, name) for name in (*HANDS_OF, "grid_worker", "outsider")):
        may = {row.pk for row in rows if any(can_step(actor, row, verb) for verb in steps)}
        assert set(waiting_incentives(actor).values_list("pk", flat=True)) == may
        assert {row.pk for row in incentives_visible_to(actor)[: len(may)]} == may
        found += len(may)
    assert found
    client.force_login(people.user("district_duty"))
    page = client.get(reverse("volunteers:incentive-list")).content.decode()
    assert page.index(f"/{rows[2].pk}/grant/") < page.index(f"/{hangs.pk}/refuse/")


def test_the_district_is_told_once_when_the_notice_is_over(district, people):
    term = serving(district, people)
    row = put(proposed(term, people), S.NOTICED, people)
    at = timezone.now() + timedelta(minutes=1)
    assert (tell_notices_over(at=at), tell_notices_over(at=at)) == (1, 0)
    event = Event.objects.get(name=INCENTIVE_NOTICE_OVER)
    assert event.payload["incentive_id"] == row.pk
    (rule,) = ROUTES[INCENTIVE_NOTICE_OVER].staff
    assert rule.who(Happening(event, row)) == [people.user("district_duty")]


def test_who_may_and_what_the_database_holds_to(district, people):
    term = serving(district, people)
    for actor in (people.street_lead, people.outsider, actor_for(term.resident.user), people.branch_secretary):
        with pytest.raises(NotAllowedError):
            services.propose_incentive(
                representative_id=term.pk, actor=actor, kind="honour", what="表彰", evidence="热心"
            )
    for slip in ({"kind": "gold"}, {"evidence": " "}, {"what": ""}):
        words = {"kind": "honour", "what": "表彰", "evidence": "热心"} | slip
        with pytest.raises(RuleError):
            services.propose_incentive(representative_id=term.pk, actor=people.community_staff, **words)
    row = proposed(term, people)
    for actor in (people.community_lead, people.community_staff, people.far_officer, people.district_duty):
        with pytest.raises(NotAllowedError):
            take("check", row.pk, people, actor)
    row = put(row, S.NOTICED, people)
    with pytest.raises(NotAllowedError):  # the street does not grant
        take("grant", row.pk, people, people.street_officer)
    with pytest.raises(RuleError):  # money without a budget line
        take("grant", row.pk, people, budget_line="")
    at = timezone.now()
    broken = (
        {"state": S.GRANTED, "closed_at": at, "budget_line": ""},
        {"checked_by_id": row.proposed_by_id},
        {"noticed_by_id": row.proposed_by_id},
        {"noticed_by_id": row.checked_by_id},
        {"state": S.GRANTED, "closed_at": at, "budget_line": "a", "closed_by_id": row.checked_by_id},
        {"state": S.GRANTED, "closed_at": at, "budget_line": "a", "closed_by_id": row.noticed_by_id},
        {"state": S.NOTICED, "checked_by_id": None},
        {"state": S.REFUSED, "closed_at": None},
    )
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Incentive.objects.filter(pk=row.pk).update(**change)
    Incentive.objects.filter(pk=row.pk).update(notice_until=timezone.now() + timedelta(days=1))
    with pytest.raises(RuleError):
        take("grant", row.pk, people)


def test_a_reward_keeps_the_rule_it_was_proposed_under(client, district, people):
    """A dated table, kept in the administration: for days to come, never changed, and nothing of before follows it."""
    user, today = people.user("system_admin"), timezone.localdate()
    user.is_staff = True
    user.save()
    client.force_login(user)
    add, first = reverse("admin:volunteers_incentiverule_add"), IncentiveRule.objects.get()
    fields = {"version": "2027-1", "notice_days": "5", "source": "区委办〔2026〕9号"}
    assert client.post(add, {**fields, "valid_from": today.isoformat()}).status_code == 200  # not for today
    assert client.post(add, {**fields, "valid_from": today + timedelta(days=1), "notice_days": "0"}).status_code == 200
    assert IncentiveRule.objects.count() == 1
    assert client.post(add, {**fields, "valid_from": today + timedelta(days=1)}).status_code == 302
    row = put(proposed(serving(district, people), people), S.CHECKED, people)
    IncentiveRule.objects.filter(version="2027-1").update(valid_from=today)  # a day later
    later = put(proposed(row.representative, people), S.CHECKED, people)
    for one, rule, days in ((row, first, 7), (later, IncentiveRule.objects.get(version="2027-1"), 5)):
        before = timezone.now()
        hung = take("notice", one.pk, people)
        assert hung.rule == rule
        assert timedelta(days=days) <= hung.notice_until - before < timedelta(days=days, minutes=1)
    change = reverse("admin:volunteers_incentiverule_change", args=[first.pk])
    assert client.post(change, {**fields, "valid_from": today.isoformat()}).status_code == 403
    with pytest.raises(ProtectedError):
        first.delete()
    put(proposed(row.representative, people), S.REFUSED, people)
    listed = [one.is_open for one in incentives_visible_to(people.district_duty)]
    assert listed == sorted(listed, reverse=True)  # open ones first
    client.force_login(people.user("district_duty"))
    page = client.get(reverse("volunteers:incentive-list")).content.decode()
    assert "公示 5 天" in page
    assert reverse("volunteers:representative-detail", args=[row.representative.number]) not in page
