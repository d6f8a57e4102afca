"""Volunteers of the invented district: the register, teams in every branch, and three years of confirmed service.

In bulk, but by the rules of the services: verified before they serve, no overlaps, within the caps, confirmed by the
community's staff within the week. tests/test_demo_bulk.py compares them with what the services write.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from core.calendar import CHINA
from core.database import copy_rows, reserve_ids
from core.models import Event
from core.numbers import next_numbers
from demo.book import EVENT_COLUMNS, write_outbox
from demo.cast import Cast
from demo.plan import DistrictPlan, person_name
from demo.store import store
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import RESIDENT_REGISTERED
from neighborhoods.models import Resident
from volunteers.lifecycle import records as record_life
from volunteers.lifecycle import volunteers as life
from volunteers.lifecycle.activities import ActivityState, How, SeatState
from volunteers.lifecycle.records import RecordState
from volunteers.lifecycle.teams import MemberState, TeamKind, TeamState
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import Activity, Interest, ServiceRecord, Shift, SignUp, Team, TeamMember, Volunteer

REGISTERED, TURNS = 15_035, 22_345  # as of 10 June 2023 (docs/glossary.md, "Figures")
SEED = 20230612
FIRST, LAST = datetime(2021, 3, 6, 9, tzinfo=CHINA), datetime(2023, 6, 4, 9, tzinfo=CHINA)
AT_ONCE, SHIFTS_EACH = 12, 3  # people of a shift, shifts of an activity
KINDS = (TeamKind.PATROL, TeamKind.POLICY, TeamKind.SORTING, TeamKind.CARE, TeamKind.REPAIR, TeamKind.CULTURE)
DOES = {
    TeamKind.PATROL: ("平安巡逻队", "夜间平安巡逻"),
    TeamKind.POLICY: ("政策宣讲队", "入户宣传医保政策"),
    TeamKind.SORTING: ("垃圾分类队", "垃圾分类桶边指导"),
    TeamKind.CARE: ("一老一小关爱队", "上门看望独居老人"),
    TeamKind.REPAIR: ("便民维修队", "便民小修日"),
    TeamKind.CULTURE: ("文体队", "广场文化活动"),
}
SKILLS = ("水电维修", "理发", "书法", "医护", "普通话和本地话", "开车", "电脑和手机", "带孩子", "")
TIMES = ("周末", "工作日晚上", "周三下午", "随时", "")
Told = tuple[str, Any, Actor, Any]
Came = tuple[Shift, Volunteer]
SEAT_COLUMNS = (
    *("id", "shift_id", "volunteer_id", "state", "starts_at", "ends_at", "at", "came_at", "went_at"),
    *("came_how", "went_how"),
)
RECORD_COLUMNS = (
    *("id", "volunteer_id", "activity_id", "sign_up_id", "area_id"),
    *("street_id", "community_id", "grid_id", "branch_id", "building_id"),
    *("content", "starts_at", "ends_at", "minutes", "proposed_at", "proposed_by_id", "proposed_by_label"),
    *("confirmed_at", "confirmed_by_id", "confirmed_by_label", "is_hard", "is_late", "told", "reason", "state"),
)


class Record(NamedTuple):
    """What an event of a record says of it. Not a model: there are too many of them."""

    pk: int
    minutes: int


class VolunteerBook:
    """The rows of one district, until they are stored."""

    def __init__(self, plan: DistrictPlan, cast: Cast) -> None:
        self.plan, self.cast, self.rng = plan, cast, Random(SEED)
        self.branches = sorted(code for code, area in cast.areas.items() if area.level == Level.BRANCH)
        self.by_branch: dict[str, list[Volunteer]] = {}
        self.told: list[Told] = []

    def write(self, *, relayed_before: datetime) -> dict[str, int]:
        """Everything, in the order in which it depends on each other."""
        self._register()
        teams = self._teams()
        self._serve(teams)
        copy_rows(Event, EVENT_COLUMNS, (_event(one) for one in sorted(self.told, key=lambda one: one[1])))
        write_outbox(relayed_before=relayed_before)
        return {"volunteers": REGISTERED, "service_turns": TURNS, "teams": len(teams)}

    def _staff(self, branch: str) -> tuple[Actor, Actor]:
        """Who writes down and who leads in the community of a branch."""
        code = branch[:12]
        return self.cast.people[f"community_staff:{code}:1"], self.cast.people[f"community_secretary:{code}:0"]

    # ---- the register ----
    def _register(self) -> None:
        buildings = {
            branch: [code for code in self.cast.areas if code.startswith(branch) and len(code) > len(branch)]
            or [branch]
            for branch in self.branches
        }
        people: list[Resident] = []
        for index in range(REGISTERED):
            branch = self.branches[index % len(self.branches)]
            place = self.rng.choice(buildings[branch])
            people.append(self._resident(place, branch, FIRST + timedelta(hours=index % 1300 - 1400)))
        store(Resident, people)
        numbers = next_numbers("volunteer", [2021] * REGISTERED, "V")
        entries = [self._entry(*pair) for pair in zip(people, numbers, strict=True)]
        store(Volunteer, entries)
        for index, entry in enumerate(entries):
            branch = self.branches[index % len(self.branches)]
            self.by_branch.setdefault(branch, []).append(entry)
            staff, lead = self._staff(branch)
            self.told += [
                (RESIDENT_REGISTERED, entry.applied_at, staff, entry.resident),
                (life.VOLUNTEER_APPLIED, entry.applied_at, staff, entry),
                (life.VOLUNTEER_VERIFIED, entry.verified_at, lead, entry),
            ]
        wishes = [
            Interest(volunteer=entry, kind=KINDS[index % len(KINDS)], at=entry.applied_at)
            for index, entry in enumerate(entries)
            if index % 3 == 0
        ]
        store(Interest, wishes)

    def _resident(self, place: str, branch: str, at: datetime) -> Resident:
        staff, _lead = self._staff(branch)
        return Resident(
            area=self.cast.areas[place],
            **self.cast.stamp(place).as_fields(),
            name=person_name(self.rng),
            phone="",
            recorded_by_id=staff.user_id,
            recorded_by_label=staff.label,
            agreed_at=at,
        )

    def _entry(self, resident: Resident, number: str) -> Volunteer:
        at = resident.agreed_at
        place = {name: getattr(resident, name) for name in (*_STAMPS, "area_id")}
        return Volunteer(
            resident=resident,
            **place,
            number=number,
            state=VolunteerState.VERIFIED,
            skills=self.rng.choice(SKILLS),
            free_times=self.rng.choice(TIMES),
            is_on_honour_list=self.rng.random() < 0.2,
            applied_at=at,
            verify_due_at=at + timedelta(days=5),
            verified_at=at + timedelta(days=1),
            verified_by_id=self._lead_of(resident),
        )

    def _lead_of(self, resident: Resident) -> int | None:
        return self._staff(resident.area.code)[1].user_id

    # ---- teams ----
    def _teams(self) -> list[Team]:
        teams = []
        for index, branch in enumerate(self.branches):
            staff, _lead = self._staff(branch)
            for step in range(2):
                kind = KINDS[(index + step * 3) % len(KINDS)]
                teams.append(
                    Team(
                        area=self.cast.areas[branch],
                        **self.cast.stamp(branch).as_fields(),
                        name=DOES[kind][0],
                        kind=kind,
                        state=TeamState.ACTIVE,
                        lead=self.by_branch[branch][step],
                        needs_insurance=False,
                        formed_at=FIRST,
                        formed_by_id=staff.user_id,
                    )
                )
        store(Team, teams)
        members = [
            TeamMember(team=team, volunteer=entry, state=MemberState.JOINED, asked_at=FIRST, joined_at=FIRST)
            for index, team in enumerate(teams)
            for entry in self.by_branch[self.branches[index // 2]][index % 2 : 40 : 2]
        ]
        store(TeamMember, members)
        return teams

    # ---- service ----
    def _serve(self, teams: list[Team]) -> None:
        """Each branch has its share of the turns, on days of their own, so that nobody is in two places."""
        plans = list(self._turns(teams))
        numbers = iter(next_numbers("activity", [2021] * len(plans), LETTER))
        activities = [self._activity(team, next(numbers), days) for team, days, _shares in plans]
        store(Activity, activities)
        shifts, came = [], []
        for activity, (team, days, shares) in zip(activities, plans, strict=True):
            branch = team.area.code
            for day, share in zip(days, shares, strict=True):
                shift = _shift(activity, day, share)
                shifts.append(shift)
                came += [(shift, entry) for entry in self.rng.sample(self.by_branch[branch], share)]
        store(Shift, shifts)
        seat_ids, record_ids = reserve_ids(SignUp, len(came)), reserve_ids(ServiceRecord, len(came))
        copy_rows(SignUp, SEAT_COLUMNS, map(_seat, seat_ids, came))
        lines = (self._record(*row) for row in zip(record_ids, seat_ids, came, strict=True))
        copy_rows(ServiceRecord, RECORD_COLUMNS, lines)
        for pk, (shift, _entry) in zip(record_ids, came, strict=True):
            staff, lead = self._staff(shift.activity.area.code)
            record = Record(pk, shift.minutes)
            self.told += [
                (record_life.RECORD_PROPOSED, shift.ends_at, staff, record),
                (record_life.RECORD_CONFIRMED, shift.ends_at + timedelta(days=1), lead, record),
            ]

    def _turns(self, teams: list[Team]) -> Iterator[tuple[Team, list[datetime], list[int]]]:
        """For each activity its team, the days of its shifts, and how many come to each."""
        for index in range(len(self.branches)):
            left = TURNS // len(self.branches) + (index < TURNS % len(self.branches))
            step, turn = (LAST - FIRST) / (left // AT_ONCE + 4), 0
            while left:
                days: list[datetime] = []
                shares: list[int] = []
                while left and len(days) < SHIFTS_EACH:
                    days.append(
                        (FIRST + step * turn)
                        .astimezone(CHINA)
                        .replace(hour=9 + index % 8, minute=0, second=0, microsecond=0)
                    )
                    shares.append(min(AT_ONCE, left))
                    left, turn = left - shares[-1], turn + 1
                yield teams[index * 2 + turn % 2], days, shares

    def _activity(self, team: Team, number: str, days: list[datetime]) -> Activity:
        staff, _lead = self._staff(team.area.code)
        return Activity(
            number=number,
            area=team.area,
            **self.cast.stamp(team.area.code).as_fields(),
            title=DOES[TeamKind(team.kind)][1],
            team=team,
            lead=team.lead,
            state=ActivityState.CLOSED,
            planned_at=days[0] - timedelta(days=7),
            planned_by_id=staff.user_id,
            planned_by_label=staff.label,
            opened_at=days[0] - timedelta(days=6),
            closed_at=days[-1] + timedelta(days=3),
        )

    def _record(self, pk: int, seat_id: int, came: Came) -> tuple[Any, ...]:
        """In the order of the columns."""
        (shift, entry), activity = came, came[0].activity
        staff, lead = self._staff(activity.area.code)
        place = (activity.area_id, *(getattr(activity, name) for name in _STAMPS))
        stretch = (activity.title, shift.starts_at, shift.ends_at, shift.minutes)
        said = (shift.ends_at, staff.user_id, staff.label)
        confirmed = (shift.ends_at + timedelta(days=1), lead.user_id, lead.label)
        nothing = (False, False, 0, "", RecordState.CONFIRMED.value)
        return (pk, entry.pk, activity.pk, seat_id, *place, *stretch, *said, *confirmed, *nothing)


LETTER = "A"
_STAMPS = ("street_id", "community_id", "grid_id", "branch_id", "building_id")


def _shift(activity: Activity, day: datetime, share: int) -> Shift:
    ends_at = day + timedelta(minutes=90 if share % 2 else 120)
    return Shift(activity=activity, starts_at=day, ends_at=ends_at, capacity=share + 3, taken=share)


def _seat(pk: int, came: Came) -> tuple[Any, ...]:
    """In the order of the columns."""
    shift, entry = came
    hows = (How.LIST.value, How.LIST.value)
    times = (shift.starts_at, shift.ends_at, shift.starts_at - timedelta(days=2), shift.starts_at, shift.ends_at)
    return (pk, shift.pk, entry.pk, SeatState.BOOKED.value, *times, *hows)


def _event(told: Told) -> tuple[Any, ...]:
    """In the order of the columns of an event; the payload as the services write it."""
    name, at, actor, row = told
    payload: dict[str, Any] = {f"{name.partition('.')[0]}_id": row.pk}
    if name == RESIDENT_REGISTERED:
        payload = {"area_id": row.area_id, "is_own": False}
    elif name == life.VOLUNTEER_APPLIED:
        payload["is_own"] = False
    elif name == record_life.RECORD_CONFIRMED:
        payload["minutes"] = row.minutes
    return (
        name,
        at,
        actor.user_id,
        actor.label,
        (ServiceRecord if isinstance(row, Record) else row)._meta.label_lower,
        row.pk,
        json.dumps(payload),
    )


def load_volunteers(plan: DistrictPlan, cast: Cast, relayed_before: datetime) -> dict[str, int]:
    """The history; says how many."""
    return VolunteerBook(plan, cast).write(relayed_before=relayed_before)
