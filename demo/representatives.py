"""1,168 representatives and their households: rows as the services would write them, the rare states by the services.

The terms of 2023 are written in bulk, because 12,000 households through the services take minutes. What differs from
the everyday (nominations, notices, rests, orders in every state) is done by the steps themselves, so that each has
its history.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

from core.calendar import CHINA
from core.database import copy_rows
from core.models import Event
from core.numbers import next_numbers
from demo.book import EVENT_COLUMNS, write_outbox
from demo.cast import Cast
from demo.plan import AreaPlan, DistrictPlan, person_name
from demo.representative_scenes import play_scenes
from demo.store import store
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Household, Resident
from neighborhoods.services.households import DoorPlan, doors_of
from neighborhoods.services.stamps import Stamp
from volunteers.lifecycle import links as link_life
from volunteers.lifecycle import representatives as life
from volunteers.lifecycle.links import FEWEST_LINKS, FORMING_DAYS, MOST_LINKS, Answered, LinkState, Method
from volunteers.lifecycle.representatives import Capacity, NominationSource, RepresentativeState
from volunteers.models import HouseholdLink, Representative, RepresentativeLine, Training, Visit
from volunteers.services.representatives.moves import LETTER
from volunteers.services.representatives.terms import years_later

SEED = 20230612
REPRESENTATIVES = 1168  # on 10 June 2023 (docs/glossary.md, "Figures")
USUAL = 10  # households each, between five and fifteen
FIRST_TERM = date(2023, 2, 1)
KEYS = uuid.UUID("5f3cde7e-2023-4610-9999-000000430902")
QUALITIES = (
    "退休在家，热心肠，邻里有事都愿意找她。",
    "党员，会修水电，晚上和周末都有空。",
    "在院子里住了二十年，说话公道，大家信得过。",
    "做过楼栋长，熟悉各家情况，腿脚勤快。",
)
TITLE = "representative"
COURSE = "走看听问帮和矛盾调解"


def load_representatives(plan: DistrictPlan, cast: Cast, now: datetime, relayed_before: datetime) -> dict[str, int]:
    """Doors, residents, terms, links and visits; then the scenes. Says how many."""
    loader = _Loader(plan, cast, now)
    doors = loader.load_doors()
    terms = loader.load_terms(doors)
    links = loader.load_links(terms, doors)
    loader.load_visits(links)
    copy_rows(Event, EVENT_COLUMNS, sorted(loader.events, key=lambda row: row[1]))
    write_outbox(relayed_before=relayed_before)
    play_scenes(cast, now)
    return {"households": sum(map(len, doors.values())), "representatives": len(terms), "links": len(links)}


class _Loader:
    def __init__(self, plan: DistrictPlan, cast: Cast, now: datetime) -> None:
        self.plan, self.cast, self.now, self.rng = plan, cast, now, Random(SEED)
        self.events: list[tuple[Any, ...]] = []
        self.titles = {person.area: person for person in plan.people if person.title == TITLE}

    def tell(self, name: str, at: datetime, actor: Actor, model: Any, pk: int, **payload: int) -> None:
        """An event as the services record it."""
        row = (name, at, actor.user_id, actor.label, model._meta.label_lower, pk, json.dumps(payload))
        self.events.append(row)

    # ---- doors ----
    def load_doors(self) -> dict[str, list[Household]]:
        """The doors of each branch, building by building in the order one walks."""
        buildings = [area for area in self.plan.areas if area.level == Level.BUILDING]
        rows = [door for building in buildings for door in self._doors(building)]
        store(Household, rows)
        codes = {area.pk: code for code, area in self.cast.areas.items()}
        doors: dict[str, list[Household]] = {}
        for row in rows:
            doors.setdefault(codes[row.branch_id or 0], []).append(row)
        return doors

    def _doors(self, building: AreaPlan) -> Iterator[Household]:
        area, stamp = self.cast.areas[building.code], self.cast.stamp(building.code)
        on_floor = max(1, -(-building.households // (building.entrances * building.floors)))
        planned = doors_of(DoorPlan(building.entrances, building.floors, on_floor))[: building.households]
        for door, entrance, floor in planned:
            empty = self.rng.random() < 0.02
            yield Household(
                area=area, **stamp.as_fields(), door=door, entrance=entrance, floor=floor, is_occupied=not empty
            )

    # ---- terms ----
    def load_terms(self, doors: dict[str, list[Household]]) -> list[Representative]:
        """So many to each branch as it has doors; the first of each holds the log-in of the plan."""
        homes = list(self._homes(doors))
        residents = [
            self._resident(branch, home, is_first)
            for (branch, home), is_first in zip(homes, _firsts(homes), strict=True)
        ]
        store(Resident, residents)
        numbers = next_numbers("representative", [FIRST_TERM.year] * len(homes), LETTER)
        terms = [
            self._term(branch, person, number)
            for (branch, _home), person, number in zip(homes, residents, numbers, strict=True)
        ]
        store(Representative, terms)
        self._train(terms)
        store(RepresentativeLine, [line for term in terms for line in self._lines(term)])
        return terms

    def _homes(self, doors: dict[str, list[Household]]) -> Iterator[tuple[str, Household]]:
        total = sum(map(len, doors.values()))
        owed = 0.0
        given = 0
        for index, (branch, homes) in enumerate(sorted(doors.items()), 1):
            owed += REPRESENTATIVES * len(homes) / total
            goal = REPRESENTATIVES if index == len(doors) else round(owed)
            wanted, given = goal - given, goal
            for n in range(wanted):  # spread over the houses, one in each stretch of doors
                yield branch, homes[n * len(homes) // wanted]

    def _resident(self, branch: str, home: Household, is_first: bool) -> Resident:  # noqa: FBT001 - a pair of a zip
        post = self.cast.posts[self.titles[branch].key] if is_first else None
        stamp = {name: getattr(home, name) for name in Stamp().as_fields()}
        return Resident(
            area_id=home.area_id,
            **stamp,
            household=home,
            name=self.titles[branch].name if post else person_name(self.rng),
            user_id=post.user_id if post else None,
            agreed_at=_at(FIRST_TERM),
            recorded_by_label="演示数据",
        )

    def _term(self, branch: str, person: Resident, number: str) -> Representative:
        starts = FIRST_TERM + timedelta(days=self.rng.randrange(100))
        secretary, staff = self.cast.people[f"branch_secretary:{branch}:0"], self._staff(branch)
        at = _at(starts)
        ends = years_later(starts, life.TERM_YEARS)
        return Representative(
            resident=person,
            area_id=person.area_id,
            **{name: getattr(person, name) for name in Stamp().as_fields()},
            number=number,
            state=RepresentativeState.ACTIVE,
            capacity=Capacity.BOTH if self.rng.random() < 0.15 else Capacity.LINKING,
            source=self.rng.choice([NominationSource.BRANCH, NominationSource.RESIDENTS]),
            qualities=self.rng.choice(QUALITIES),
            nominated_at=at - timedelta(days=20),
            nominated_by_id=staff.user_id,
            party_approved_at=at - timedelta(days=15),
            party_approved_by_id=secretary.user_id,
            party_approved_by_label=secretary.label,
            residents_agreed_at=at - timedelta(days=12),
            meeting_number=f"{settings.NUMBER_PREFIX}M-2023-{self.rng.randrange(1, 200):06d}",
            noticed_at=at - timedelta(days=10),
            notice_until=at - timedelta(days=3),
            starts_on=starts,
            term_ends_on=ends,
            forming_until=starts + timedelta(days=FORMING_DAYS),
            remind_due_at=_at(ends) - timedelta(days=life.REMIND_DAYS),
            post=self.cast.posts[self.titles[branch].key] if person.user_id else None,
            reach_words=self.rng.choice(["晚上七点以后按门铃", "白天在家，敲门就行", "微信群里喊一声", ""]),
        )

    def _train(self, terms: list[Representative]) -> None:
        """Four of five took part in this year's training; the others are reminded."""
        at = self.now - timedelta(days=120)
        lines = []
        for term in (term for index, term in enumerate(terms) if index % 5 != 4):
            lines.append(RepresentativeLine(representative=term, kind=life.REPRESENTATIVE_TRAINED, at=at, text=COURSE))
            lines[-1].actor_id, lines[-1].actor_label = term.nominated_by_id, "社区工作人员"
            staff = Actor(term.nominated_by_id, "社区工作人员")
            self.tell(life.REPRESENTATIVE_TRAINED, at, staff, Representative, term.pk, representative_id=term.pk)
        rows = [Training(representative_id=line.representative_id, on_day=at.date(), title=COURSE) for line in lines]
        store(Training, rows)
        store(RepresentativeLine, lines)

    def _staff(self, code: str) -> Actor:
        return self.cast.people[f"community_staff:{code[:12]}:1"]

    def _lines(self, term: Representative) -> Iterator[RepresentativeLine]:
        secretary = Actor(term.party_approved_by_id, term.party_approved_by_label)
        staff = Actor(term.nominated_by_id, "社区工作人员")
        steps: tuple[tuple[str, Any, Actor, str], ...] = (
            (life.REPRESENTATIVE_NOMINATED, term.nominated_at, staff, term.qualities),
            (life.REPRESENTATIVE_APPROVED, term.party_approved_at, secretary, ""),
            (life.REPRESENTATIVE_AGREED, term.residents_agreed_at, staff, f"会议 {term.meeting_number}"),
            (life.REPRESENTATIVE_REVIEWED, term.residents_agreed_at, staff, ""),
            (life.REPRESENTATIVE_NOTICED, term.noticed_at, staff, ""),
            (life.REPRESENTATIVE_ACTIVATED, _at(term.starts_on or FIRST_TERM), staff, ""),
        )
        for kind, at, actor, text in steps:
            self.tell(kind, at, actor, Representative, term.pk, representative_id=term.pk)
            yield RepresentativeLine(
                representative=term, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, text=text
            )

    # ---- links and visits ----
    def load_links(self, terms: list[Representative], doors: dict[str, list[Household]]) -> list[HouseholdLink]:
        """Doors in a row to each, five to fifteen, ten as a rule."""
        by_branch: dict[int, list[Representative]] = {}
        for term in terms:
            by_branch.setdefault(term.branch_id or 0, []).append(term)
        links: list[HouseholdLink] = []
        for homes in doors.values():
            mine = by_branch[homes[0].branch_id or 0]
            lived = iter([home for home in homes if home.is_occupied])
            for term, size in zip(mine, self._sizes(len(mine), len(homes)), strict=True):
                at = _at(term.starts_on or FIRST_TERM) + timedelta(days=9)
                chosen = [home for _n, home in zip(range(size), lived, strict=False)]
                links += [_link(term, home, slot, at) for slot, home in enumerate(chosen, 1)]
        store(HouseholdLink, links)
        for link in links:
            where = {"household_link_id": link.pk, "household_id": link.household_id}
            staff = Actor(None, link.proposed_by_label)
            agreed_at = link.answered_at or link.proposed_at
            for kind, at in ((link_life.LINK_PROPOSED, link.proposed_at), (link_life.LINK_AGREED, agreed_at)):
                self.tell(
                    kind,
                    at,
                    staff,
                    HouseholdLink,
                    link.pk,
                    **where,
                    representative_id=link.representative_id,
                )
        return links

    def _sizes(self, number: int, doors: int) -> list[int]:
        """Ten each, a few more here and less there, as far as the doors go."""
        usual = min(USUAL, int(doors * 0.94) // max(1, number))
        sizes = [max(FEWEST_LINKS, usual)] * number
        for index in range(0, number - 1, 2):
            shift = self.rng.randrange(min(MOST_LINKS - sizes[index], sizes[index + 1] - FEWEST_LINKS) + 1)
            sizes[index] += shift
            sizes[index + 1] -= shift
        return sizes

    def load_visits(self, links: list[HouseholdLink]) -> None:
        """Two months: about two doors of three in a month, which is what evenings allow."""
        visits = [visit for link in links for visit in self._visits(link)]
        store(Visit, visits)
        for visit in visits:
            where = {"representative_id": visit.representative_id, "household_id": visit.household_id}
            self.tell(link_life.VISITED, visit.at, Actor(None, "居民代表"), Visit, visit.pk, **where)

    def _visits(self, link: HouseholdLink) -> Iterator[Visit]:
        home = link.household
        for back in (0, 30):
            if self.rng.random() < 0.35:
                continue
            at = self.now - timedelta(days=back + self.rng.randrange(20), hours=self.rng.randrange(12))
            methods = [word for word in Method.values if self.rng.random() < 0.45] or [Method.LISTEN]
            yield Visit(
                representative_id=link.representative_id,
                household=home,
                area_id=home.area_id,
                **{name: getattr(home, name) for name in Stamp().as_fields()},
                at=at,
                methods=methods,
                client_key=uuid.uuid5(KEYS, f"{link.pk}:{back}"),
            )


def _firsts(homes: list[tuple[str, Household]]) -> list[bool]:
    """Whether each is the first of its branch."""
    return [index == 0 or homes[index - 1][0] != branch for index, (branch, _home) in enumerate(homes)]


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=CHINA)


def _link(term: Representative, home: Household, slot: int, at: datetime) -> HouseholdLink:
    return HouseholdLink(
        representative=term,
        household=home,
        slot=slot,
        state=LinkState.ACTIVE,
        proposed_at=at - timedelta(days=6),
        proposed_by_label="社区工作人员",
        answered_at=at,
        answered_by=Answered.DOOR,
        answered_to_label="社区工作人员",
    )
