"""The steps of an issue as buttons: which there are, when they fit, who may take them, and what they run."""

from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_lazy as _

from governance import policies
from governance.forms import desk as forms
from governance.lifecycle import FITS, State
from governance.lifecycle.asking import Asked
from governance.models import Issue
from governance.selectors.joint import ruled_out
from governance.services.answers import explain_issue, record_callback, reopen_issue
from governance.services.dispatch import ask_ruling, dispatch_issue, refuse_issue, return_issue, sign_issue, take_issue
from governance.services.following import publish_issue
from governance.services.handling import change_urgency, check_issue, log_contact, note_issue, reply_issue
from governance.services.nudges import nudge_issue
from governance.views.desk.clock_steps import CLOCK_STEPS
from governance.views.desk.dismissal_steps import DISMISSAL_STEPS
from governance.views.desk.hard_steps import HARD_STEPS
from governance.views.desk.step_kind import StepKind
from neighborhoods.actors import Actor

# Steps that need a telephone, and what the resident reads about it.
CALL_REASONS = {"contact": _("to talk with you about your case"), "callback": _("to ask you whether it is solved")}


def _can_dispatch(actor: Actor, issue: Issue) -> bool:
    if issue.state in FITS["take"]:
        return policies.can_accept_issue(actor, issue)
    return policies.can_dispatch_issue(actor, issue)


STEPS: dict[str, StepKind] = {
    step.verb: step
    for step in (
        StepKind(
            "take",
            _("Take it on"),
            _("Take this case on"),
            "check",
            policies.can_take_issue,
            forms.StepForm,
            take_issue,
            _("It is yours now. Contact the resident next."),
            one_press=True,
            rank=1,
        ),
        StepKind(
            "sign",
            _("Sign for it"),
            _("Sign for this case"),
            "check",
            policies.can_sign_issue,
            forms.StepForm,
            sign_issue,
            _("Signed for. Contact the resident next."),
            one_press=True,
            rank=1,
            done_part=_("Signed for. Reply when your part is done."),
        ),
        StepKind(
            "rule",
            _("Decide who handles it"),
            _("Who handles it? The decision binds"),
            "flag",
            policies.can_rule_issue,
            forms.GoalForm,
            dispatch_issue,
            _("Decided. It cannot be sent back any more."),
            rank=2,
        ),
        StepKind(
            "dispatch",
            _("Dispatch"),
            _("To whom does this case go?"),
            "go",
            _can_dispatch,
            forms.GoalForm,
            dispatch_issue,
            _("Dispatched. The clock runs."),
            rank=3,
        ),
        StepKind(
            "ask-ruling",
            _("Ask for a ruling"),
            _("What should the street decide?"),
            "flag",
            policies.can_ask_ruling,
            forms.AskRulingForm,
            ask_ruling,
            _("The street decides now; whoever gets it then keeps it."),
            rank=12,
        ),
        StepKind(
            "reply",
            _("Write the reply"),
            _("Reply to the resident"),
            "message",
            policies.can_reply_issue,
            forms.ReplyForm,
            reply_issue,
            _("Sent. The resident is asked whether it is solved."),
            rank=5,
            send=_("Send the reply"),
            done_part=_("Sent. Whoever split the case checks it and answers the resident."),
            is_read_by_all=True,
        ),
        StepKind(
            "contact",
            _("Note a contact"),
            _("You contacted the resident"),
            "phone",
            policies.can_contact_issue,
            forms.ContactForm,
            log_contact,
            _("Noted."),
            rank=6,
            send=_("Save the note"),
        ),
        StepKind(
            "check",
            _("Check the reply"),
            _("Is it really done?"),
            "eye",
            policies.can_check_issue,
            forms.CheckForm,
            check_issue,
            _("Checked."),
            rank=4,
        ),
        StepKind(
            "callback",
            _("Call back"),
            _("Ask the resident"),
            "phone",
            policies.can_call_back_issue,
            forms.CallBackForm,
            record_callback,
            _("Noted. Whoever was not reached is called again, on another day too."),
            rank=7,
            ended=_("Noted. The case is solved and closed."),
            send=_("Save the answer"),
        ),
        StepKind(
            "redispatch",
            _("Give it to somebody else"),
            _("Who handles it instead?"),
            "swap",
            policies.can_redispatch_issue,
            forms.RedispatchForm,
            partial(dispatch_issue, again=True),
            _("Dispatched anew."),
            rank=40,
        ),
        StepKind(
            "nudge",
            _("Remind the holder"),
            _("Remind whoever holds it"),
            "bell",
            policies.can_nudge_issue,
            forms.NudgeForm,
            nudge_issue,
            _("Reminded."),
            rank=30,
        ),
        StepKind(
            "explain",
            _("Close with an explanation"),
            _("Explain and close"),
            "doc",
            policies.can_explain_issue,
            forms.ExplainForm,
            explain_issue,
            _("Closed with an explanation."),
            rank=20,
            is_read_by_all=True,
        ),
        StepKind(
            "reopen",
            _("Reopen"),
            _("Reopen this case"),
            "again",
            policies.can_reopen_issue,
            forms.ReopenForm,
            reopen_issue,
            _("Reopened on a new clock."),
            rank=45,
        ),
        StepKind(
            "note",
            _("Leave a note"),
            _("A note among colleagues"),
            "write",
            policies.can_note_issue,
            forms.NoteForm,
            note_issue,
            _("Noted."),
            rank=60,
        ),
        StepKind(
            "urgency",
            _("Change the urgency"),
            _("How urgent is this case?"),
            "flag",
            policies.can_change_urgency,
            forms.UrgencyForm,
            change_urgency,
            _("Changed. The clocks run by the new limits."),
            rank=61,
        ),
        StepKind(
            "publish",
            _("Show or withhold"),
            _("What neighbours may read"),
            "eye",
            policies.can_publish_issue,
            forms.PublishForm,
            publish_issue,
            _("Saved."),
            rank=62,
            needs_consent=True,
        ),
        StepKind(
            "return",
            _("Send it back"),
            _("Send this case back"),
            "return",
            policies.can_return_issue,
            forms.ReturnForm,
            return_issue,
            _("Sent back."),
            stops=True,
            rank=70,
        ),
        StepKind(
            "refuse",
            _("Do not accept"),
            _("This case is not accepted"),
            "x",
            policies.can_refuse_issue,
            forms.RefuseForm,
            refuse_issue,
            _("Not accepted. The resident reads the reason and where to turn."),
            stops=True,
            rank=71,
        ),
        *HARD_STEPS,
        *CLOCK_STEPS,
        *DISMISSAL_STEPS,
    )
}
MAIN_BELOW = 10  # steps of a higher rank are never the vermilion one


@dataclass(frozen=True)
class Button:
    """A step open to this person on this issue now."""

    step: StepKind
    is_main: bool


_FITTING = {state: [step for step in STEPS.values() if state in FITS[step.verb]] for state in State}


def open_steps(actor: Actor, issue: Issue) -> tuple[Button, ...]:
    """Only what lifecycle and posts allow, the main one first."""
    fitting = [s for s in _FITTING[State(issue.state)] if issue.is_public or not s.needs_consent]
    out = ruled_out(issue)
    open_now = [s for s in fitting if s.verb not in out and s.is_open_to(actor, issue)]
    ranked = sorted(((_rank(s, issue), s) for s in open_now), key=lambda pair: pair[0])
    return tuple(Button(step, is_main=place == 0 and rank < MAIN_BELOW) for place, (rank, step) in enumerate(ranked))


def _rank(step: StepKind, issue: Issue) -> int:
    """Before the first talk, the talk comes before the reply; after a call-back, a decision before another call."""
    if issue.state == State.SIGNED and step.verb == "contact" and not issue.part_of_id:
        return 4
    is_answered = issue.called_back_by_id or issue.asked == Asked.REOPEN
    if issue.state == State.CALLBACK and is_answered and step.verb == "reopen":
        return 6
    if issue.asked == Asked.REOPEN and step.verb == "callback":  # they have answered; somebody decides
        return MAIN_BELOW
    return step.rank


def main_step(actor: Actor, issue: Issue) -> StepKind | None:
    """The one thing to do, for a line of Today: the main step, else a reminder."""
    buttons = open_steps(actor, issue)
    if buttons and buttons[0].is_main:
        return buttons[0].step
    return next((b.step for b in buttons if b.step.verb == "nudge"), None)
