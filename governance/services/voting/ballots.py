"""Casting a ballot: by phone with a personal link, or typed from paper. Nobody votes twice, nobody after the end.

Whoever casts holds the motion shared, so ballots do not wait for each other; whoever ends the voting holds it alone,
waits for them, and every later one finds it closed. Two ballots of one voter meet at a unique constraint.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.wording import say_exactly
from governance.decisions import Choice
from governance.lifecycle.motions import MOTION_CAST, MOTION_FITS, How, MotionState
from governance.models import Ballot, Entitled, EntitledList, Motion, Urn
from governance.policies import voting as policies
from governance.services.moves import person
from governance.services.voting.moves import motion_to_vote_on, tell
from governance.services.voting.voters import is_link_open, numbers
from neighborhoods.actors import Actor


@transaction.atomic
def cast_ballot(*, motion_id: int, entitled_id: int, version: int, choice: str, actor: Actor) -> Ballot:
    """Vote by phone: the entry and version of the personal link, or of whoever is signed in."""
    motion, at = motion_to_vote_on(motion_id), timezone.now()
    _require_open(motion)
    entitled = _entry(motion, entitled_id)
    if entitled.token_version != version or not is_link_open(entitled.list, at):
        raise RuleError(_("This link does not vote any more. Ask for a new slip."))
    _refuse_second(motion, [entitled])
    ballots = _write(motion, {Choice(choice): [entitled]}, how=How.ONLINE, at=at)
    if motion.is_secret:
        _into_urn(motion, How.ONLINE, {Choice(choice): 1})
    tell(MOTION_CAST, motion, actor, entitled_id=entitled.pk, how=How.ONLINE)
    return ballots[0]


@transaction.atomic
def type_ballots(*, motion_id: int, actor: Actor, piles: Mapping[Choice, Sequence[int]]) -> int:
    """Enter paper ballots of an open vote by the numbers printed on them; all of them or none."""
    motion = _motion_to_type(motion_id, actor)
    if motion.is_secret:
        raise RuleError(_("This vote is secret: the numbers do not stand on its ballots."))
    found = _entries(motion, [position for pile in piles.values() for position in pile])
    by_choice: dict[Choice | None, list[Entitled]] = {
        choice: [found[position] for position in pile] for choice, pile in piles.items()
    }
    return _type(motion, by_choice, actor)


@transaction.atomic
def type_secret_ballots(*, motion_id: int, actor: Actor, voted: Sequence[int], said: Mapping[Choice, int]) -> int:
    """Enter the paper ballots of a secret vote: who put one in, and how often each answer was in the box."""
    motion = _motion_to_type(motion_id, actor)
    if not motion.is_secret:
        raise RuleError(_("This vote is open: enter the numbers printed on the ballots."))
    found = _entries(motion, voted)
    if sum(said.values()) != len(found):
        raise RuleError(
            _("%(people)d people put a ballot in, but %(ballots)d ballots were counted. The two must be the same.")
            % {"people": len(found), "ballots": sum(said.values())}
        )
    number = _type(motion, {None: list(found.values())}, actor)
    _into_urn(motion, How.PAPER, said)
    return number


def _type(motion: Motion, by_choice: Mapping[Choice | None, list[Entitled]], actor: Actor) -> int:
    entries = [entry for pile in by_choice.values() for entry in pile]
    if not entries:
        raise RuleError(_("No ballot was entered."))
    _refuse_second(motion, entries)
    _write(motion, by_choice, how=How.PAPER, at=timezone.now(), typed_by_id=person(actor))
    events.record_rows(
        MOTION_CAST,
        actor=actor,
        model=Motion,
        rows=[
            (
                motion.pk,
                {
                    "motion_id": motion.pk,
                    "meeting_id": motion.meeting_id,
                    "entitled_id": entry.pk,
                    "how": How.PAPER,
                },
            )
            for entry in sorted(entries, key=lambda entry: entry.position)
        ],
    )
    return len(entries)


def _motion_to_type(motion_id: int, actor: Actor) -> Motion:
    motion = motion_to_vote_on(motion_id)
    _require_open(motion)
    require(policies.can_type_ballots(actor, motion))
    return motion


def _require_open(motion: Motion) -> None:
    if motion.state in MOTION_FITS["cast"]:
        return
    if motion.closed_at:
        raise RuleError(
            _("Voting on this ended at %(at)s. This ballot came later and was not counted.")
            % {"at": say_exactly(motion.closed_at)}
        )
    if motion.state == MotionState.WITHDRAWN:
        raise RuleError(_("This motion was taken back; there is nothing to vote on."))
    raise RuleError(_("Voting on this has not begun yet."))


def _entry(motion: Motion, entitled_id: int) -> Entitled:
    entry = Entitled.objects.filter(pk=entitled_id, list__meeting_id=motion.meeting_id).select_related("list").first()
    if entry is None or not entry.list.is_frozen:
        raise RuleError(_("You are not on the list of voters of this meeting."))
    return entry


def _entries(motion: Motion, positions: Sequence[int]) -> dict[int, Entitled]:
    twice = [position for position, times in Counter(positions).items() if times > 1]
    if twice:
        raise RuleError(_("Entered more than once: %(numbers)s.") % {"numbers": numbers(twice)})
    voters = EntitledList.objects.get(meeting_id=motion.meeting_id)
    found = {entry.position: entry for entry in voters.entries.filter(position__in=list(positions))}
    unknown = set(positions) - set(found)
    if unknown:
        raise RuleError(_("Not on the list: %(numbers)s.") % {"numbers": numbers(unknown)})
    return found


def _refuse_second(motion: Motion, entries: Sequence[Entitled]) -> None:
    earlier = list(motion.ballots.filter(entitled__in=entries).select_related("entitled").order_by("pk")[:11])
    if earlier and len(entries) == 1:
        raise _second_error(earlier[0])
    if earlier:
        raise RuleError(
            _("Have voted already: %(numbers)s. Nobody votes twice, so nothing of this was entered.")
            % {"numbers": numbers(ballot.entitled.position for ballot in earlier)}
        )


def _second_error(ballot: Ballot) -> RuleError:
    values = {"at": say_exactly(ballot.at), "how": ballot.get_how_display()}
    return RuleError(_("Voted already, %(how)s at %(at)s. Nobody votes twice; the first ballot counts.") % values)


def _write(
    motion: Motion,
    by_choice: Mapping[Choice | None, list[Entitled]],
    *,
    how: How,
    at: datetime,
    typed_by_id: int | None = None,
) -> list[Ballot]:
    """The rows of people who voted. In a secret vote without what they said."""
    rows = [
        Ballot(
            motion=motion,
            entitled=entry,
            how=how,
            choice="" if motion.is_secret else choice or "",
            is_secret=motion.is_secret,
            at=at,
            typed_by_id=typed_by_id,
        )
        for choice, pile in by_choice.items()
        for entry in pile
    ]
    rows.sort(key=lambda ballot: ballot.entitled_id)  # one order for everybody who types: no deadlock, no hint
    try:
        with transaction.atomic():
            return Ballot.objects.bulk_create(rows)
    except IntegrityError:  # somebody was quicker between the look and the write
        if len(rows) == 1:
            raise _second_error(Ballot.objects.get(motion=motion, entitled=rows[0].entitled)) from None
        raise RuleError(
            _("Somebody on your list has just voted another way. Nothing was entered; please look again.")
        ) from None


def _into_urn(motion: Motion, how: How, said: Mapping[Choice, int]) -> None:
    """In the order of the answers, always: two who type at once do not wait for each other in a circle."""
    for choice in Choice:
        if said.get(choice):
            Urn.objects.filter(motion=motion, how=how, choice=choice).update(number=F("number") + said[choice])
