"""The words of every notice (whether they still hold: notifications/relevance.py).

Short and plain: the number, the matter, the next step. A text never contains what the resident wrote, a name or a
phone number, because it travels through mail servers and telephone companies.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wording import say_deadline, say_exactly
from governance.lifecycle import (
    APPEALABLE,
    ASKED,
    CLOSED,
    DISMISSIBLE,
    FITS,
    IN_HAND,
    State,
    Step,
    Urgency,
)
from governance.lifecycle.duties import DutyStep
from governance.models import Issue
from notifications.relevance import (
    StillTrue,
    Values,
    always,
    while_applied,
    while_asked,
    while_claimed,
    while_clock_runs,
    while_duty_runs,
    while_going,
    while_in,
    while_open,
    while_ordered,
    while_proposed,
    while_state,
    while_to_come,
    while_unconfirmed,
    while_unpublished,
    while_with,
)
from notifications.subjects import name_of


@dataclass(frozen=True)
class Text:
    """One kind of notice."""

    words: Any  # a lazy translation with named placeholders
    still_true: StillTrue = always
    late_words: Any = None  # instead of `words` once the time is over
    facts: Callable[[Any, Values, datetime], dict[str, Any]] = field(default=lambda _i, _v, _at: {})


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


DUTY_DONE = {
    DutyStep.SIGN: gettext_lazy("sign for it"),
    DutyStep.ARRIVE: gettext_lazy("be there"),
    DutyStep.PLAN: gettext_lazy("write the plan"),
    DutyStep.MEET: gettext_lazy("hold the meeting"),
    DutyStep.BACKFILL: gettext_lazy("write up what was left out"),
    DutyStep.DONE: gettext_lazy("finish"),
    DutyStep.RULING: gettext_lazy("rule on it"),
    DutyStep.CHECK: gettext_lazy("look whether it is done"),
    DutyStep.RATE: gettext_lazy("rate the units"),
    DutyStep.REVIEW: gettext_lazy("say how it stands this month"),
    DutyStep.FILE: gettext_lazy("file it"),
    DutyStep.SEND: gettext_lazy("give it to somebody"),
    DutyStep.CLOSE: gettext_lazy("close it"),
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


def _duty(about: Any, values: Values, at: datetime) -> dict[str, Any]:
    due = moment(values.get("due_at")) or getattr(about, "due_at", None) or at
    step = DutyStep(values["step"]) if values.get("step") in DutyStep.values else DutyStep.DONE
    _tone, words = say_deadline(due, at)
    return {"left": words, "step": DUTY_DONE[step], "is_late": due < at}


def _holder(issue: Issue, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"holder": issue.holder_unit.short_name if issue.holder_unit else issue.holder_area.name}


def _urgency(issue: Issue, values: Values, at: datetime) -> dict[str, Any]:
    return {**_until(issue, values, at), "urgency": Urgency(issue.urgency).label}


def _ordered(issue: Issue, _values: Values, at: datetime) -> dict[str, Any]:
    return {"until": say_exactly(issue.ordered_until or at)}


def _reopening(_issue: Issue, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"days": settings.REOPEN_DAYS}


_WAITING_TO_SIGN = while_with(State.DISPATCHED)


def _evening(about: Any, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"when": say_exactly(about.starts_at), "place": about.place}


def _standing(about: Any, _values: Values, _at: datetime) -> dict[str, Any]:
    return {"state": about.state_label}


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
    "urged_often": Text(
        gettext_lazy("urged three times and not answered yet. Please look into it."), while_in(*FITS["nudge"])
    ),
    "extension_asked": Text(
        gettext_lazy("the holder asks for more time. Please agree or refuse before it is due."), while_in(*IN_HAND)
    ),
    "extension_refused": Text(gettext_lazy("no more time was given. Due %(until)s."), while_in(*IN_HAND), facts=_until),
    "extended": Text(gettext_lazy("more time was given, until %(until)s."), while_in(*IN_HAND), facts=_until),
    "question_answered": Text(gettext_lazy("the resident answered your question. The clock runs."), while_in(*IN_HAND)),
    "question_over": Text(gettext_lazy("no answer came to your question. The clock runs again."), while_in(*IN_HAND)),
    "recorded_question": Text(
        gettext_lazy("a question for the resident. Please ask them, or show them the link."), while_asked
    ),
    "dismissal_asked": Text(
        gettext_lazy("proposed to be dismissed as unreasonable. Please agree or refuse."), while_in(*DISMISSIBLE)
    ),
    "dismissal_refused": Text(gettext_lazy("not dismissed. Please go on with it."), while_in(*DISMISSIBLE)),
    "recorded_dismissed": Text(gettext_lazy("decided against. Please tell the resident why."), while_in(*APPEALABLE)),
    "appealed": Text(
        gettext_lazy("the resident appeals. Please decide by %(until)s."), while_in(State.APPEALED), facts=_until
    ),
    "pause_asked": Text(
        gettext_lazy("the holder asks to pause the clock. Please agree or refuse."), while_in(*IN_HAND)
    ),
    "ordered": Text(gettext_lazy("under supervision. Please report by %(until)s."), while_ordered, facts=_ordered),
    "order_reported": Text(gettext_lazy("the report you ordered is there. Please read it."), while_ordered),
    "order_goes_on": Text(
        gettext_lazy("the report was not enough. Please report again by %(until)s."), while_ordered, facts=_ordered
    ),
    # ---- representatives ----
    "representative_objected": Text(gettext_lazy("somebody objects to this name. Please answer."), while_going),
    "representative_moved": Text(gettext_lazy("moved away. Please hand the households over."), while_going),
    "representative_term_ending": Text(gettext_lazy("the term ends in sixty days."), while_going),
    "representative_seat_empty": Text(gettext_lazy("the seat has been empty for thirty days.")),
    "order_placed": Text(gettext_lazy("a household asks for something. Take it, or pass it up."), while_going),
    "order_again": Text(gettext_lazy("the household says it is not done yet."), while_going),
    "order_still_open": Text(
        gettext_lazy("taken three days ago. Please finish it or pass it up; passing it up costs nothing."),
        while_state("taken"),
    ),
    "order_untaken": Text(gettext_lazy("nobody took it for a day. Please take it or pass it up."), while_going),
    "incentive_proposed": Text(gettext_lazy("proposed. Please look whether it is so."), while_state("proposed")),
    "incentive_checked": Text(gettext_lazy("looked at. Please hang it out."), while_state("checked")),
    "incentive_notice_over": Text(gettext_lazy("the notice is over. Please decide."), while_state("noticed")),
    "incentive_decided": Text(gettext_lazy("decided. Please read it.")),
    # ---- tasks ----
    "task_given": Text(gettext_lazy("yours, by %(until)s."), while_going, facts=_until),
    "task_claimed": Text(gettext_lazy("said to be done. Please look whether it is so."), while_claimed),
    "task_sent_back": Text(gettext_lazy("not done yet, yours again. It says what is missing."), while_going),
    "task_moved": Text(gettext_lazy("now due by %(until)s."), while_going, facts=_until),
    "task_over": Text(gettext_lazy("done and checked.")),
    "task_cancelled": Text(gettext_lazy("called off. Nothing more to do.")),
    "duty_escalated": Text(
        gettext_lazy("%(step)s, %(left)s. Please do it soon."),
        while_duty_runs,
        late_words=gettext_lazy("%(step)s, %(left)s. Please see to it."),
        facts=_duty,
    ),
    # ---- matters ----
    "matter_new": Text(gettext_lazy("new. Please file it, or say why not."), while_going),
    "matter_filed": Text(gettext_lazy("filed. Please give it to somebody."), while_going),
    "matter_given": Text(gettext_lazy("yours, by %(until)s."), while_going, facts=_until),
    "matter_not_filed": Text(gettext_lazy("not filed. It says why.")),
    "matter_check": Text(gettext_lazy("said to be done. Please look whether it is so."), while_going),
    "matter_sent_back": Text(gettext_lazy("not done yet, yours again. It says what is missing."), while_going),
    "matter_closed": Text(gettext_lazy("closed.")),
    # ---- promises ----
    "promise_made": Text(gettext_lazy("promised by your unit. Please say when it is delivered."), while_going),
    "promise_check": Text(gettext_lazy("said to be delivered. Please look whether it is so."), while_going),
    "promise_sent_back": Text(gettext_lazy("not done yet, yours again. It says what is missing."), while_going),
    "promise_kept": Text(gettext_lazy("done and checked.")),
    "promise_late": Text(gettext_lazy("overdue for 15 days. Please see to it."), while_going),
    # ---- whistles ----
    "whistle_review": Text(gettext_lazy("written. Please review it."), while_going),
    "whistle_rewrite": Text(gettext_lazy("came back. Please change it."), while_going),
    "whistle_called": Text(gettext_lazy("calls you. Please sign for it and come."), while_going),
    "whistle_moved": Text(gettext_lazy("the meeting was moved. Please look when."), while_going),
    "whistle_rule": Text(gettext_lazy("a unit says it is not its duty. Please rule."), while_going),
    "whistle_ruled": Text(gettext_lazy("the ruling is there."), while_going),
    "whistle_check": Text(gettext_lazy("said to be done. Please look whether it is so."), while_going),
    "whistle_not_done": Text(gettext_lazy("something is missing. Please go on."), while_going),
    "whistle_rate": Text(gettext_lazy("checked. Please rate the units."), while_going),
    "whistle_raised": Text(gettext_lazy("put before the district. Please see to it."), while_going),
    "whistle_instructed": Text(gettext_lazy("the district has answered. Please go on."), while_going),
    "discussed": Text(gettext_lazy("talked about at a meeting. Please read what was resolved.")),
    # ---- about meetings ----
    "topic_new": Text(gettext_lazy("a topic is proposed. Please look whether it is taken up."), while_proposed),
    "meeting_invited": Text(gettext_lazy("you are invited, %(when)s, %(place)s."), while_to_come, facts=_evening),
    "meeting_announced": Text(gettext_lazy("announced for %(when)s, %(place)s."), while_to_come, facts=_evening),
    "meeting_moved": Text(gettext_lazy("moved to %(when)s, %(place)s."), while_to_come, facts=_evening),
    "meeting_cancelled": Text(gettext_lazy("called off. Nothing more to do.")),
    "meeting_confirm": Text(gettext_lazy("over. Please read the minutes and confirm them."), while_unconfirmed),
    "meeting_publish": Text(gettext_lazy("minutes confirmed. Please publish the result."), while_unpublished),
    "meeting_reminded": Text(
        gettext_lazy("“%(state)s” since its time has passed. Please go on with it."), while_going, facts=_standing
    ),
    # ---- for people who serve ----
    "volunteer_applied": Text(gettext_lazy("wishes to serve. Please look within three working days."), while_applied),
    "volunteer_waiting": Text(gettext_lazy("has waited too long to be registered. Please see to it."), while_applied),
    "volunteer_verified": Text(gettext_lazy("registered. You can sign up now."), while_going),
    "volunteer_refused": Text(gettext_lazy("not registered. Please read why.")),
    "volunteer_asked": Text(gettext_lazy("somebody asks to join. Please look at it."), while_going),
    "volunteer_moved_up": Text(gettext_lazy("a seat became free: you come. Cancel if you cannot."), while_going),
    "volunteer_lost": Text(gettext_lazy("called off. You need not come.")),
    "volunteer_unconfirmed": Text(gettext_lazy("still waits to be confirmed. Please look at it."), while_going),
    "volunteer_second": Text(gettext_lazy("late, waits for a second person. Please look at it."), while_going),
    "volunteer_rejected": Text(gettext_lazy("not confirmed. Please read why.")),
    "volunteer_certify": Text(gettext_lazy("asked for. Please compare it with the records."), while_going),
    "volunteer_issue": Text(gettext_lazy("compared with the records. Please issue it."), while_going),
    "volunteer_issued": Text(gettext_lazy("issued. You can print it.")),
    "volunteer_not_issued": Text(gettext_lazy("not issued. Please read why.")),
    "volunteer_doubted": Text(gettext_lazy("somebody said on the phone that it was not so. Please look into it.")),
    # ---- mutual aid ----
    "aid_taken": Text(gettext_lazy("a neighbour will help you."), while_going),
    "aid_given_back": Text(gettext_lazy("the neighbour cannot come. Another one is looked for."), while_going),
    "aid_called_off": Text(gettext_lazy("called off. Nothing more to do.")),
    "aid_matched": Text(gettext_lazy("you help a neighbour, as you said on the phone. Thank you."), while_going),
    "aid_done": Text(gettext_lazy("your neighbour says it is done. Was it so? Please confirm it."), while_going),
    "aid_nudged": Text(gettext_lazy("still waits for your yes. When you have a moment, please look."), while_going),
    "aid_reminded": Text(
        gettext_lazy("you help a neighbour with this. Please look when; if you cannot, give it back."),
        while_state("taken"),
    ),
    "aid_untaken": Text(gettext_lazy("nobody took it for a day. Please see who could help."), while_going),
    "aid_held": Text(gettext_lazy("waits for a second person of the community. Please look at it."), while_going),
    "aid_disputed": Text(gettext_lazy("the two do not agree. Please speak with both and decide."), while_going),
    "aid_decided": Text(gettext_lazy("the community has decided. Please read it.")),
    "aid_refused": Text(gettext_lazy("not credited. Please read why.")),
    # ---- for members checking in ----
    "checkin_applied": Text(gettext_lazy("checks in. Please answer within three working days."), while_applied),
    "checkin_late": Text(gettext_lazy("the branch has not answered in time. Please see to it."), while_applied),
    "checkin_accepted": Text(gettext_lazy("the branch said yes. Look which duty posts suit you."), while_going),
    "checkin_refused": Text(gettext_lazy("the branch said no. Please read why.")),
    "checkin_invited": Text(gettext_lazy("it has been a while. If you like, look what is going on."), while_going),
    "checkin_pledge_offered": Text(gettext_lazy("a pledge for you to read. You decide if it is shown."), while_going),
    "checkin_pledge_consented": Text(gettext_lazy("agrees to be shown. Please put it on the page."), while_going),
    "checkin_pledge_due": Text(gettext_lazy("the day of your pledge has come."), while_going),
    "feedback_drafted": Text(gettext_lazy("the page for your employer. You read it first and decide."), while_going),
    "feedback_agreed": Text(gettext_lazy("the member agreed. Please issue it."), while_going),
    "feedback_issued": Text(gettext_lazy("issued. You can print it or pass the link on.")),
    # ---- for whoever asked: one text message with the private link ----
    "resident_submitted": Text(gettext_lazy("%(service)s: we have your request %(number)s. Follow it: %(link)s")),
    "resident_dispatched": Text(
        gettext_lazy("%(number)s is with %(holder)s now. See %(link)s"),
        while_in(*IN_HAND),
        facts=_holder,
    ),
    "resident_question": Text(
        gettext_lazy("%(number)s: one question before they can go on. Please answer: %(link)s"), while_asked
    ),
    "resident_extended": Text(
        gettext_lazy("%(number)s takes longer, until %(until)s. Why: %(link)s"), while_in(*IN_HAND), facts=_until
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
    "resident_whistled": Text(
        gettext_lazy("%(number)s: the street has called several units together. See %(link)s"), while_open
    ),
    "resident_whistle_ended": Text(gettext_lazy("%(number)s: the units the street called have answered. See %(link)s")),
    "resident_on_agenda": Text(
        gettext_lazy("A residents' meeting will talk about %(number)s. When and where: %(link)s")
    ),
    "resident_discussed": Text(gettext_lazy("A residents' meeting talked about %(number)s. The result: %(link)s")),
    "resident_refused": Text(
        gettext_lazy("%(number)s was looked at again and stays closed. Why, and how to appeal: %(link)s"),
        while_in(*CLOSED),
    ),
    "resident_dismissed": Text(
        gettext_lazy("%(number)s is not dealt with. Why, and how to appeal: %(link)s"), while_in(State.DISMISSED)
    ),
    "resident_appeal_upheld": Text(
        gettext_lazy("Your appeal about %(number)s was looked at, the decision stands. Why: %(link)s"),
        while_in(*APPEALABLE),
    ),
    "resident_not_accepted": Text(
        gettext_lazy("%(number)s was not accepted. Why, and where to turn: %(link)s"), while_in(State.NOT_ACCEPTED)
    ),
}


def staff_words(text: str, about: Any, values: Values, at: datetime) -> str:
    """The sentence for somebody at work: number, matter, next step."""
    kind = TEXTS[text]
    facts = kind.facts(about, values, at)
    words = kind.late_words if kind.late_words and facts.get("is_late") else kind.words
    sentence = str(words) % {"number": about.number, **facts}
    return _("%(number)s %(category)s: %(sentence)s") % {
        "number": about.number,
        "category": name_of(about),
        "sentence": sentence,
    }


def resident_words(text: str, issue: Issue, values: Values, *, at: datetime, link: str) -> str:
    """The text message for whoever asked."""
    kind = TEXTS[text]
    facts = {"service": settings.SERVICE_NAME, "number": issue.number, "link": link}
    return str(kind.words) % {**facts, **kind.facts(issue, values, at)}


def still_true(text: str, about: Any, values: Values) -> bool:
    """Whether the message is still worth sending."""
    return TEXTS[text].still_true(about, values)
