"""The words of every notice, and whether they still hold at the moment of sending.

Short and plain: the number, the matter, the next step. A text never contains what the resident wrote, a name or a
phone number, because it travels through mail servers and telephone companies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wording import say_deadline, say_exactly
from governance.lifecycle import ASKED, CLOSED, FINAL, IN_HAND, ClockState, State, Step, Urgency
from governance.models import Clock, Issue

Values = Mapping[str, Any]
StillTrue = Callable[[Issue, Values], bool]


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


def while_clock_runs(issue: Issue, values: Values) -> bool:
    """Nobody is chased for a step that was taken in the meantime."""
    if issue.state in FINAL:
        return False
    if "clock_id" not in values:
        return True
    return Clock.objects.filter(pk=values["clock_id"], state=ClockState.RUNNING).exists()


@dataclass(frozen=True)
class Text:
    """One kind of notice."""

    words: Any  # a lazy translation with named placeholders
    still_true: StillTrue = always
    late_words: Any = None  # instead of `words` once the time is over
    facts: Callable[[Issue, Values, datetime], dict[str, Any]] = field(default=lambda _i, _v, _at: {})


STEP_DONE = {
    Step.ACCEPT: gettext_lazy("accept it"),
    Step.SIGN: gettext_lazy("sign for it"),
    Step.CONTACT: gettext_lazy("talk to the resident"),
    Step.DONE: gettext_lazy("finish and reply"),
    Step.RULING: gettext_lazy("rule on it"),
    Step.CALLBACK: gettext_lazy("call the resident back"),
    Step.NOTE: gettext_lazy("write the public note of the month"),
    Step.REVIEW: gettext_lazy("look whether it must stay parked"),
}


def moment(value: Any) -> datetime | None:
    """A time out of the stored values."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _until(issue: Issue, values: Values, at: datetime) -> dict[str, Any]:
    due = moment(values.get("due_at")) or issue.due_at
    return {"until": say_exactly(due) if due else _("the end of the day")}


def _escalation(issue: Issue, values: Values, at: datetime) -> dict[str, Any]:
    due = moment(values.get("due_at")) or issue.due_at or at
    step = Step(values["step"]) if values.get("step") in Step.values else Step.DONE
    _tone, words = say_deadline(due, at)
    return {"left": words, "step": STEP_DONE[step], "is_late": due < at}


def _holder(issue: Issue, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"holder": issue.holder_unit.short_name if issue.holder_unit else issue.holder_area.name}


def _urgency(issue: Issue, values: Values, at: datetime) -> dict[str, Any]:
    return {**_until(issue, values, at), "urgency": Urgency(issue.urgency).label}


def _ordered(issue: Issue, _values: Values, at: datetime) -> dict[str, Any]:
    return {"until": say_exactly(issue.ordered_until or at)}


def _reopening(_issue: Issue, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"days": settings.REOPEN_DAYS}


_WAITING_TO_SIGN = while_with(State.DISPATCHED)

TEXTS: dict[str, Text] = {
    # ---- for people who work on it ----
    "new": Text(gettext_lazy("new. Please accept it by %(until)s."), while_with(State.SUBMITTED), facts=_until),
    "new_critical": Text(
        gettext_lazy("danger to life. Go now, and accept it by %(until)s."), while_with(State.SUBMITTED), facts=_until
    ),
    "dispatched": Text(gettext_lazy("yours. Please sign for it by %(until)s."), _WAITING_TO_SIGN, facts=_until),
    "ruled": Text(
        gettext_lazy("ruled to be yours, cannot be returned. Please sign for it by %(until)s."),
        _WAITING_TO_SIGN,
        facts=_until,
    ),
    "returned": Text(gettext_lazy("came back. Please dispatch it again."), while_in(State.RETURNED)),
    "ruling": Text(
        gettext_lazy("came back twice. Please rule on it by %(until)s."), while_in(State.RULING), facts=_until
    ),
    "check": Text(gettext_lazy("replied. Please look whether it is so."), while_in(State.REPLIED)),
    "not_solved": Text(
        gettext_lazy("not solved, says the resident. Please reopen or explain it."),
        while_in(*ASKED),
    ),
    "callback": Text(gettext_lazy("time for a call-back. Please ask the resident."), while_in(State.CALLBACK)),
    "again": Text(
        gettext_lazy("not solved, yours again. Please sign for it by %(until)s."),
        _WAITING_TO_SIGN,
        facts=_until,
    ),
    "urged": Text(gettext_lazy("urged by the resident. Please move it on today."), while_open),
    "supplemented": Text(gettext_lazy("new words or photos from the resident."), while_open),
    "urgency": Text(gettext_lazy("now “%(urgency)s”, due %(until)s."), while_open, facts=_urgency),
    "withdrawn": Text(gettext_lazy("withdrawn by the resident. Nothing more to do.")),
    "closed": Text(gettext_lazy("closed."), while_in(*CLOSED)),
    "recorded_replied": Text(gettext_lazy("replied. Please tell the resident."), while_in(*ASKED)),
    "recorded_not_accepted": Text(gettext_lazy("not accepted. Please tell the resident why and where to turn.")),
    "escalated": Text(
        gettext_lazy("%(step)s, %(left)s. Please do it soon."),
        while_clock_runs,
        late_words=gettext_lazy("%(step)s, %(left)s. Please see to it."),
        facts=_escalation,
    ),
    "pause_asked": Text(
        gettext_lazy("the holder asks to pause the clock. Please agree or refuse."), while_in(*IN_HAND)
    ),
    "ordered": Text(gettext_lazy("under supervision. Please report by %(until)s."), while_ordered, facts=_ordered),
    "order_reported": Text(gettext_lazy("the report you ordered is there. Please read it."), while_ordered),
    "order_goes_on": Text(
        gettext_lazy("the report was not enough. Please report again by %(until)s."), while_ordered, facts=_ordered
    ),
    # ---- for whoever asked: one text message with the private link ----
    "resident_submitted": Text(gettext_lazy("%(service)s: we have your request %(number)s. Follow it: %(link)s")),
    "resident_dispatched": Text(
        gettext_lazy("%(number)s is with %(holder)s now. See %(link)s"),
        while_in(*IN_HAND),
        facts=_holder,
    ),
    "resident_replied": Text(
        gettext_lazy("%(number)s has an answer. Is it solved? Please say so: %(link)s"),
        while_in(*ASKED),
    ),
    "resident_closed": Text(
        gettext_lazy("%(number)s is closed. Not solved? Reopen it within %(days)d days: %(link)s"),
        while_in(*CLOSED),
        facts=_reopening,
    ),
    "resident_reopened": Text(gettext_lazy("%(number)s is being worked on again. See %(link)s"), while_open),
    "resident_merged": Text(
        gettext_lazy("%(number)s is handled together with a neighbour's report. You get the answer too: %(link)s")
    ),
    "resident_split_off": Text(gettext_lazy("%(number)s is handled by itself now. See %(link)s")),
    "resident_split": Text(gettext_lazy("Several units share %(number)s now. Who does what: %(link)s"), while_open),
    "resident_parked_news": Text(gettext_lazy("%(number)s still has to wait. How it stands: %(link)s"), while_open),
    "resident_not_accepted": Text(
        gettext_lazy("%(number)s was not accepted. Why, and where to turn: %(link)s"), while_in(State.NOT_ACCEPTED)
    ),
}


def staff_words(text: str, issue: Issue, values: Values, at: datetime) -> str:
    """The sentence for somebody at work: number, matter, next step."""
    kind = TEXTS[text]
    facts = kind.facts(issue, values, at)
    words = kind.late_words if kind.late_words and facts.get("is_late") else kind.words
    sentence = str(words) % {"number": issue.number, **facts}
    return _("%(number)s %(category)s: %(sentence)s") % {
        "number": issue.number,
        "category": issue.category.name,
        "sentence": sentence,
    }


def resident_words(text: str, issue: Issue, values: Values, *, at: datetime, link: str) -> str:
    """The text message for whoever asked."""
    kind = TEXTS[text]
    facts = {"service": settings.SERVICE_NAME, "number": issue.number, "link": link}
    return str(kind.words) % {**facts, **kind.facts(issue, values, at)}


def still_true(text: str, issue: Issue, values: Values) -> bool:
    """Whether the message is still worth sending."""
    return TEXTS[text].still_true(issue, values)
