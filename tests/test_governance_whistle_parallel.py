"""Two people at once: both signatures count, the last moves it on; one check, one rating, one dispute."""

import pytest
from django.utils import timezone

from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import WHISTLE_ACKNOWLEDGED, WHISTLE_CHECKED, WhistleState
from governance.models import Call, Whistle, WhistleLine
from governance.services.duties import sweep_kind
from governance.services.whistles import answering, closing
from governance.services.whistles.ladder import CALLS
from tests import whistle_steps as steps
from tests.conftest import build_district, build_people
from tests.parallel import attempts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def district():
    return build_district()


@pytest.fixture
def people(district):
    return build_people(district)


@pytest.fixture
def blown(district, people):
    def put(state=WhistleState.ISSUED):
        return steps.put(steps.draft(district, people, kind=WhistleKind.EMERGENCY), state, people)

    return put


def test_two_units_sign_attempts(blown, people):
    whistle = blown()
    lead, helper = steps.lead(whistle).pk, steps.helper(whistle).pk
    clerk, other = people.department_clerk, people.other_clerk
    done = attempts(
        lambda: answering.sign_call(call_id=lead, actor=clerk),
        lambda: answering.sign_call(call_id=helper, actor=other),
        lambda: answering.sign_call(call_id=lead, actor=clerk),
        lambda: sweep_kind(CALLS, at=timezone.now()),
    )
    assert done == ["RuleError", "done", "done", "done"]
    assert Whistle.objects.get().state == WhistleState.ACKNOWLEDGED
    assert Call.objects.filter(signed_at=None).count() == 0
    assert WhistleLine.objects.filter(kind=WHISTLE_ACKNOWLEDGED, to_state=WhistleState.ACKNOWLEDGED).count() == 1


def test_two_people_check_attempts(blown, people):
    whistle = blown(WhistleState.CLAIMED_DONE)
    checkers = [people.community_lead, people.community_staff, people.street_lead]
    done = attempts(*(lambda w=w: closing.check_whistle(whistle_id=whistle.pk, actor=w, passed=True) for w in checkers))
    assert done == ["RuleError", "RuleError", "done"]
    assert WhistleLine.objects.filter(kind=WHISTLE_CHECKED).count() == 1


def test_both_last_ratings_at_once_move_it_on(blown, people):
    whistle = blown(WhistleState.CHECKED)
    marks = {"turn_up": 4, "handling": 4, "solved": 4}
    calls = [steps.lead(whistle).pk, steps.helper(whistle).pk]
    rater = people.community_staff
    done = attempts(*(lambda c=c: closing.rate_call(call_id=c, actor=rater, **marks) for c in calls))
    assert done == ["done", "done"]
    assert Whistle.objects.get().state == WhistleState.RATED
