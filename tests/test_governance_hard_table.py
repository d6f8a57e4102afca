"""The verbs of hard cases in every state: where the table does not allow them nothing is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance import lifecycle as life
from governance.lifecycle import FITS, IN_HAND, OPEN, State
from governance.models import SupervisionOrder
from governance.services import merging, parked, parts, supervision
from governance.services.dispatch import Goal
from governance.services.parts import Share
from tests.factories import make_issue
from tests.test_governance_lifecycle import everything, put

pytestmark = pytest.mark.django_db
UNANSWERED = {State.SUBMITTED, State.ACCEPTED, State.RETURNED, *IN_HAND}


def verbs(district, people, other) -> dict[str, tuple[Callable, dict, set[State], str]]:
    """verb → service, its arguments, the states in which it works, the event it tells."""
    staff, street = people.community_staff, people.street_lead
    shares = [Share(Goal(unit=district.lighting), "灯"), Share(Goal(unit=district.drainage), "管")]
    later = timezone.now() + timedelta(days=3)
    return {
        "merge": (
            merging.merge_issue,
            {"actor": staff, "into": other.number},
            {*UNANSWERED, State.RULING},
            life.ISSUE_MERGED,
        ),
        "split-off": (
            merging.split_off,
            {"actor": staff, "reason": "另一处"},
            {State.MERGED},
            life.ISSUE_SPLIT_OFF,
        ),
        "split": (
            parts.split_issue,
            {"actor": staff, "shares": shares},
            {*UNANSWERED, State.REOPENED},
            life.ISSUE_SPLIT,
        ),
        "order": (
            supervision.order_supervision,
            {"actor": street, "reason": "限期办结", "due_at": later},
            set(OPEN),
            life.ISSUE_ORDERED,
        ),
        "order-report": (
            supervision.report_order,
            {"actor": staff, "report": "办好了"},
            set(OPEN),
            life.ISSUE_ORDER_REPORTED,
        ),
        "order-end": (
            supervision.end_order,
            {"actor": street, "enough": True},
            set(OPEN),
            life.ISSUE_ORDER_ENDED,
        ),
        "park-note": (
            parked.note_parked,
            {"actor": staff, "text": "等测绘"},
            {State.PARKED},
            life.ISSUE_PARK_NOTED,
        ),
        "park-review": (
            parked.review_parked,
            {"actor": street, "text": "继续等"},
            {State.PARKED},
            life.ISSUE_PARK_REVIEWED,
        ),
    }


NAMES = ["merge", "split-off", "split", "order", "order-report", "order-end", "park-note", "park-review"]


def put_under_order(issue, name):
    """With an order, and its report where somebody is to read it."""
    if name not in {"order-report", "order-end"}:
        return
    at = timezone.now()
    SupervisionOrder.objects.create(
        issue=issue,
        level=0,
        given_at=at,
        given_by_id=1,
        given_by_label="街道",
        reason="限期",
        due_at=at + timedelta(days=2),
        reported_at=at if name == "order-end" else None,
        reported_by_id=10**9 if name == "order-end" else None,
    )
    type(issue).objects.filter(pk=issue.pk).update(
        ordered_level=0, ordered_until=at + timedelta(days=2), is_reported=name == "order-end"
    )


@pytest.mark.parametrize("name", NAMES)
def test_verb_works_where_the_table_says_and_nowhere_else(district, people, name):
    other = make_issue(district.building)
    verb, arguments, works_in, event = verbs(district, people, other)[name]
    assert works_in == set(FITS[name])
    for state in State:
        issue = put(make_issue(district.building), state, district)
        put_under_order(issue, name)
        before = everything(issue)
        if state not in works_in:
            with pytest.raises((RuleError, NotAllowedError)):
                verb(issue_id=issue.pk, **arguments)
            assert everything(issue) == before, f"{name} in {state} was refused and wrote something"
            continue
        verb(issue_id=issue.pk, **arguments)
        told = Event.objects.get(name=event, subject_id=issue.pk)
        assert OutboxMessage.objects.filter(event=told).exists()
        assert issue.timeline.filter(kind=event).exists()


def test_every_verb_of_the_table_is_tried(district, people):
    assert sorted(verbs(district, people, make_issue(district.building))) == sorted(NAMES)
