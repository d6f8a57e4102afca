"""Every code that people read about has words: nothing new may show as its code, or only as “noted”."""

import pytest

from governance import lifecycle
from governance.lifecycle import EVENT_NAMES, LOOKS, URGENCY_RANK, State, Step, Target, Urgency
from governance.lifecycle.asking import ParkReason
from governance.lifecycle.duties import DutyStep
from governance.models import Callback, ClockPause
from governance.selectors import history, wording
from notifications.texts import DUTY_DONE, STEP_DONE

# An export is an event, but no line in the history of a case.
KINDS = {name for name in EVENT_NAMES if name.startswith("issue.")} - {lifecycle.ISSUE_EXPORTED}
STAFF_ONLY = {
    lifecycle.ISSUE_NOTED,
    lifecycle.ISSUE_ESCALATED,
    lifecycle.ISSUE_RETURNED,
    lifecycle.ISSUE_RULING_ASKED,
    lifecycle.ISSUE_PAUSE_ASKED,
    lifecycle.ISSUE_PAUSE_REFUSED,
    lifecycle.ISSUE_EXTENSION_ASKED,
    lifecycle.ISSUE_EXTENSION_REFUSED,
    lifecycle.ISSUE_PUBLISHED,
    lifecycle.ISSUE_LEFT,
    lifecycle.ISSUE_DISMISSAL_ASKED,
    lifecycle.ISSUE_DISMISSAL_REFUSED,
    lifecycle.ISSUE_ORDERED,
    lifecycle.ISSUE_ORDER_REPORTED,
    lifecycle.ISSUE_ORDER_ENDED,
}
# These depend on more than their kind: wording.title_of.
ASKED_ABOUT = {
    *(lifecycle.ISSUE_SUBMITTED, lifecycle.ISSUE_CONTACTED, lifecycle.ISSUE_ANSWERED, lifecycle.ISSUE_EXTENDED)
}


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (LOOKS, State),
        (URGENCY_RANK, Urgency),
        (STEP_DONE, Step),
        (DUTY_DONE, DutyStep),
        (wording._SENTENCES, State),
        (history._KINDS, KINDS),
    ],
)
def test_every_choice_has_words(words, choices):
    assert set(words) == set(choices)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (lifecycle.ISSUE_ESCALATED, set(Target)),
        (lifecycle.ISSUE_PAUSE_ASKED, set(ClockPause.Reason)),
        (lifecycle.ISSUE_PAUSED, set(ClockPause.Reason)),
        (lifecycle.ISSUE_PARKED, set(ParkReason)),
        (lifecycle.ISSUE_CALLED_BACK, set(Callback.Outcome) - {Callback.Outcome.SOLVED}),  # then the case is closed
    ],
)
def test_every_code_in_a_reason_has_words(kind, codes):
    assert {code for known, code in history._CODES if known == kind} == codes


def test_every_line_a_resident_reads_has_words():
    titles = {*wording._TITLES, *wording._TITLES_WITH_GOAL, *ASKED_ABOUT}
    assert titles == KINDS - STAFF_ONLY
