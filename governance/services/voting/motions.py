"""A motion until people vote on it: moved, seconded, opened, ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.decisions import Base, Choice
from governance.lifecycle.motions import (
    MOTION_AMENDED,
    MOTION_CLOSED,
    MOTION_OPENED,
    MOTION_PROPOSED,
    MOTION_SECONDED,
    MOTION_WITHDRAWN,
    How,
    MotionState,
)
from governance.models import AgendaItem, DecisionRule, Meeting, Motion, Urn
from governance.policies import voting as policies
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


@dataclass(frozen=True)
class Wording:
    """What is moved, and how it is voted on."""

    text: str
    rule_id: int
    is_secret: bool = False
    proposer: str = ""


@transaction.atomic
def propose_motion(
    *, item_id: int, actor: Actor, wording: Wording, replaces_id: int | None = None, at: datetime | None = None
) -> Motion:
    """Write down a motion under an item of the agenda; a void one may be put again."""
    item = AgendaItem.objects.get(pk=item_id)
    meeting = locked_meeting(item.meeting_id)
    require(policies.can_propose_motion(actor, meeting))
    rule = _rule_for(meeting, wording)
    replaces = _void_motion(replaces_id, meeting)
    at = at or timezone.now()
    last = meeting.motions.aggregate(last=Max("order"))["last"] or 0
    motion = Motion.objects.create(
        item=item,
        meeting=meeting,
        order=last + 1,
        text=wording.text,
        rule=rule,
        is_secret=wording.is_secret,
        proposer=wording.proposer,
        proposed_at=at,
        proposed_by_id=actor.user_id,
        replaces=replaces,
    )
    write_line(motion, kind=MOTION_PROPOSED, actor=actor, at=at, to_state=motion.state)
    tell(MOTION_PROPOSED, motion, actor)
    return motion


@transaction.atomic
def amend_motion(*, motion_id: int, actor: Actor, wording: Wording) -> Motion:
    """Change it before anybody votes. Whoever seconded it has to do so again."""
    motion = locked_motion(motion_id)
    require_step(motion, "amend")
    require(policies.can_amend_motion(actor, motion))
    rule = _rule_for(motion.meeting, wording)
    before = motion.text if motion.text != wording.text else _counted_so(motion)
    at = timezone.now()
    motion.text, motion.rule, motion.is_secret = wording.text, rule, wording.is_secret
    motion.proposer, motion.seconder, motion.state = wording.proposer, "", MotionState.PROPOSED
    motion.save(update_fields=["text", "rule", "is_secret", "proposer", "seconder", "state"])
    write_line(motion, kind=MOTION_AMENDED, actor=actor, at=at, to_state=motion.state, reason=before[:400])
    tell(MOTION_AMENDED, motion, actor)
    return motion


def _counted_so(motion: Motion) -> str:
    """How it was to be voted on, when nothing else was changed."""
    return "，".join([motion.rule.name_zh, *([_("secret")] if motion.is_secret else [])])


@transaction.atomic
def second_motion(*, motion_id: int, actor: Actor, seconder: str) -> Motion:
    """Write down who seconds it; not whoever moved it."""
    motion = locked_motion(motion_id)
    require_step(motion, "second")
    require(policies.can_second_motion(actor, motion))
    if not seconder or seconder == motion.proposer:
        raise RuleError(_("Somebody else seconds a motion, not whoever moved it."), field="seconder")
    move_motion(motion, MotionState.SECONDED, kind=MOTION_SECONDED, actor=actor, at=timezone.now())
    motion.seconder = seconder
    motion.save(update_fields=["state", "seconder"])
    tell(MOTION_SECONDED, motion, actor)
    return motion


@transaction.atomic
def withdraw_motion(*, motion_id: int, actor: Actor, reason: str) -> Motion:
    """Take it back before anybody votes."""
    motion = locked_motion(motion_id)
    require_step(motion, "withdraw")
    require(policies.can_withdraw_motion(actor, motion))
    move_motion(motion, MotionState.WITHDRAWN, kind=MOTION_WITHDRAWN, actor=actor, at=timezone.now(), reason=reason)
    motion.reason = reason
    motion.save(update_fields=["state", "reason"])
    tell(MOTION_WITHDRAWN, motion, actor)
    return motion


@transaction.atomic
def open_motion(*, motion_id: int, actor: Actor) -> Motion:
    """Let people vote. The list of voters must be frozen, untouched, and count what the rule counts."""
    meeting = locked_meeting(Motion.objects.values_list("meeting_id", flat=True).get(pk=motion_id))
    motion = locked_motion(motion_id)
    require_step(motion, "open")
    if meeting.state not in policies.VOTING and policies.can_amend_motion(actor, motion):
        raise RuleError(_("Voting opens once the meeting has been announced."))
    require(policies.can_open_motion(actor, motion))
    _require_list(motion)
    if not motion.item.is_vote and not motion.rule.is_advice:
        raise RuleError(
            _("No vote was announced for this item of the agenda, so only a poll can be held: put it on the next one.")
        )
    at = timezone.now()
    move_motion(motion, MotionState.OPEN, kind=MOTION_OPENED, actor=actor, at=at)
    motion.opened_at = at
    motion.save(update_fields=["state", "opened_at"])
    if motion.is_secret:
        Urn.objects.bulk_create([Urn(motion=motion, how=how, choice=choice) for how in How for choice in Choice])
    tell(MOTION_OPENED, motion, actor)
    return motion


@transaction.atomic
def close_motion(*, motion_id: int, actor: Actor) -> Motion:
    """End the voting. Ballots under way are waited for; later ones are refused."""
    motion = locked_motion(motion_id)
    require_step(motion, "close")
    require(policies.can_close_motion(actor, motion))
    at = timezone.now()
    move_motion(motion, MotionState.CLOSED, kind=MOTION_CLOSED, actor=actor, at=at)
    motion.closed_at, motion.closed_by_id = at, actor.user_id
    motion.save(update_fields=["state", "closed_at", "closed_by_id"])
    if motion.is_secret:
        _seal_urn(motion)
    tell(MOTION_CLOSED, motion, actor, ballots=motion.ballots.count())
    return motion


def _seal_urn(motion: Motion) -> None:
    """As many votes as people who voted. Writing every row anew leaves none that only the last voter has touched."""
    motion.urn.update(number=F("number"))
    inside = motion.urn.aggregate(all=Sum("number"))["all"] or 0
    if inside != motion.ballots.count():
        raise RuleError(_("The urn does not hold as many ballots as people voted. Tell the administrator."))


def rules_for(meeting: Meeting, on: datetime | None = None) -> list[DecisionRule]:
    """The newest version of every rule in force that fits the meeting: the assembly has its own."""
    day = timezone.localdate(on)
    newest = DecisionRule.objects.filter(valid_from__lte=day).order_by("code", "-valid_from").distinct("code")
    fitting = [rule for rule in newest if rule.is_statutory == meeting.is_statutory]
    return sorted(fitting, key=lambda rule: (rule.order, rule.code))


def _rule_for(meeting: Meeting, wording: Wording) -> DecisionRule:
    rule = next((rule for rule in rules_for(meeting) if rule.pk == wording.rule_id), None)
    if rule is None:
        raise RuleError(_("This rule is not in force for this kind of meeting."), field="rule")
    if wording.is_secret and rule.base == Base.AREA:
        raise RuleError(
            _("A vote that counts floor area cannot be secret: the area would tell who it was."), field="is_secret"
        )
    return rule


def _require_list(motion: Motion) -> None:
    voters = voters_of(motion.meeting_id)
    if voters is None or not voters.is_frozen:
        raise RuleError(_("First freeze the list of voters: everybody must know who may vote."))
    if voters.base != motion.rule.base:
        raise RuleError(
            _("The list counts %(list)s, the rule %(rule)s. Choose another rule.")
            % {"list": voters.get_base_display(), "rule": motion.rule.get_base_display()}
        )
    require_untouched(voters)


def _void_motion(motion_id: int | None, meeting: Meeting) -> Motion | None:
    if motion_id is None:
        return None
    old = meeting.motions.filter(pk=motion_id, state=MotionState.VOID, repeated_by=None).first()
    if old is None:
        raise RuleError(_("Only a void vote is put again, and once."))
    return old
