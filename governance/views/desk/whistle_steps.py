"""The steps of a whistle, and of the units it calls, as buttons: which there are, who may, and what they run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.forms import calls
from governance.forms import whistles as forms
from governance.lifecycle.whistles import WhistleState
from governance.models import Call, Whistle
from governance.policies import whistles as policies
from governance.services.whistles import answering, carrying_out, closing, drafting, reviewing
from neighborhoods.actors import Actor

May = Callable[[Actor, Whistle, list[Call]], bool]


@dataclass(frozen=True, eq=False)
class WhistleStep:
    """A verb of the whole whistle. `lifecycle.whistles` says when it fits, `allowed` who may take it then."""

    verb: str
    label: Promise
    title: Promise
    icon: str
    allowed: May
    form: type[forms.WhistleForm]
    run: Callable[..., Any]
    done: Promise
    is_main: bool = False
    stops: bool = False

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:whistle-{self.verb}"


def _run(verb: str) -> May:
    return lambda actor, whistle, _calls: policies.can_run_whistle(actor, whistle, verb)


def _claim(actor: Actor, whistle: Whistle, calls: list[Call]) -> bool:
    lead = next((call for call in calls if call.is_lead and call.released_at is None), None)
    return lead is not None and policies.can_claim_whistle(actor, whistle, lead)


def _alone(policy: Callable[[Actor, Whistle], bool]) -> May:
    return lambda actor, whistle, _calls: policy(actor, whistle)


def _backfill(actor: Actor, whistle: Whistle, _calls: list[Call]) -> bool:
    return whistle.is_backfill_due and policies.can_run_whistle(actor, whistle, "backfill")


_S = WhistleStep
WHISTLE_VERBS: dict[str, WhistleStep] = {
    step.verb: step
    for step in (
        _S(
            "review", _("Review it"), _("Agree to this whistle?"), "eye", _alone(policies.can_review_whistle),
            forms.ReviewForm, drafting.review_whistle, _("Reviewed. It can be signed now."), is_main=True,
        ),
        _S(
            "issue", _("Sign and blow it"), _("Sign and call the units"), "whistle", _alone(policies.can_issue_whistle),
            forms.IssueForm, drafting.issue_whistle, _("Blown. The units are called, their clocks run."), is_main=True,
        ),
        _S(
            "meet", _("Write down the meeting"), _("The meeting on the spot"), "people", _run("meet"),
            forms.MeetForm, carrying_out.hold_meeting, _("Written down. Give the tasks next."), is_main=True,
        ),
        _S(
            "resolve", _("Give a task"), _("What was decided"), "flag", _run("resolve"),
            forms.ResolveForm, carrying_out.resolve_whistle, _("Given. Its clock runs."), is_main=True,
        ),
        _S(
            "claim", _("Say that all is done"), _("Is all of it done?"), "done", _claim,
            forms.ClaimForm, closing.claim_whistle, _("Said. The street looks at it now."), is_main=True,
        ),
        _S(
            "check", _("Look whether it is done"), _("Is it really done?"), "eye", policies.can_check_whistle,
            forms.CheckForm, closing.check_whistle, _("Written down."), is_main=True,
        ),
        _S(
            "close", _("Reply and close"), _("Tell the residents how it ended"), "message",
            _alone(policies.can_close_whistle), forms.CloseForm, closing.close_whistle,
            _("Closed. The residents can read it."), is_main=True,
        ),
        _S(
            "backfill", _("Write up plan and meeting"), _("Written up after the emergency"), "write", _backfill,
            forms.BackfillForm, carrying_out.backfill_whistle, _("Written up."),
        ),
        _S(
            "nudge", _("Remind the units"), _("Remind the units that have not answered"), "bell", _run("nudge"),
            forms.NudgeForm, answering.nudge_whistle, _("Reminded."),
        ),
        _S(
            "meeting-time", _("Move the meeting"), _("Another hour or place"), "calendar", _run("meeting-time"),
            forms.MeetingTimeForm, carrying_out.move_meeting, _("Moved. The units are told."),
        ),
        _S(
            "add-unit", _("Call one more unit"), _("Which unit should help?"), "plus", _run("add-unit"),
            forms.AddUnitForm, answering.add_unit, _("Called. Its clocks run."),
        ),
        _S(
            "raise", _("Raise to the district"), _("Put it before the district"), "upload",
            _alone(policies.can_raise_whistle), forms.ReasonForm, carrying_out.raise_whistle,
            _("The district knows of it."),
        ),
        _S(
            "look", _("Monthly review"), _("How does it stand, and what comes next?"), "eye",
            _alone(policies.can_look_at_whistle), forms.LookForm, reviewing.look_at_whistle,
            _("Written down. The next review is due in a month."),
        ),
        _S(
            "send-back", _("Give it back"), _("What should be changed?"), "return",
            _alone(policies.can_send_back_whistle), forms.ReasonForm, drafting.send_back_whistle, _("Given back."),
            stops=True,
        ),
        _S(
            "cancel", _("Call off the whistle"), _("Why is it called off?"), "x", _alone(policies.can_cancel_whistle),
            forms.ReasonForm, drafting.cancel_whistle, _("Called off. No unit was called."), stops=True,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class CallStep:
    """A verb about one unit."""

    verb: str
    label: Promise
    title: Promise
    icon: str
    allowed: Callable[[Actor, Call], bool]
    form: type[forms.WhistleForm]
    run: Callable[..., Any]
    done: Promise
    by_unit: bool = False  # the unit says it; also by its link

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:call-{self.verb}"


def _answers(verb: str) -> Callable[[Actor, Call], bool]:
    return lambda actor, call: policies.can_answer_call(actor, call, verb)


_C = CallStep
CALL_VERBS: dict[str, CallStep] = {
    step.verb: step
    for step in (
        _C(
            "sign", _("Sign for it"), _("Sign for the call"), "check", _answers("sign"),
            calls.SignForm, answering.sign_call, _("Signed for. Talk with the street, and come."), by_unit=True,
        ),
        _C(
            "contact", _("We have talked"), _("You have talked with the street"), "phone", _answers("contact"),
            calls.ContactForm, answering.contact_call, _("Written down."), by_unit=True,
        ),
        _C(
            "arrive", _("We have come"), _("You have come"), "people", _answers("arrive"),
            calls.ArriveForm, answering.arrive_call, _("Written down. The residents can read it."), by_unit=True,
        ),
        _C(
            "report", _("Say what was done"), _("What your unit did"), "write", _answers("report"),
            calls.ReportPhotosForm, answering.report_call, _("Written down."), by_unit=True,
        ),
        _C(
            "dispute", _("Not our duty"), _("This is not your duty?"), "return", _answers("dispute"),
            calls.DisputeForm, answering.dispute_call, _("The street rules on it. Until then your clock goes on."),
            by_unit=True,
        ),
        _C(
            "rule", _("Rule on it"), _("Does this unit have to come?"), "flag", policies.can_rule_call,
            calls.RuleForm, answering.rule_call, _("Ruled. It binds."),
        ),
        _C(
            "absent", _("Did not come"), _("This unit did not come"), "late", policies.can_mark_absent,
            calls.AbsentForm, answering.mark_absent, _("Written down. The others go on."),
        ),
        _C(
            "rate", _("Rate"), _("How was this unit?"), "done", policies.can_rate_call,
            calls.RateForm, closing.rate_call, _("Rated."),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Button:
    """A step open to this person now."""

    step: WhistleStep
    is_main: bool


def open_whistle_steps(actor: Actor, whistle: Whistle, calls: list[Call], *, may_lead: bool = True) -> list[Button]:
    """Only what lifecycle and posts allow, the main one first; none is the main one when something else comes first."""
    fitting = [step for step in WHISTLE_VERBS.values() if whistle.fits(step.verb)]
    allowed = [step for step in fitting if step.allowed(actor, whistle, calls)]
    if whistle.state == WhistleState.CARRYING_OUT and any(step.verb == "claim" for step in allowed):
        allowed.sort(key=lambda step: step.verb != "claim")
    return [Button(step, is_main=may_lead and place == 0 and step.is_main) for place, step in enumerate(allowed)]


def open_call_steps(actor: Actor, call: Call) -> list[CallStep]:
    """The steps of one unit that are open to this person. Nobody is absent before their time is over."""
    early = call.arrive_due is not None and timezone.now() <= call.arrive_due
    return [s for s in CALL_VERBS.values() if s.allowed(actor, call) and not (s.verb == "absent" and early)]
