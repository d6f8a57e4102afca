"""What happens to each request of the invented district: who does what, when. Pure plans."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from core.calendar import CHINA, WorkCalendar
from demo.plan import UNIT_OF, DistrictPlan, person_name
from demo.texts import (
    AGREED,
    DETAILS,
    EXPLANATIONS,
    REFUSALS,
    RETURNS,
    TALKS,
    WORDS_SOLVED,
    WORDS_UNSOLVED,
)

HOUR = 3600
# How residents reach their representative, and how others reach us directly.
REPRESENTATIVE_CHANNELS = ("visit", "visit", "phone", "phone", "paper", "counter", "meeting")
DIRECT_CHANNELS = ("qr", "qr", "qr", "web", "web")


@dataclass(frozen=True)
class Act:
    """One thing somebody does."""

    at: datetime
    verb: str
    who: str = ""  # key of a person; empty: the resident
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A request and everything done about it."""

    at: datetime
    area: str
    category: str
    text: str
    place_note: str
    channel: str
    name: str
    phone: str
    door: str
    is_public: bool
    is_danger: bool
    recorded_by: str
    same_as: int | None  # index of the story it joins
    acts: tuple[Act, ...]


class Teller:
    """Makes up stories, always the same ones for the same seed."""

    def __init__(self, plan: DistrictPlan, calendar: WorkCalendar, rng: Random) -> None:
        self.plan, self.calendar, self.rng = plan, calendar, rng
        self.buildings = [a for a in plan.areas if a.level == 4]
        self.codes = list(TALKS)
        self.serial = 0
        self.disputes = 0.05  # share of dispatched cases a unit sends back

    def history(self, count: int, first: datetime, last: datetime) -> Iterator[Story]:
        """Requests that representatives collected between two days, ended long ago."""
        moments = sorted(self._moment(first, last) for _n in range(count))
        for index, at in enumerate(moments):
            yield self._story(index, at, representative=True, upto=None)

    def recent(self, count: int, now: datetime) -> Iterator[Story]:
        """Requests of the last fortnight, standing wherever they stand by now."""
        self.disputes = 0.2  # what is fresh is still argued about
        moments = sorted(self._moment(now - timedelta(days=14), now - timedelta(minutes=5)) for _n in range(count))
        for index, at in enumerate(moments):
            yield self._story(index, at, representative=self.rng.random() < 0.3, upto=now)

    def waiting(self, count: int, now: datetime) -> Iterator[Story]:
        """Requests of the last minutes in the first grid: whoever tries its log-in finds work, at any hour."""
        everywhere = self.buildings
        grid = min(building.code for building in everywhere)[:15]
        self.buildings = [building for building in everywhere if building.code.startswith(grid)]
        for index in range(count):
            at = now - timedelta(minutes=11 * (count - index))
            yield replace(self._story(index, at, representative=False, upto=at), acts=(), is_public=True)
        self.buildings = everywhere

    def _moment(self, first: datetime, last: datetime) -> datetime:
        seconds = self.rng.randrange(int((last - first).total_seconds()))
        at = (first + timedelta(seconds=seconds)).astimezone(CHINA)
        if at.hour < 7:  # few people write at night
            at = datetime.combine(at.date(), time(7 + self.rng.randrange(12), self.rng.randrange(60)), CHINA)
        return min(at, last)

    def later(self, at: datetime, low: float, high: float) -> datetime:
        """Some office hours later."""
        return self.calendar.add_working_seconds(at, self.rng.uniform(low, high) * HOUR).replace(microsecond=0)

    def _story(self, index: int, at: datetime, *, representative: bool, upto: datetime | None) -> Story:
        rng = self.rng
        building = rng.choice(self.buildings)
        # the first forty walk through all categories, the rest follow what people really complain about
        code = self.codes[index] if index < len(self.codes) else rng.choices(self.codes, weights=_WEIGHTS)[0]
        talk = TALKS[code]
        spot = rng.choice(talk.spots)
        self.serial += 1
        branch = building.code[:17]
        acts = tuple(self._acts(at, building.code, code, talk.replies))
        if upto is not None:
            acts = self._unfinished(acts, upto)
        has_phone = rng.random() < 0.85
        return Story(
            at=at.replace(microsecond=0),
            area=building.code,
            category=code,
            text=f"{rng.choice(talk.problems)}。{rng.choice(DETAILS)}",
            place_note=spot,
            channel=rng.choice(REPRESENTATIVE_CHANNELS if representative else DIRECT_CHANNELS),
            name=person_name(rng) if has_phone else "",
            # no mobile number begins with 100: unreachable on purpose
            phone=f"1000{self.serial:07d}" if has_phone else "",
            door=f"{rng.randint(1, 6)}0{rng.randint(1, 4)}" if rng.random() < 0.5 else "",
            is_public=rng.random() < 0.45,
            is_danger=rng.random() < 0.04,
            recorded_by=f"representative:{branch}:1" if representative else "",
            same_as=None,
            acts=acts,
        )

    def _unfinished(self, acts: tuple[Act, ...], upto: datetime) -> tuple[Act, ...]:
        """What has been done by now; every third case waits somewhere, as cases do."""
        done = tuple(act for act in acts if act.at < upto)
        waits = [n for n, act in enumerate(done, 1) if act.verb in {"dispatch", "sign", "return", "reply", "check"}]
        sent_back = [n for n in waits if done[n - 1].verb == "return"]
        if sent_back:
            return done[: self.rng.choice(sent_back)]
        return done[: self.rng.choice(waits)] if waits and self.rng.random() < 0.4 else done

    def _acts(self, at: datetime, place: str, code: str, replies: tuple[str, ...]) -> Iterator[Act]:
        roll = self.rng.random()
        community = f"community_staff:{place[:12]}:1"
        first = self.later(at, 0.1, 1.8 if self.rng.random() < 0.92 else 6)
        if roll < 0.02:
            reason, referral = self.rng.choice(REFUSALS)
            yield Act(first, "refuse", community, {"reason": reason, "referral": referral})
            return
        if roll < 0.035:
            yield Act(self.later(at, 0.1, 0.3), "withdraw", extra={"reason": "自己处理好了"})
            return
        handler, at = yield from self._dispatched(first, place, code, community)
        at = yield from self._handled(at, handler, replies)
        yield from self._ended(at, place, handler, community, replies, roll)

    def _dispatched(
        self, at: datetime, place: str, code: str, community: str
    ) -> Generator[Act, None, tuple[str, datetime]]:
        """Taken by the grid, or given to the unit that usually does it; sometimes it comes back first."""
        rng = self.rng
        grid = f"grid_worker:{place[:15]}:0"
        if code not in UNIT_OF or rng.random() < 0.35:
            yield Act(at, "take", grid)
            return grid, at
        unit = UNIT_OF[code]
        clerk = f"property_contact:{unit}" if unit.endswith("物业") else f"unit_clerk:{unit}"
        yield Act(at, "dispatch", community, {"unit": unit})
        at = self.later(at, 0.2, 1.9 if rng.random() < 0.9 else 8)
        if rng.random() < self.disputes:
            clerk, at = yield from self._returned(at, place, clerk, community)
        yield Act(at, "sign", clerk)
        return clerk, at

    def _returned(
        self, at: datetime, place: str, clerk: str, community: str
    ) -> Generator[Act, None, tuple[str, datetime]]:
        """A unit says it is not its duty; one time in three the next one says so too, and the street rules."""
        rng = self.rng
        reason, basis = rng.choice(RETURNS)
        yield Act(at, "return", clerk, {"reason": reason, "basis": basis})
        at = self.later(at, 0.5, 6)
        if rng.random() < 0.66:
            yield Act(at, "dispatch", community, {"area": place[:15], "note": "先由网格处理，社区协调"})
            return f"grid_worker:{place[:15]}:0", self.later(at, 0.2, 1.5)
        second = "城管局" if not clerk.endswith("城管局") else "住建局"
        yield Act(at, "dispatch", community, {"unit": second})
        at = self.later(at, 0.2, 2)
        yield Act(at, "return", f"unit_clerk:{second}", {"reason": "现场看过，不属于本单位职责", "basis": "权责清单"})
        at = self.later(at, 1, 7)
        dispatcher = f"street_dispatcher:{place[:9]}:1"
        yield Act(at, "dispatch", dispatcher, {"area": place[:12], "note": "街道裁定：社区牵头，两家单位配合"})
        return f"community_staff:{place[:12]}:2", self.later(at, 0.2, 1.5)  # not the one who will check it

    def _handled(self, at: datetime, handler: str, replies: tuple[str, ...]) -> Generator[Act, None, datetime]:
        rng = self.rng
        at = self.later(at, 0.5, 6)
        if rng.random() < 0.08:
            for _attempt in range(3):
                yield Act(at, "contact", handler, {"reached": False, "note": "没有人接"})
                at = self.later(at, 1, 3)
        else:
            yield Act(
                at,
                "contact",
                handler,
                {"reached": True, "note": rng.choice(("问清了位置", "约好明天去看", "到现场看过"))},
            )
        at = self.later(at, 2, 26 if rng.random() < 0.9 else 60)
        yield Act(at, "reply", handler, {"text": rng.choice(replies)})
        return at

    def _ended(
        self, at: datetime, place: str, handler: str, community: str, replies: tuple[str, ...], roll: float
    ) -> Iterator[Act]:
        rng = self.rng
        agent = f"callback_agent:{place[:9]}:3"
        if 0.9 < roll < 0.96:
            at = self.later(at, 1, 20)
            yield Act(at, "answer", extra={"solved": False, "satisfaction": 2, "words": rng.choice(WORDS_UNSOLVED)})
            at = self.later(at, 0.5, 7)
            second = f"community_secretary:{place[:12]}:0"
            yield Act(at, "reopen", second, {"reason": rng.choice(AGREED)})
            at = self.later(at, 0.2, 1.8)
            yield Act(at, "sign", handler)
            at = yield from self._handled(at, handler, replies)
        if rng.random() < 0.3:
            at = self.later(at, 1, 8)
            yield Act(at, "check", community, {"passed": True})
        if roll > 0.96:
            at = self.later(at, 2, 20)
            yield Act(at, "callback", agent, {"outcome": "not_solved", "satisfaction": 3, "words": ""})
            at = self.later(at, 2, 10)
            second = f"community_secretary:{place[:12]}:0"
            yield Act(at, "explain", second, {"explanation": rng.choice(EXPLANATIONS)})
        elif rng.random() < 0.6:
            at = self.later(at, 1, 22)
            yield Act(
                at,
                "answer",
                extra={"solved": True, "satisfaction": rng.choice((None, 4, 5, 5)), "words": rng.choice(WORDS_SOLVED)},
            )
        else:
            at = self.later(at, 5, 22)
            yield Act(at, "callback", agent, {"outcome": "solved", "satisfaction": rng.choice((4, 5, 3)), "words": ""})


# Rubbish, drains, lights, parking, noise and neighbours fill the days of an old city.
_WEIGHTS = (
    *(8, 6, 3, 2, 9, 5, 9, 5, 3, 4),  # surroundings, buildings
    *(4, 3, 2, 2, 4, 2, 1, 8, 7, 3),  # supplies, property, traffic
    *(3, 1, 3, 3, 7, 3, 5, 3, 4, 3),  # safety, order, noise, neighbours, the old
    *(2, 3, 2, 1, 2, 2, 1, 2, 2, 2),  # children, welfare, culture, questions
)
