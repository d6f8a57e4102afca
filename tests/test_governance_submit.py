"""A request comes in: once, at the right desk, with a number of its own."""

import uuid
from dataclasses import replace

import pytest
from django.db import connection

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from core.numbers import next_number
from core.tokens import digest_of
from governance.lifecycle import ISSUE_SUBMITTED, Channel, State, Step
from governance.models import Clock, Contact, Dispatch, Issue, RoutingRule, TimelineEntry
from governance.services.links import follow_token
from governance.services.submit import submit_issue
from neighborhoods.actors import NOBODY
from neighborhoods.models import Area
from tests.factories import make_issue, make_post, make_report
from tests.parallel import at_once


def rows() -> list[int]:
    return [model.objects.count() for model in (Issue, Contact, TimelineEntry, Clock, Dispatch, Event, OutboxMessage)]


@pytest.mark.django_db
def test_report_is_stored_with_clock_line_event_and_outbox(district, people):
    issue = submit_issue(actor=NOBODY, report=make_report(district.building, phone="138 0000 0005", name="张某"))
    issue = Issue.objects.get(pk=issue.pk)
    assert rows() == [1, 1, 1, 1, 0, 1, 1]
    clock = Clock.objects.get()
    assert (clock.step, issue.due_at, issue.state) == (Step.ACCEPT, clock.due_at, State.SUBMITTED)
    assert (issue.street_id, issue.building_id) == (district.street.pk, district.building.pk)
    assert issue.follow_digest == digest_of(follow_token(issue))
    assert Event.objects.get().name == ISSUE_SUBMITTED
    assert "138" not in str(Event.objects.get().payload)
    assert issue.contact.phone == "13800000005"


@pytest.mark.django_db
def test_submit_takes_nine_statements(district, people, django_assert_num_queries):
    make_issue(district.building)
    report = make_report(district.building, phone="10000000005", name="张某")
    with django_assert_num_queries(11):  # nine, and the savepoint that stands for the transaction here
        submit_issue(actor=NOBODY, report=report)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   \n", "长" * 501])
def test_empty_and_endless_texts_are_refused(district, people, text):
    with pytest.raises(RuleError) as refused:
        submit_issue(actor=NOBODY, report=make_report(district.building, text=text))
    assert refused.value.field == "text"
    assert rows() == [0] * 7


@pytest.mark.django_db
def test_closed_place_is_refused_even_when_the_form_is_older(district, people):
    report = make_report(district.building)
    Area.objects.filter(pk=district.building.pk).update(closed_on="2023-01-01")
    with pytest.raises(RuleError):
        submit_issue(actor=NOBODY, report=report)
    assert rows() == [0] * 7


@pytest.mark.django_db
def test_only_posts_record_for_somebody_else(district, people):
    report = make_report(district.building, channel=Channel.PHONE)
    for actor in (NOBODY, people.department_clerk, people.analyst):
        with pytest.raises(NotAllowedError):
            submit_issue(actor=actor, report=report)
    assert rows() == [0] * 7
    issue = submit_issue(actor=people.representative, report=report)
    assert issue.recorded_by_id == people.representative.user_id


@pytest.mark.django_db
def test_same_form_twice_is_one_issue_even_when_it_would_be_refused_now(district, people):
    report = make_report(district.building)
    first = submit_issue(actor=NOBODY, report=report)
    assert submit_issue(actor=NOBODY, report=report).pk == first.pk
    Area.objects.filter(pk=district.building.pk).update(closed_on="2023-01-01")
    assert submit_issue(actor=NOBODY, report=report).pk == first.pk
    assert Issue.objects.count() == Event.objects.count() == Contact.objects.count() + 1 == 1


@pytest.mark.django_db
def test_mine_too_counts_the_voice_and_keeps_the_words(district, people):
    parent = make_issue(district.building)
    child = make_issue(district.building, same_as=parent.pk, text="我家门口也是", phone="10000000006")
    parent.refresh_from_db()
    child.refresh_from_db()
    assert (parent.voices, parent.state) == (2, State.SUBMITTED)
    assert (child.state, child.parent_id, child.due_at, child.follow_expires_at) == (
        State.MERGED,
        parent.pk,
        None,
        None,
    )
    assert child.closed_at is not None
    assert not Clock.objects.filter(issue=child).exists()
    assert Event.objects.count() == OutboxMessage.objects.count() == 2


@pytest.mark.django_db
def test_mine_too_is_refused_when_that_case_has_ended(district, people):
    parent = make_issue(district.building)
    from governance.services.following import withdraw_issue

    withdraw_issue(issue_id=parent.pk)
    before = rows()
    with pytest.raises(RuleError):
        make_issue(district.building, same_as=parent.pk)
    assert rows() == before


@pytest.mark.django_db
def test_who_withdraws_from_a_case_that_neighbours_joined_leaves_it_to_them(client, district, people):
    from governance.services.following import withdraw_issue
    from governance.services.links import follow_token

    parent = make_issue(district.building, is_public=True)
    joined = make_issue(district.building, same_as=parent.pk)
    link, theirs = f"/f/{follow_token(parent)}/", f"/f/{follow_token(joined)}/"
    assert "邻居" in client.get(f"{link}withdraw/").content.decode()
    assert client.post(f"{link}withdraw/", {"reason": "不用了"})["Location"] == "/"
    left = Issue.objects.get(pk=parent.pk)
    assert (left.state, left.voices, left.is_public) == (State.SUBMITTED, 1, False)
    assert (left.contact.name, left.contact.phone, left.contact.tail_hash) == (None, None, "")
    assert client.get(link).status_code == 404
    assert client.get(theirs).status_code == 200
    withdraw_issue(issue_id=parent.pk)
    assert Issue.objects.get(pk=parent.pk).state == State.WITHDRAWN


@pytest.mark.django_db
def test_rule_dispatches_to_the_unit_at_once(district, people):
    from core.reference import forget_all

    report = make_report(district.building)
    RoutingRule.objects.create(order=1, category=report.category, to_unit=district.lighting)
    forget_all()
    issue = Issue.objects.get(pk=submit_issue(actor=NOBODY, report=report).pk)
    assert (issue.state, issue.holder_unit, issue.holder_area) == (
        State.DISPATCHED,
        district.lighting,
        district.community,
    )
    assert issue.dispatched_at == issue.submitted_at
    assert set(issue.clocks.values_list("step", flat=True)) == {Step.SIGN, Step.CONTACT, Step.DONE}
    assert issue.due_at == min(issue.clocks.values_list("due_at", flat=True))
    assert Dispatch.objects.get().unit == district.lighting
    assert Event.objects.count() == 1


# ---- in parallel ----
@pytest.mark.django_db(transaction=True)
def test_same_form_twenty_times_at_once_is_one_issue(district, people):
    report = make_report(district.building, phone="10000000005")
    found = at_once(20, lambda: submit_issue(actor=NOBODY, report=report).pk)
    assert len(set(found)) == 1
    assert rows() == [1, 1, 1, 1, 0, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_twenty_neighbours_at_once_are_twenty_voices(district, people):
    parent = make_issue(district.building)
    report = make_report(district.building, same_as=parent.pk)
    at_once(20, lambda: submit_issue(actor=NOBODY, report=replace(report, submission_key=uuid.uuid4())).pk)
    parent.refresh_from_db()
    assert parent.voices == 21
    assert Issue.objects.values("number").distinct().count() == 21


@pytest.mark.django_db(transaction=True)
def test_first_numbers_of_a_year_are_asked_for_at_once():
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE IF EXISTS mulin_number_trial_2031")
    numbers = at_once(12, lambda: next_number("trial", 2031))
    assert sorted(numbers) == [f"ZY-2031-{n:06d}" for n in range(1, 13)]
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE mulin_number_trial_2031")


@pytest.mark.django_db
def test_vacant_desk_is_skipped_upwards(district, people):
    from neighborhoods.models import Post

    Post.objects.filter(area=district.grid).update(ends_on="2022-06-01")
    assert make_issue(district.building).holder_area == district.community
    Post.objects.filter(area=district.community).update(ends_on="2022-06-01")
    assert make_issue(district.building).holder_area == district.street
    Post.objects.filter(area=district.street).update(ends_on="2022-06-01")
    assert make_issue(district.building).holder_area == district.street  # nobody left: the street itself
    make_post("branch_secretary", area=district.branch)
    assert make_issue(district.building).holder_area == district.street  # a neighbour is not a desk
