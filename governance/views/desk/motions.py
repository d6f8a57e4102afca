"""A motion on the desk: the sum while people vote, every step, typing paper ballots, counting again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError, RuleError, require
from core.htmx import go, page_or_part
from governance.decisions import Outcome
from governance.forms import votes as forms
from governance.lifecycle.meetings import ItemOutcome
from governance.lifecycle.motions import MOTION_FITS, MotionState
from governance.models import AgendaItem, DecisionRule, Meeting, Motion
from governance.policies import voting as policies
from governance.policies.meetings import can_lead_session
from governance.selectors.meetings.lists import meetings_visible_to
from governance.selectors.votes import motion_facts, motions_with_all, voters_list
from governance.services.meetings.session import finish_item
from governance.services.voting import ballots, counting, motions
from governance.services.voting.motions import rules_for
from governance.views.desk.detail import refuse
from governance.views.desk.voters import meeting_for
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest


@dataclass(frozen=True, eq=False)
class MotionStep:
    """A verb of a motion: `MOTION_FITS` says when it fits, `allowed` who may take it."""

    verb: str
    fits_as: str  # its name in MOTION_FITS
    label: Promise
    title: Promise
    icon: str
    allowed: Callable[[Actor, Motion], bool]
    form: type[forms.StepForm]
    run: Callable[..., Any]
    done: Promise
    one_press: bool = False
    stops: bool = False
    doubts: bool = False  # never the main step: a count that nobody doubts stands
    when: Callable[[Motion], bool] = lambda _motion: True

    @property
    def url_name(self) -> str:
        """Where the step's page is."""
        return f"governance:motion-{self.verb}"

    def is_open_to(self, actor: Actor, motion: Motion) -> bool:
        """Fits, and this person may. The service asks again."""
        return motion.state in MOTION_FITS[self.fits_as] and self.when(motion) and self.allowed(actor, motion)


STEPS: dict[str, MotionStep] = {
    step.verb: step
    for step in (
        MotionStep(
            "open", "open", _("Open the vote"), _("Open the vote"), "run", policies.can_open_motion,
            forms.StepForm, motions.open_motion, _("Voting is open, on paper and by phone."), one_press=True,
        ),
        MotionStep(
            "type", "cast", _("Enter paper ballots"), _("Enter paper ballots"), "write", policies.can_type_ballots,
            forms.PilesForm, ballots.type_ballots, _("Entered. They are in the sum."),
            when=lambda motion: not motion.is_secret,
        ),
        MotionStep(
            "type-secret", "cast", _("Enter paper ballots"), _("Enter the ballots of the box"), "write",
            policies.can_type_ballots, forms.SecretPilesForm, ballots.type_secret_ballots,
            _("Entered. They are in the sum."), when=lambda motion: motion.is_secret,
        ),
        MotionStep(
            "close", "close", _("End the voting"), _("End the voting"), "check", policies.can_close_motion,
            forms.StepForm, motions.close_motion, _("Ended. No ballot is taken any more."),
        ),
        MotionStep(
            "decide", "decide", _("Count"), _("Count"), "check", policies.can_decide_motion,
            forms.StepForm, counting.decide_motion, _("Counted. The sum is below."), one_press=True,
        ),
        MotionStep(
            "recount", "recount", _("Enter my count"), _("What did you find in the box?"), "again",
            policies.can_recount_motion, forms.RecountForm, counting.recount_motion, _("Your count is written down."),
        ),
        MotionStep(
            "ask-recount", "ask-recount", _("Count again"), _("Have somebody else count again"), "again",
            policies.can_ask_recount, forms.ReasonForm, counting.ask_recount,
            _("Until somebody else has counted, nothing is decided."),
            doubts=True,
        ),
        MotionStep(
            "second", "second", _("Second it"), _("Who seconds it?"), "people", policies.can_second_motion,
            forms.SecondForm, motions.second_motion, _("Seconded."),
        ),
        MotionStep(
            "amend", "amend", _("Change the motion"), _("Change the motion"), "write", policies.can_amend_motion,
            forms.MotionForm, motions.amend_motion, _("Changed. Whoever seconded it does so again."),
        ),
        MotionStep(
            "withdraw", "withdraw", _("Take the motion back"), _("Take the motion back"), "x",
            policies.can_withdraw_motion, forms.ReasonForm, motions.withdraw_motion, _("Taken back."), stops=True,
        ),
        MotionStep(
            "void", "void", _("Declare it void"), _("Declare the vote void"), "x", policies.can_void_motion,
            forms.ReasonForm, counting.void_motion, _("Void. It can be put to the vote again."), stops=True,
        ),
    )
}  # fmt: skip


def motion_for(request: PortalRequest, motion_id: int) -> Motion:
    """The motion, if the actor may see its meeting at all: everything else is 404."""
    seen = motions_with_all().filter(meeting__in=meetings_visible_to(request.actor))
    return get_object_or_404(seen, pk=motion_id)


@require_safe
@login_required
def motion_detail(request: PortalRequest, motion_id: int) -> HttpResponse:
    """The motion with its sum; while people vote, the sum is fetched anew every few seconds."""
    motion = motion_for(request, motion_id)
    require(policies.can_see_votes(request.actor, motion.meeting))
    return page_or_part(
        request, "governance/motion_detail.html", "governance/_motion_sum.html", _context(request, motion)
    )


def _context(request: PortalRequest, motion: Motion) -> dict[str, Any]:
    actor = request.actor
    buttons = [step for step in STEPS.values() if step.is_open_to(actor, motion)]
    facts = motion_facts(motion)
    counted = actor.user_id in {tally.counted_by_id for tally in motion.tallies.all()}
    buttons = [step for step in buttons if not _is_counted_out(step, motion, counted=counted)]
    can_repeat = motion.state == MotionState.VOID and policies.can_propose_motion(actor, motion.meeting)
    return {
        "motion": motion,
        "meeting": motion.meeting,
        "buttons": buttons,
        "main": next((step.verb for step in buttons if not (step.stops or step.doubts)), ""),
        "can_repeat": can_repeat,
        "has_minutes": motion.meeting.minutes.filter(confirmed_at__isnull=False).exists(),
        "can_carry": motion.outcome == Outcome.NOT_QUORATE and can_lead_session(actor, motion.meeting, "item"),
        "counted_before": counted and motion.state == MotionState.RECOUNTING,
        **facts,
    }


def _is_counted_out(step: MotionStep, motion: Motion, *, counted: bool) -> bool:
    """Counting again is for who has not counted, three times at most; what was counted again is not asked for anew."""
    counts = len(motion.tallies.all())
    if step.verb == "recount":
        return counted or counts >= counting.MOST_COUNTS
    return step.verb == "ask-recount" and counts > 1


def _rules(meeting: Meeting) -> list[DecisionRule]:
    """Those that can be opened: once the list of voters is frozen, what it counts decides."""
    listed, rules = voters_list(meeting), rules_for(meeting)
    return [rule for rule in rules if rule.base == listed.base] if listed and listed.is_frozen else rules


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def motion_new(request: PortalRequest, number: str, item_id: int) -> HttpResponse:
    """Write down what somebody moves; `again` names a void vote that is put once more."""
    meeting = meeting_for(request, number)
    require(policies.can_propose_motion(request.actor, meeting))
    item = get_object_or_404(meeting.agenda, pk=item_id)
    rules = _rules(meeting)
    old = _void_motion(meeting, request.GET.get("again", ""))
    if request.method != "POST":
        form = forms.MotionForm(rules=rules, motion=old)
        return _new_page(request, form, meeting, item)
    form = forms.MotionForm(request.POST, rules=rules)
    if form.is_valid():
        try:
            motion = motions.propose_motion(
                item_id=item.pk, actor=request.actor, replaces_id=old.pk if old else None, **form.arguments()
            )
        except RuleError as error:
            refuse(form, error)
        else:
            return go(request, reverse("governance:motion-detail", args=[motion.pk]))
    return _new_page(request, form, meeting, item, status=422)


def _void_motion(meeting: Meeting, pk: str) -> Motion | None:
    """The void vote that is put again, if the address names one."""
    return meeting.motions.filter(pk=pk, state=MotionState.VOID).first() if pk.isdecimal() else None


def _new_page(
    request: PortalRequest, form: forms.MotionForm, meeting: Meeting, item: AgendaItem, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "meeting": meeting, "item": item}
    return render(request, "governance/motion_new.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def motion_step(request: PortalRequest, motion_id: int, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs the step's service."""
    motion, step = motion_for(request, motion_id), STEPS[verb]
    if motion.state not in MOTION_FITS[step.fits_as] or not step.when(motion):
        return _too_late(request, motion)
    require(step.allowed(request.actor, motion))
    sent = {"data": request.POST} if request.method == "POST" else {}
    form = step.form(**sent, motion=motion, rules=_rules(motion.meeting))
    if request.method != "POST":
        return _step_page(request, motion, step, form)
    if not form.is_valid():
        return _step_page(request, motion, step, form, status=422)
    try:
        step.run(motion_id=motion.pk, actor=request.actor, **form.arguments())
    except RuleError as error:
        refuse(form, error)
        return _step_page(request, motion_for(request, motion_id), step, form, status=422)
    except NotAllowedError:
        now = motion_for(request, motion_id)
        if now.state == motion.state:
            raise
        return _too_late(request, now)
    messages.success(request, str(step.done))
    return go(request, reverse("governance:motion-detail", args=[motion.pk]))


def _step_page(
    request: PortalRequest, motion: Motion, step: MotionStep, form: forms.StepForm, *, status: int = 200
) -> HttpResponse:
    context = {"motion": motion, "meeting": motion.meeting, "step": step, "form": form}
    return render(request, "governance/motion_step.html", context, status=status)


def _too_late(request: PortalRequest, motion: Motion) -> HttpResponse:
    """The step does not fit (any more): say what the motion is by now."""
    words = _("This motion is now “%(state)s”, so this step does not fit any more.")
    message = str(words) % {"state": motion.state_label}
    if request.method != "POST":
        messages.info(request, message)
        return redirect("governance:motion-detail", motion.pk)
    context = {**_context(request, motion), "refused": message}
    return render(request, "governance/motion_detail.html", context, status=422)


@login_required
@require_POST
def motion_carry(request: PortalRequest, motion_id: int) -> HttpResponse:
    """Too few took part: the item goes on to the next meeting."""
    motion = motion_for(request, motion_id)
    require(can_lead_session(request.actor, motion.meeting, "item"))
    try:
        finish_item(
            meeting_id=motion.meeting_id, actor=request.actor, item_id=motion.item_id, outcome=ItemOutcome.CARRIED
        )
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It goes on to the next meeting."))
    return go(request, reverse("governance:motion-detail", args=[motion.pk]))
