"""Counting a vote of 5,000 households against one raw statement that adds the same ballots up."""

import statistics
import time
import uuid
from datetime import timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from benchmarks import stores
from benchmarks.table import Row, at_least, at_most
from governance.decisions import Base, Choice
from governance.lifecycle.meetings import MeetingKind, MeetingState
from governance.lifecycle.motions import How, MotionState
from governance.models import AgendaItem, Ballot, DecisionRule, Meeting, MeetingRule, Motion, Tally
from governance.selectors.voting import figures_of
from governance.services.voting import counting, motions, voters
from governance.services.voting.motions import Wording
from governance.services.voting.reading import Voter
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.models import Area

HOUSEHOLDS = 5_000
# The same sums, without who may vote, the rule, the list's fingerprint, the count and its event.
_RAW = """
SELECT choice, count(*), sum(entitled.floor_area)
FROM governance_ballot ballot JOIN governance_entitled entitled ON entitled.id = ballot.entitled_id
WHERE ballot.motion_id = %s GROUP BY choice
"""


def _officer() -> Actor:
    user = User.objects.create(name="Officer", email=f"{uuid.uuid4().hex}@example.invalid")
    return Actor(user.pk, "Officer", frozenset({Grant(Role.STREET_LEAD, Level.DISTRICT, 0)}))


def _closed_vote(actor: Actor) -> Motion:
    """Five thousand owners on the list, four of five have voted, the voting has ended."""
    at = timezone.now()
    street = Area.objects.filter(level=Level.STREET).first() or Area.objects.create(
        name="Street", code="430902999", variant="street"
    )
    meeting = Meeting.objects.create(
        number=uuid.uuid4().hex[:20],
        submission_key=uuid.uuid4(),
        area=street,
        street_id=street.pk,
        kind=MeetingKind.COUNCIL,
        rule=MeetingRule.objects.filter(kind=MeetingKind.COUNCIL)[0],
        title="Lift",
        state=MeetingState.HELD,
        starts_at=at,
        ends_at=at + timedelta(hours=2),
        place="Hall",
        opened_at=at,
    )
    people = [Voter(f"{n}", "Owner", Decimal(4_000 + n % 9_000) / 100) for n in range(HOUSEHOLDS)]
    voters.list_voters(meeting_id=meeting.pk, actor=actor, base=Base.AREA, voters=people)
    listed = voters.freeze_voters(meeting_id=meeting.pk, actor=actor)
    item = AgendaItem.objects.create(meeting=meeting, order=1, title="Lift", minutes=40, is_vote=True)
    wording = Wording("Build it", DecisionRule.objects.get(code="owners").pk)
    motion = motions.propose_motion(item_id=item.pk, actor=actor, wording=wording)
    motions.open_motion(motion_id=motion.pk, actor=actor)
    choices = [Choice.FOR, Choice.FOR, Choice.AGAINST, Choice.ABSTAIN]
    Ballot.objects.bulk_create(
        Ballot(motion=motion, entitled_id=pk, how=How.ONLINE, choice=choices[n % 4], is_secret=False, at=at)
        for n, pk in enumerate(listed.entries.values_list("pk", flat=True))
        if n % 5
    )
    motions.close_motion(motion_id=motion.pk, actor=actor)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE governance_entitled, governance_ballot")
    return motion


def _counted(motion: Motion, actor: Actor) -> float:
    """The whole verb: list looked at again, figures, rule, count, history, event. Taken back afterwards."""
    with transaction.atomic():
        before = time.perf_counter()
        counting.decide_motion(motion_id=motion.pk, actor=actor)
        passed = time.perf_counter() - before
        if Tally.objects.get(motion=motion).votes_for == 0:
            raise SystemExit("The count counted nothing.")
        transaction.set_rollback(True)
    if Motion.objects.get(pk=motion.pk).state != MotionState.CLOSED:
        raise SystemExit("The count was not taken back.")
    return passed


def _summed(motion: Motion) -> float:
    before = time.perf_counter()
    figures_of(motion, motion.meeting.voters)
    return time.perf_counter() - before


def _raw(motion: Motion) -> float:
    before = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_RAW, [motion.pk])
        cursor.fetchall()
    return time.perf_counter() - before


def run() -> list[Row]:
    """Interleaved, eleven times each; medians."""
    stores.create("votes")
    actor = _officer()
    motion = _closed_vote(actor)
    rounds = [(_counted(motion, actor), _summed(motion), _raw(motion)) for _round in range(11)]
    counted, summed, raw = (statistics.median(side) * 1000 for side in zip(*rounds, strict=True))
    note = f"{counted:.0f} ms; the sum alone {summed:.1f} ms, one raw statement {raw:.1f} ms"
    return [
        at_most(f"counting a vote of {HOUSEHOLDS:,} households", counted, 200, " ms", note),
        at_least("its sum, of one raw statement", raw / summed, 0.2, f"{raw:.1f} against {summed:.1f} ms"),
    ]
