"""Whether a notice is still worth sending: asked again at the moment it goes out."""

from collections.abc import Callable, Mapping
from typing import Any

from governance.lifecycle import FINAL, ClockState, State
from governance.lifecycle.asking import Asked
from governance.lifecycle.meetings import IN_SESSION, TO_COME, TopicState
from governance.lifecycle.tasks import TaskState
from governance.models import Clock, DutyClock, Issue
from volunteers.lifecycle.volunteers import VolunteerState

Values = Mapping[str, Any]
StillTrue = Callable[[Any, Values], bool]  # what it is about: an issue, or a kind of notifications.subjects


def always(_issue: Issue, _values: Values) -> bool:
    """What happened stays worth knowing."""
    return True


def while_open(issue: Issue, _values: Values) -> bool:
    """Only as long as something can be done about it."""
    return issue.state not in FINAL


def while_in(*states: State) -> StillTrue:
    """Only as long as the issue waits for exactly this."""
    return lambda issue, _values: issue.state in states


def while_with(*states: State) -> StillTrue:
    """Only as long as it waits, and with the same holder: a second dispatch has told somebody else."""

    def still(issue: Issue, values: Values) -> bool:
        same = (issue.holder_area_id, issue.holder_unit_id) == (values.get("area_id"), values.get("unit_id"))
        return issue.state in states and same

    return still


def while_ordered(issue: Issue, _values: Values) -> bool:
    """Only as long as the order stands."""
    return issue.ordered_level is not None


def while_asked(issue: Issue, _values: Values) -> bool:
    """Only as long as an answer of the resident is waited for."""
    return issue.asked == Asked.QUESTION


def while_clock_runs(issue: Issue, values: Values) -> bool:
    """Nobody is chased for a step that was taken in the meantime."""
    if issue.state in FINAL:
        return False
    if "clock_id" not in values:
        return True
    return Clock.objects.filter(pk=values["clock_id"], state=ClockState.RUNNING).exists()


def while_going(about: Any, _values: Values) -> bool:
    """Of anything: as long as it is not over."""
    return bool(about.is_open)


def while_duty_runs(about: Any, values: Values) -> bool:
    """Nobody is chased for what was done in the meantime."""
    running = DutyClock.objects.filter(pk=values.get("clock_id") or 0, state=ClockState.RUNNING)
    return bool(about.is_open) and running.exists()


def while_claimed(about: Any, _values: Values) -> bool:
    """As long as a task waits to be looked at."""
    return bool(about.state == TaskState.CLAIMED)


def while_proposed(about: Any, _values: Values) -> bool:
    """Until somebody has looked at a topic."""
    return bool(about.state == TopicState.PROPOSED)


def while_to_come(about: Any, _values: Values) -> bool:
    """Until a meeting begins, or is not held."""
    return about.state in TO_COME


def while_unconfirmed(about: Any, _values: Values) -> bool:
    """Until the minutes are confirmed."""
    return about.state in IN_SESSION


def while_unpublished(about: Any, _values: Values) -> bool:
    """Until the result is published."""
    return bool(about.is_open and about.published_at is None)


def while_applied(about: Any, _values: Values) -> bool:
    """Until somebody has looked at an entry of the register."""
    return bool(about.state == VolunteerState.APPLIED)


def while_state(state: str) -> StillTrue:
    """As long as it stands exactly there."""
    return lambda about, _values: bool(about.state == state)
