"""Votes at the invented district's meetings of today, taken by the same services as real ones: one in every stage."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from demo.plan import person_name
from governance.decisions import Base, Choice
from governance.lifecycle.meetings import MeetingKind, MeetingState
from governance.models import AgendaItem, DecisionRule, Meeting, Motion
from governance.services.meetings import minutes, results, roll, session
from governance.services.voting import ballots, counting, motions, voters
from governance.services.voting.motions import Wording
from governance.services.voting.reading import Voter
from neighborhoods.actors import Actor, Grant, Level, Role

SEED = 20260616
HOUSEHOLDS, CAME = 24, 19
# What is moved at the meeting in session, how 24 households said it, and how far the vote has come.
_IN_SESSION = (
    ("请有资质的单位先来勘测，图纸在楼下公示 7 天，再开会谈补偿", False, (12, 4, 3), "decided"),
    ("请推选 3 户联系物业，每月在楼下贴一次进展", True, (9, 5, 2), "doubted"),
    ("楼道电动车停放公约试行三个月", False, (6, 2, 1), "open"),
    ("请推选 2 位邻居轮流看护，三个月换一次", True, (7, 4, 1), "open"),
)
_DECIDED = (
    ("晚上八点半以后不放音响，白天音量以楼上听不清为准", False, (14, 3, 2), "decided"),
    ("请推选 2 人提醒，做成牌子挂在院里", True, (11, 2, 6), "decided"),
)


def load_votes() -> int:
    """Motions at the meetings in session and at those announced with a vote; says how many."""
    rng = Random(SEED)
    held = list(Meeting.objects.filter(state=MeetingState.HELD).order_by("starts_at", "pk"))
    for meeting in held[-1:]:
        _session(meeting, rng, _IN_SESSION)
    for meeting in held[:-1]:
        _session(meeting, rng, _DECIDED)
        _publish(meeting)
    announced = AgendaItem.objects.filter(is_vote=True, meeting__state=MeetingState.NOTICED)
    # no poll at the statutory assembly: it decides on its own day
    for item in announced.exclude(meeting__kind=MeetingKind.ASSEMBLY).select_related("meeting").order_by("pk"):
        _poll(item, rng)
    return Motion.objects.count()


def _organiser(meeting: Meeting) -> Actor:
    """Whoever called the meeting, with the right to run its votes."""
    grant = Grant(Role.COMMUNITY_LEAD, Level.DISTRICT, 0)
    return Actor(user_id=meeting.opened_by_id, label=meeting.convener_label, grants=frozenset({grant}))


def _list(meeting: Meeting, actor: Actor, rng: Random) -> None:
    doors = [f"{building} 栋 {floor}0{flat}" for building in (6, 7) for floor in range(1, 7) for flat in (1, 2)]
    people = [Voter(door, person_name(rng)) for door in doors[:HOUSEHOLDS]]
    voters.list_voters(meeting_id=meeting.pk, actor=actor, base=Base.HOUSEHOLDS, voters=people)
    voters.freeze_voters(meeting_id=meeting.pk, actor=actor)


def _open(item: AgendaItem, actor: Actor, text: str, rule: str, *, is_secret: bool = False) -> Motion:
    wording = Wording(text, DecisionRule.objects.filter(code=rule).latest("valid_from").pk, is_secret, "冯某")
    motion = motions.propose_motion(item_id=item.pk, actor=actor, wording=wording)
    motions.second_motion(motion_id=motion.pk, actor=actor, seconder="李某")
    return motions.open_motion(motion_id=motion.pk, actor=actor)


def _cast(motion: Motion, actor: Actor, said: tuple[int, int, int], rng: Random) -> None:
    """A third by phone, the others typed from paper."""
    answers = [choice for choice, number in zip(Choice, said, strict=True) for _n in range(number)]
    positions = list(range(1, HOUSEHOLDS + 1))[: len(answers)]
    rng.shuffle(answers)
    by_phone = set(positions[::3])
    entries = {entry.position: entry for entry in motion.meeting.voters.entries.all()}
    piles: dict[Choice, list[int]] = {choice: [] for choice in Choice}
    for position, choice in zip(positions, answers, strict=True):
        if position in by_phone:
            entry = entries[position]
            ballots.cast_ballot(
                motion_id=motion.pk, entitled_id=entry.pk, version=entry.token_version, choice=choice, actor=actor
            )
        else:
            piles[choice].append(position)
    if motion.is_secret:
        voted = sorted(position for pile in piles.values() for position in pile)
        numbers = {choice: len(pile) for choice, pile in piles.items()}
        ballots.type_secret_ballots(motion_id=motion.pk, actor=actor, voted=voted, said=numbers)
    else:
        ballots.type_ballots(motion_id=motion.pk, actor=actor, piles=piles)


def _publish(meeting: Meeting) -> None:
    """What was decided is resolved, written down, confirmed by the chair and shown: with its votes."""
    secretary = Actor(user_id=meeting.secretary_id, label=meeting.secretary_name)
    chair = Actor(user_id=meeting.chair_id, label=meeting.chair_name)
    came = meeting.voters.entries.filter(came_at__isnull=False).order_by("position")
    people = [roll.Person(name=entry.name, door=entry.door) for entry in came]
    roll.type_roll(meeting_id=meeting.pk, actor=secretary, people=people)
    texts = {}
    for item in meeting.agenda.all():
        session.add_resolution(meeting_id=meeting.pk, actor=secretary, item_id=item.pk, text=_DECIDED[0][0])
        texts[item.pk] = "逐户听了意见，两条动议当场投票、当场唱票。"
    minutes.save_minutes(meeting_id=meeting.pk, actor=secretary, typed=minutes.Typed("主持人说了发言规则。", texts, 0))
    session.adjourn_meeting(meeting_id=meeting.pk, actor=secretary)
    minutes.confirm_minutes(meeting_id=meeting.pk, actor=chair)
    until = timezone.localdate() + timedelta(days=30)
    results.publish_result(meeting_id=meeting.pk, actor=_organiser(meeting), withdraw_on=until)


def _session(meeting: Meeting, rng: Random, moved: tuple[tuple[str, bool, tuple[int, int, int], str], ...]) -> None:
    actor, item = _organiser(meeting), meeting.agenda.order_by("order").first()
    if item is None or actor.user_id is None:
        return
    _list(meeting, actor, rng)
    voters.mark_came(meeting_id=meeting.pk, actor=actor, positions=range(1, CAME + 1))
    for text, is_secret, said, stage in moved:
        motion = _open(item, actor, text, "council", is_secret=is_secret)
        _cast(motion, actor, said, rng)
        if stage == "open":
            continue
        motions.close_motion(motion_id=motion.pk, actor=actor)
        counting.decide_motion(motion_id=motion.pk, actor=actor)
        if stage == "doubted":
            counting.ask_recount(motion_id=motion.pk, actor=actor, reason="有住户提出再数一遍")


def _poll(item: AgendaItem, rng: Random) -> None:
    actor = _organiser(item.meeting)
    if actor.user_id is None:
        return
    _list(item.meeting, actor, rng)
    motion = _open(item, actor, f"{item.title}：同意按社区的方案先试三个月", "poll")
    _cast(motion, actor, (5, 2, 1), rng)
