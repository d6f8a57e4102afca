"""A meeting with a vote, for tests: minimum rows, in whatever state is asked for."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from governance.decisions import Base, Choice, Weight
from governance.lifecycle.meetings import MEETING_FINAL, WITH_MINUTES, MeetingKind, MeetingState
from governance.lifecycle.motions import MotionState
from governance.models import (
    AgendaItem,
    DecisionRule,
    Entitled,
    EntitledList,
    Meeting,
    MeetingRule,
    Motion,
)
from governance.services.voting import ballots, counting, motions, voters
from governance.services.voting.motions import Wording
from governance.services.voting.reading import Voter
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_of

TEXT = "请有资质的单位先来勘测，图纸在楼下公示 7 天，再开会谈补偿"


def held_meeting(area: Area, state: MeetingState = MeetingState.HELD, **fields: Any) -> Meeting:
    kind = fields.pop("kind", MeetingKind.COUNCIL)
    at = timezone.now()
    confirmed = state in WITH_MINUTES
    return Meeting.objects.create(
        number=f"YS-{uuid.uuid4().hex[:10]}",
        submission_key=uuid.uuid4(),
        area=area,
        **stamp_of(area).as_fields(),
        kind=kind,
        rule=MeetingRule.objects.filter(kind=kind).first(),
        title=fields.pop("title", "银杏园小区 6 栋加装电梯，坐下来谈"),
        state=state,
        starts_at=fields.pop("starts_at", at - timedelta(hours=1)),
        ends_at=fields.pop("ends_at", at + timedelta(hours=1)),
        place="银杏园议事亭",
        opened_at=at,
        held_at=at if confirmed else None,
        minutes_confirmed_at=at if confirmed else None,
        closed_at=at if state in MEETING_FINAL else None,
        **fields,
    )


def make_item(meeting: Meeting, *, is_vote: bool = True) -> AgendaItem:
    order = meeting.agenda.count() + 1
    return AgendaItem.objects.create(
        meeting=meeting, order=order, title="先勘测，还是先谈补偿", minutes=40, is_vote=is_vote
    )


def rule_of(code: str) -> DecisionRule:
    return DecisionRule.objects.filter(code=code).latest("valid_from")


def people_of(number: int, *, areas: tuple[str, ...] = ()) -> list[Voter]:
    return [
        Voter(f"6 栋 {place} 号", f"张小{place}", floor_area=Decimal(areas[place - 1]) if areas else None)
        for place in range(1, number + 1)
    ]


def make_voters(
    meeting: Meeting, actor: Actor, number: int = 5, *, base: str = Base.HOUSEHOLDS, areas: tuple[str, ...] = ()
) -> EntitledList:
    """A frozen list."""
    voters.list_voters(
        meeting_id=meeting.pk, actor=actor, base=base, voters=people_of(len(areas) or number, areas=areas)
    )
    return voters.freeze_voters(meeting_id=meeting.pk, actor=actor)


def make_motion(meeting: Meeting, actor: Actor, code: str = "council", **fields: Any) -> Motion:
    item = meeting.agenda.first() or make_item(meeting)
    wording = Wording(TEXT, rule_of(code).pk, **fields)
    return motions.propose_motion(item_id=item.pk, actor=actor, wording=wording)


def make_vote(area: Area, actor: Actor, code: str = "council", number: int = 5, **fields: Any) -> Motion:
    """A motion people are voting on, with its list."""
    areas, kind = fields.pop("areas", ()), fields.pop("kind", MeetingKind.COUNCIL)
    meeting = held_meeting(area, kind=kind)
    make_voters(meeting, actor, number, base=rule_of(code).base, areas=areas)
    motion = make_motion(meeting, actor, code, **fields)
    return motions.open_motion(motion_id=motion.pk, actor=actor)


def entry(motion: Motion, position: int) -> Entitled:
    return Entitled.objects.get(list__meeting_id=motion.meeting_id, position=position)


def cast(motion: Motion, position: int, choice: str = Choice.FOR, actor: Actor = NOBODY) -> Any:
    who = entry(motion, position)
    return ballots.cast_ballot(
        motion_id=motion.pk, entitled_id=who.pk, version=who.token_version, choice=choice, actor=actor
    )


def on_paper(motion: Motion, actor: Actor, **piles: list[int]) -> int:
    """`on_paper(motion, actor, yes=[1, 2], no=[3])`."""
    words = {"yes": Choice.FOR, "no": Choice.AGAINST, "abstain": Choice.ABSTAIN}
    return ballots.type_ballots(
        motion_id=motion.pk, actor=actor, piles={words[word]: pile for word, pile in piles.items()}
    )


def papers(yes: int = 0, no: int = 0, abstain: int = 0) -> dict[Choice, Weight]:
    said = {Choice.FOR: yes, Choice.AGAINST: no, Choice.ABSTAIN: abstain}
    return {choice: Weight(number) for choice, number in said.items()}


def put(motion: Motion, state: MotionState, people: Any) -> Motion:
    """Bring a fresh motion into this state by the services."""
    staff, lead = people.community_staff, people.community_lead
    run = {
        MotionState.SECONDED: [lambda m: motions.second_motion(motion_id=m, actor=staff, seconder="李某")],
        MotionState.WITHDRAWN: [lambda m: motions.withdraw_motion(motion_id=m, actor=staff, reason="不再提")],
        MotionState.OPEN: [lambda m: motions.open_motion(motion_id=m, actor=staff)],
    }
    run[MotionState.CLOSED] = [
        *run[MotionState.OPEN],
        lambda m: on_paper(Motion.objects.get(pk=m), staff, yes=[1, 2, 3], no=[4]),
        lambda m: motions.close_motion(motion_id=m, actor=staff),
    ]
    run[MotionState.DECIDED] = [
        *run[MotionState.CLOSED],
        lambda m: counting.decide_motion(motion_id=m, actor=staff),
    ]
    run[MotionState.RECOUNTING] = [
        *run[MotionState.DECIDED],
        lambda m: counting.ask_recount(motion_id=m, actor=lead, reason="有人提出"),
    ]
    run[MotionState.VOID] = [
        *run[MotionState.RECOUNTING],
        lambda m: counting.void_motion(motion_id=m, actor=lead, reason="票数对不上"),
    ]
    for step in run.get(state, []):
        step(motion.pk)
    motion.refresh_from_db()
    return motion
