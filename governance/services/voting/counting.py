"""Counting: the sum, the outcome, and counting again. Counts that differ are never settled silently."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.decisions import Choice, Count, CountError, Decision, Weight, decide
from governance.lifecycle.motions import (
    MOTION_DECIDED,
    MOTION_RECOUNT_ASKED,
    MOTION_RECOUNTED,
    MOTION_VOIDED,
    How,
    MotionState,
)
from governance.models import Motion, Tally
from governance.policies import voting as policies
from governance.selectors.voting import figures_of, said_by
from governance.services.moves import person
from governance.services.voting.moves import (
    locked_meeting,
    locked_motion,
    move_motion,
    require_step,
    tell,
    voters_of,
    write_line,
)
from governance.services.voting.voters import require_untouched
from neighborhoods.actors import Actor

MOST_COUNTS = 3


@transaction.atomic
def decide_motion(*, motion_id: int, actor: Actor) -> Motion:
    """The first count: everything that was cast, by the rule of the motion."""
    motion = locked_motion(motion_id)
    require_step(motion, "decide")
    require(policies.can_decide_motion(actor, motion))
    voters = voters_of(motion.meeting_id)
    if voters is None:
        raise RuleError(_("There is no list of voters yet."))
    require_untouched(voters)
    figures = figures_of(motion, voters)
    decision = decide(motion.rule.rule, figures)
    _write_tally(motion, figures, number=1, actor=actor)
    _settle(motion, decision, kind=MOTION_DECIDED, actor=actor)
    return motion


@transaction.atomic
def ask_recount(*, motion_id: int, actor: Actor, reason: str) -> Motion:
    """Have somebody else count again. Until then nothing is decided."""
    locked_meeting(Motion.objects.values_list("meeting_id", flat=True).get(pk=motion_id))  # minutes wait for it
    motion = locked_motion(motion_id)
    require_step(motion, "ask-recount")
    require(policies.can_ask_recount(actor, motion))
    if motion.tallies.count() > 1:
        raise RuleError(_("This has been counted again already, by somebody else and with the same result."))
    move_motion(
        motion, MotionState.RECOUNTING, kind=MOTION_RECOUNT_ASKED, actor=actor, at=timezone.now(), reason=reason
    )
    motion.tallies.update(is_valid=False)
    motion.outcome, motion.decided_at, motion.reason = "", None, reason
    motion.save(update_fields=["state", "outcome", "decided_at", "reason"])
    tell(MOTION_RECOUNT_ASKED, motion, actor)
    return motion


@transaction.atomic
def recount_motion(*, motion_id: int, actor: Actor, paper: Mapping[Choice, Weight]) -> Motion:
    """Another person's count of the paper ballots; those cast by phone are added.

    Two counts that agree decide. Two that differ decide nothing: a third person counts, and when all three differ the
    vote is void.
    """
    motion = locked_motion(motion_id)
    require_step(motion, "recount")
    require(policies.can_recount_motion(actor, motion))
    earlier = list(motion.tallies.all())
    if person(actor) in {tally.counted_by_id for tally in earlier}:
        raise RuleError(_("You have counted this before. Somebody else counts again."))
    if len(earlier) == MOST_COUNTS:
        raise RuleError(_("Three people have counted, and no two agree. Declare the vote void and vote again."))
    figures = _recounted(motion, earlier[0], paper)
    tally = _write_tally(motion, figures, number=len(earlier) + 1, actor=actor)
    if any(tally.said == other.said for other in earlier):
        _settle(motion, decide(motion.rule.rule, figures), kind=MOTION_RECOUNTED, actor=actor)
    else:
        write_line(motion, kind=MOTION_RECOUNTED, actor=actor, at=timezone.now(), reason=_differs(earlier, tally))
        tell(MOTION_RECOUNTED, motion, actor, count=tally.number, differs=True)
    return motion


@transaction.atomic
def void_motion(*, motion_id: int, actor: Actor, reason: str) -> Motion:
    """Declare the vote void: it says nothing, and may be put again as a new motion."""
    motion = locked_motion(motion_id)
    require_step(motion, "void")
    require(policies.can_void_motion(actor, motion))
    if not reason:
        raise RuleError(_("Say why."), field="reason")
    move_motion(motion, MotionState.VOID, kind=MOTION_VOIDED, actor=actor, at=timezone.now(), reason=reason)
    motion.reason = reason
    motion.save(update_fields=["state", "reason"])
    tell(MOTION_VOIDED, motion, actor)
    return motion


def _recounted(motion: Motion, first: Tally, paper: Mapping[Choice, Weight]) -> Count:
    """The paper of this count and what was cast by phone; who was there does not change by counting."""
    voters = voters_of(motion.meeting_id)
    if voters is None:
        raise RuleError(_("There is no list of voters yet."))
    online = said_by(motion, How.ONLINE)
    votes = {choice: paper.get(choice, Weight()) + online[choice] for choice in Choice}
    try:
        return Count(voters.weight, Weight(first.present_number, first.present_area), votes)
    except CountError:
        raise RuleError(
            _("That is more than the %(people)d who took part. Count again.") % {"people": first.present_number}
        ) from None


def _write_tally(motion: Motion, figures: Count, *, number: int, actor: Actor) -> Tally:
    said = figures.said
    return Tally.objects.create(
        motion=motion,
        number=number,
        counted_by_id=person(actor),
        counted_by_label=actor.label,
        at=timezone.now(),
        votes_for=said(Choice.FOR).number,
        votes_against=said(Choice.AGAINST).number,
        votes_abstain=said(Choice.ABSTAIN).number,
        area_for=said(Choice.FOR).area,
        area_against=said(Choice.AGAINST).area,
        area_abstain=said(Choice.ABSTAIN).area,
        present_number=figures.present.number,
        present_area=figures.present.area,
    )


def _settle(motion: Motion, decision: Decision, *, kind: str, actor: Actor) -> None:
    """The newest count holds: it agrees with an earlier one, or is the only one."""
    newest = motion.tallies.order_by("-number").first()
    if newest is None:
        raise RuleError(_("Nobody has counted yet."))
    newest.is_valid = True
    newest.save(update_fields=["is_valid"])
    at = timezone.now()
    move_motion(motion, MotionState.DECIDED, kind=kind, actor=actor, at=at, reason=decision.outcome.value)
    motion.outcome, motion.decided_at = decision.outcome, at
    motion.save(update_fields=["state", "outcome", "decided_at"])
    tell(kind, motion, actor, outcome=decision.outcome, count=newest.number)


def _differs(earlier: list[Tally], newest: Tally) -> str:
    parts = [
        f"{tally.number}: {tally.votes_for}/{tally.votes_against}/{tally.votes_abstain}" for tally in [*earlier, newest]
    ]
    return _("The counts differ (%(counts)s).") % {"counts": "；".join(parts)}
