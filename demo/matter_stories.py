"""What is handled on the ground in the invented district: who sees it, who helps, how it ends. Pure plans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from core.calendar import WorkCalendar
from demo.plan import UNIT_OF, DistrictPlan
from demo.stories import Act
from demo.texts import TALKS
from governance.lifecycle.matters import HelperRole, MatterSource

HELPED = 1965  # with a representative, closed from 1 January to 10 June 2023 (docs/glossary.md, "Figures")
OTHERS, LEFT = 180, 36  # closed without one; not filed
FROM_REQUESTS, SECOND = 1150, 120  # made from a request; a second matter of a request
HOUR = 3600
# What somebody can see and do something about, no questions and suggestions.
ON_THE_GROUND = tuple(code for code in TALKS if code[:2] in {"EN", "IN", "UT", "TR", "SF", "LW", "NS", "ND", "EL"})


class Request(NamedTuple):
    """A request that a matter is made from."""

    pk: int
    number: str
    area: str
    category: str
    at: datetime


class Help(NamedTuple):
    """Who helped: a person of the plan, or a name."""

    role: HelperRole
    label: str = ""
    person: str = ""


@dataclass(frozen=True)
class MatterStory:
    """A matter and everything done about it."""

    at: datetime
    area: str
    category: str
    text: str
    place_note: str
    source: MatterSource
    collector: str
    helpers: tuple[Help, ...] = ()
    request: Request | None = None
    acts: tuple[Act, ...] = ()


_BY_OTHERS = (
    Help(HelperRole.VOLUNTEER, "平安巡逻队"),
    Help(HelperRole.PROPERTY, "物业维修班"),
    Help(HelperRole.NEIGHBOUR, "楼上住户"),
)
_SOURCES = (MatterSource.PATROL, MatterSource.VISIT, MatterSource.PHONE, MatterSource.MEETING)
_TOLD = ("已告诉来反映的住户。", "在楼栋群里说了一声。", "当面和住户说清楚了。", "在单元门口贴了条子。")
_SEEN = ("去看过，确实办好了。", "打电话问过住户，属实。", "现场看过，没问题。")
_LEFT = ("已经有人在修，不重复立案。", "同一件事前天已立案。", "到现场看过，情况已经消除。")


class MatterTeller:
    """Makes up matters, always the same ones for the same seed."""

    def __init__(self, plan: DistrictPlan, calendar: WorkCalendar, rng: Random) -> None:
        self.calendar, self.rng = calendar, rng
        self.buildings = sorted(area.code for area in plan.areas if area.level == 4)

    def history(self, requests: list[Request], first: datetime, last: datetime) -> Iterator[MatterStory]:
        """Those of the half year: every one closed, or not filed, long ago."""
        every = max(len(requests) // FROM_REQUESTS, 1)
        behind = [*requests[::every][:FROM_REQUESTS], *requests[:: every * 5][:SECOND]]
        for index in range(HELPED + OTHERS + LEFT):
            request = behind[index] if index < min(len(behind), HELPED) else None
            at = self.later(request.at, 0.5, 5) if request else self._moment(first, last)
            if index < HELPED:
                yield self._story(index, at, request, helped=True)
            else:
                yield self._story(index, at, None, helped=False, left=index >= HELPED + OTHERS)

    def recent(self, now: datetime) -> Iterator[MatterStory]:
        """Those of today in the first grids, one or more of every state."""
        for index in range(24):
            age = timedelta(hours=(0.3, 1, 2.5, 7, 9, 11, 20, 26)[index % 8] + index * 0.4)
            story = self._story(index * 3, now - age, None, helped=index % 2 == 0, near=True, left=index == 23)
            kept = story.acts[: index % 8 if index < 16 else len(story.acts)]
            yield MatterStory(**{**story.__dict__, "acts": self._today(kept, story.at, now)})

    def _today(self, acts: tuple[Act, ...], at: datetime, now: datetime) -> tuple[Act, ...]:
        """The same steps, spread between then and now."""
        share = (now - at) * 0.8 / (len(acts) + 1)
        return tuple(Act(at + share * (place + 1), act.verb, act.who, act.extra) for place, act in enumerate(acts))

    def later(self, at: datetime, low: float, high: float) -> datetime:
        """Some office hours later."""
        return self.calendar.add_working_seconds(at, self.rng.uniform(low, high) * HOUR).replace(microsecond=0)

    def _moment(self, first: datetime, last: datetime) -> datetime:
        return self.later(first + timedelta(seconds=self.rng.randrange(int((last - first).total_seconds()))), 0, 4)

    def _story(
        self,
        index: int,
        at: datetime,
        request: Request | None,
        *,
        helped: bool,
        left: bool = False,
        near: bool = False,
    ) -> MatterStory:
        rng = self.rng
        building = request.area if request else rng.choice(self.buildings[:12] if near else self.buildings)
        code = request.category if request else rng.choice(ON_THE_GROUND)
        talk = TALKS[code]
        source = MatterSource.ISSUE if request else _SOURCES[index % len(_SOURCES)]
        source = MatterSource.PATROL if source == MatterSource.VISIT and not helped else source
        by_representative = not request and helped and source == MatterSource.VISIT
        helpers = (_BY_OTHERS[index % 3],) if index % 4 == 0 else ()
        return MatterStory(
            at=at,
            area=building,
            category=code,
            text=f"{talk.spots[index % len(talk.spots)]}：{rng.choice(talk.problems)}。",
            place_note="",
            source=source,
            collector=_representative(building) if by_representative else _grid_worker(building),
            helpers=helpers,
            request=request,
            acts=tuple(self._acts(index, at, building, code, helped=helped, left=left)),
        )

    def _acts(self, index: int, at: datetime, area: str, code: str, *, helped: bool, left: bool) -> Iterator[Act]:
        """Each step well before half of its limit, so that nobody had to be reminded."""
        grid, staff, neighbour = _grid_worker(area), f"community_staff:{area[:12]}:1", _representative(area)
        at = self.later(at, 0.2, 2)
        if left:
            yield Act(at, "leave", grid, {"reason": _LEFT[index % len(_LEFT)]})
            return
        yield Act(at, "file", grid)
        at = self.later(at, 0.1, 2)
        unit = UNIT_OF.get(code, "") if index % 5 == 2 else ""
        unit = "" if unit.endswith("物业") else unit
        does_it = helped and index % 3 == 0 and not unit
        hand = neighbour if does_it else f"unit_clerk:{unit}" if unit else grid
        goal = {"unit": unit} if unit else {"post": hand}
        yield Act(at, "dispatch", staff if unit else grid, goal)
        replies = TALKS[code].replies
        rounds = 2 if index % 29 == 7 else 1  # something was missing the first time
        for turn in range(rounds):
            at = self.later(at, 1, 8)
            helpers = (
                (Help(HelperRole.REPRESENTATIVE, person=neighbour),) if helped and not does_it and not turn else ()
            )
            yield Act(at, "handle", hand, {"result": replies[(index + turn) % len(replies)], "helpers": helpers})
            at = self.later(at, 0.2, 2)
            yield Act(at, "report", hand, {"text": _TOLD[(index + turn) % len(_TOLD)]})
            at = self.later(at, 1, 6)
            if turn < rounds - 1:
                yield Act(at, "check", staff, {"passed": False, "note": "还差一处没弄好，请再去一趟。"})
        yield Act(at, "check", staff, {"passed": True, "note": _SEEN[index % len(_SEEN)]})
        yield Act(self.later(at, 0.2, 2), "close", staff)


def _grid_worker(code: str) -> str:
    return f"grid_worker:{code[:15]}:0"


def _representative(code: str) -> str:
    return f"representative:{code[:17]}:1"
