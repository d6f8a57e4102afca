"""Hard cases on real connections at once: merged into each other, closed while a part is opened."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.errors import RuleError
from governance.lifecycle import FINAL, PARTS_DONE, State
from governance.models import Issue
from governance.services import answers, dispatch, following, handling
from governance.services.dispatch import Goal
from governance.services.merging import merge_issue, split_off
from governance.services.parts import Share, split_issue
from tests.conftest import build_district, build_people
from tests.factories import make_issue
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def split_it(whole, district, people):
    shares = [Share(Goal(unit=district.lighting), "灯"), Share(Goal(unit=district.drainage), "管")]
    split_issue(issue_id=whole.pk, actor=people.community_staff, shares=shares)
    return list(Issue.objects.filter(part_of=whole).order_by("pk"))


def test_two_cases_merged_into_each_other_at_once(town):
    """One wins, the other reads where its goal went; nobody waits in a circle."""
    district, people = town
    one, other = make_issue(district.building), make_issue(district.building)
    staff = people.community_staff

    def job(issue, into):
        return lambda: merge_issue(issue_id=issue.pk, actor=staff, into=into.number)

    answers_ = in_parallel([job(one, other), job(other, one)])
    assert sum(isinstance(answer, RuleError) for answer in answers_) == 1
    assert sorted(Issue.objects.values_list("state", flat=True)) == [State.MERGED, State.SUBMITTED]
    assert sorted(Issue.objects.values_list("voices", flat=True)) == [1, 2]


def test_answered_while_it_is_split_off(town):
    """Whoever joined answers, while staff take their case out and the first one is merged elsewhere."""
    district, people = town
    first, third = make_issue(district.building), make_issue(district.building)
    second = make_issue(district.building, same_as=first.pk)
    staff = people.community_staff
    in_parallel(
        [
            lambda: answers.answer_issue(issue_id=second.pk, solved=False, satisfaction=None, words="没好"),
            lambda: split_off(issue_id=second.pk, actor=staff, reason="另一处"),
            lambda: merge_issue(issue_id=first.pk, actor=staff, into=third.number),
        ]
    )
    voices = dict(Issue.objects.values_list("pk", "voices"))
    for parent in Issue.objects.exclude(state=State.MERGED):
        assert voices[parent.pk] == 1 + Issue.objects.filter(parent=parent).count()


@pytest.mark.parametrize("round_", range(3))
def test_closed_while_a_part_is_sent_back(town, round_):
    district, people = town
    whole = make_issue(district.building)
    parts = split_it(whole, district, people)
    for part, clerk in zip(parts, (people.department_clerk, people.other_clerk), strict=True):
        dispatch.sign_issue(issue_id=part.pk, actor=clerk)
        handling.reply_issue(issue_id=part.pk, actor=clerk, text="好了")
    handling.log_contact(issue_id=whole.pk, actor=people.community_staff, reached=True, note="")
    handling.reply_issue(issue_id=whole.pk, actor=people.community_staff, text="都好了")
    lead = people.community_lead
    in_parallel(
        [
            lambda: answers.answer_issue(issue_id=whole.pk, solved=True, satisfaction=5, words=""),
            lambda: handling.check_issue(issue_id=parts[0].pk, actor=lead, passed=False, note="没好"),
        ]
    )
    assert_nothing_open_under_a_closed(whole)


@pytest.mark.parametrize("round_", range(3))
def test_taken_back_while_parts_are_opened(town, round_):
    district, people = town
    whole = make_issue(district.building)
    dispatch.take_issue(issue_id=whole.pk, actor=people.grid_worker)
    in_parallel(
        [lambda: following.withdraw_issue(issue_id=whole.pk), lambda: split_it(whole, district, people)],
    )
    assert_nothing_open_under_a_closed(whole)


def assert_nothing_open_under_a_closed(whole):
    if Issue.objects.get(pk=whole.pk).state in FINAL:
        assert not Issue.objects.filter(part_of=whole, closed_at=None).exists()
    else:
        assert Issue.objects.filter(part_of=whole).exclude(state__in=PARTS_DONE).exists()


def waiting() -> int:
    """How many connections wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction reads what it has read before
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def in_a_queue(jobs, held):
    """While `held` is done and not committed, start the jobs one after the other: each waits before the next starts."""

    def run(job):
        try:
            return job()
        except RuleError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        with transaction.atomic():
            held()
            futures = []
            for place, job in enumerate(jobs, 1):
                futures.append(pool.submit(run, job))
                until = time.monotonic() + 10
                while waiting() < place and time.monotonic() < until:
                    time.sleep(0.02)
                assert waiting() == place
        return [future.result(timeout=30) for future in futures]


def test_an_old_page_joins_what_was_joined_already(town):
    """Both cases lock in one order, also the one somebody has joined meanwhile."""
    district, people = town
    first, third = make_issue(district.building), make_issue(district.building)
    second = make_issue(district.building, same_as=first.pk)
    said, refused = in_a_queue(
        [
            lambda: following.supplement_issue(issue_id=second.pk, text="又黑了"),
            lambda: merge_issue(issue_id=second.pk, actor=people.community_staff, into=third.number),
        ],
        lambda: Issue.objects.select_for_update().get(pk=first.pk),
    )
    assert (said.pk, type(refused)) == (second.pk, RuleError)


def test_joined_elsewhere_while_a_voice_is_heard(town):
    """What belongs together has changed while both waited: they give their locks back and take them in order."""
    district, people = town
    first, second, third = (make_issue(district.building) for _n in range(3))
    staff = people.community_staff
    joined, answered = in_a_queue(
        [
            lambda: merge_issue(issue_id=first.pk, actor=staff, into=third.number),
            lambda: answers.answer_issue(issue_id=second.pk, solved=False, satisfaction=None, words="没好"),
        ],
        lambda: merge_issue(issue_id=second.pk, actor=staff, into=first.number),
    )
    assert joined.pk == first.pk
    assert isinstance(answered, RuleError)  # nothing was replied yet
    assert set(Issue.objects.exclude(parent=None).values_list("pk", "parent")) == {
        (first.pk, third.pk),
        (second.pk, third.pk),
    }
    assert Issue.objects.get(pk=third.pk).voices == 3
