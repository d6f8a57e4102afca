"""The invented district's meetings: 281 micro-meetings of 2022 that settled 414 problems, and some of today."""

import uuid
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from core.calendar import CHINA
from core.numbers import next_numbers
from core.tokens import digest_of
from demo.agendas import MATTERS, TITLES, WAITING
from demo.cast import Cast
from demo.convention import CONFIRMED, KEYS, OPENED, PROPOSED, PUBLISHED, Convention, Plan, Problem
from demo.plan import DistrictPlan, person_name
from governance.lifecycle import meetings as life
from governance.lifecycle.meetings import MeetingFormat, MeetingKind, TopicSource
from governance.models import Meeting, Topic
from governance.services.meetings.moves import LETTERS
from governance.services.meetings.topics import topic_token
from neighborhoods.actors import NOBODY, Level
from neighborhoods.models.areas import CODE_LENGTH

MICRO_MEETINGS, SETTLED, TALKED_TWICE = 281, 414, 24  # of 2022 (docs/glossary.md, "Figures")
SEED = 20221231


# ---- which meetings ----
# People meet in the morning, in the afternoon, or after supper.
_HOURS = (time(9, 30), time(15), time(19, 30))


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(19, 30), CHINA)


def usual_hour(target: datetime) -> datetime:
    """The usual hour that is nearest, at most seven hours away."""
    today = timezone.localdate(target)
    hours = [datetime.combine(today + timedelta(days=d), at, CHINA) for d in (-1, 0, 1) for at in _HOURS]
    return min(hours, key=lambda at: abs(at - target))


def _hour_of(days: float, now: datetime) -> datetime:
    """When a meeting so many days from now takes place. Only what has to be going on now goes by the clock."""
    target = now + timedelta(days=days)
    usual, full_hour = usual_hour(target), target.replace(minute=0, second=0, microsecond=0)
    if days == _IN_SESSION or (days == _CONFIRMED_TODAY and not CONFIRMED < now - usual < PUBLISHED):
        return full_hour
    return usual


def plan_history(rng: Random, branches: list[str]) -> list[Plan]:
    """The micro-meetings of 2022, in the order of their days; some talk again about what was put off before."""
    first, last = date(2022, 3, 16), date(2022, 12, 10)
    days = sorted(first + timedelta(days=rng.randrange((last - first).days)) for _n in range(MICRO_MEETINGS))
    plans = []
    for index, day in enumerate(days):
        topics = [index] if index >= SETTLED - MICRO_MEETINGS else [index, MICRO_MEETINGS + index]
        matter = MATTERS[index % len(MATTERS)]
        plans.append(
            Plan(
                at=_evening(day),
                branch=branches[index % len(branches)],
                kind=("council", "self_gov", "property_forum")[index % 3],
                format=("tea", "hall", "consultation", "room")[index % 4],
                title=f"{matter.title}，{rng.choice(TITLES)}",
                topics=topics,
            )
        )
    for index in range(TALKED_TWICE):
        plans[index].put_off = {index}
        plans[index + len(branches)].topics.append(index)
    return plans


# Days from now, what became of it, and whether something is voted on: one of every state.
_IN_SESSION, _CONFIRMED_TODAY = -0.02, -1
_NOW: tuple[tuple[float, str, bool], ...] = (
    (12, "", False),
    (11, "", True),
    (8.6, "", False),
    (7.5, "", True),
    (4, "", False),
    (2, "", False),
    (_IN_SESSION, "", False),
    (-0.4, "", False),
    (_CONFIRMED_TODAY, "", False),
    (-5, "", False),
    (-9, "", False),
    (-17, "", False),
    (-19, "", False),
    (-25, "", False),
    (-1.5, "few", False),
    (-1.4, "voted", True),  # ended with its votes counted and the result published (demo/votes.py)
    (-3.5, "few", False),  # held again (demo/again.py)
    (6, "cancelled", False),
)


def plan_current(rng: Random, branches: list[str], now: datetime, first_topic: int) -> list[Plan]:
    """Meetings around today, in the first branches, so that the people who can log in have some."""
    kinds = sorted(life.FIVE_MEETINGS)
    plans = []
    for index, (days, ended, is_vote) in enumerate(_NOW):
        matter = MATTERS[(first_topic + index) % len(MATTERS)]
        plans.append(
            Plan(
                at=_hour_of(days, now),
                branch=branches[index % 6 // 2],
                kind=kinds[index % len(kinds)],
                # online only what is still to come: the others have a roll of who stood in the room
                format=("tea", "hall", "room", "online" if days > 0 else "hall")[index % 4],
                title=f"{matter.title}，{rng.choice(TITLES)}",
                topics=[first_topic + index],
                is_micro=kinds[index % len(kinds)] != MeetingKind.COMMITTEE,
                is_vote=is_vote,
                ended=ended,
            )
        )
    plans.append(
        Plan(  # the statutory assembly of the first community, announced a week ahead because it votes
            at=usual_hour(now + timedelta(days=7.6)),
            branch=branches[0][: CODE_LENGTH[Level.COMMUNITY]],
            kind=MeetingKind.ASSEMBLY,
            format=MeetingFormat.ROOM,
            title="居民代表会议，议一议共用活动室",
            topics=[first_topic + len(plans)],
            is_micro=False,
            is_vote=True,
        )
    )
    return plans


def load_meetings(plan: DistrictPlan, cast: Cast, now: datetime, relayed_before: datetime) -> dict[str, int]:
    """Store history and present; says how many."""
    rng = Random(SEED)
    branches = [area.code for area in plan.areas if area.level == 3]
    plans = [*plan_history(rng, branches), *plan_current(rng, branches, now, SETTLED)]
    hall = Convention(cast, rng, now)
    topics = sorted({(index, p.at) for p in plans for index in p.topics}, key=lambda pair: pair[1])
    seen: dict[int, datetime] = {}
    for index, at in topics:
        seen.setdefault(index, at)
    topic_numbers = dict(
        zip(seen, next_numbers("topic", [(at + PROPOSED).year for at in seen.values()], LETTERS["topic"]), strict=True)
    )
    numbers = next_numbers("meeting", [(p.at + OPENED).year for p in plans], LETTERS["meeting"])
    for p, number in sorted(zip(plans, numbers, strict=True), key=lambda pair: pair[0].at):
        for index in p.topics:
            if index not in hall.topics:
                problem = Problem(MATTERS[index % len(MATTERS)], person_name(rng), f"1000000{index % 10000:04d}")
                hall.topic(index, problem, p, topic_numbers[index])
        hall.meeting(p, number)
    _waiting(hall, branches, now)
    hall.write(relayed_before=relayed_before)
    return {"meetings": len(hall.rows[Meeting]), "topics": len(hall.rows[Topic])}


def _waiting(hall: Convention, branches: list[str], now: datetime) -> None:
    """Topics nobody has looked at yet."""
    numbers = next_numbers("topic", [now.year] * len(WAITING), LETTERS["topic"])
    for index, ((title, theme), number) in enumerate(zip(WAITING, numbers, strict=True)):
        at = now - timedelta(hours=7 * (index + 1))
        place = branches[index % 3]
        topic = Topic(
            number=number,
            submission_key=uuid.uuid5(KEYS, f"waiting {index}"),
            source=TopicSource.RESIDENT,
            theme=theme,
            title=title,
            area=hall.cast.areas[place],
            proposed_at=at,
            **hall.cast.stamp(place).as_fields(),
        )
        topic.follow_digest = digest_of(topic_token(topic))
        hall.rows[Topic].append(topic)
        hall.topic_line(topic, life.TOPIC_PROPOSED, at, NOBODY)
