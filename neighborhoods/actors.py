"""Who is acting, in which roles, over which part of the district."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(IntEnum):
    """mptt's level is the kind of an area. The district above them is not a node (one tree per street)."""

    DISTRICT = -1
    STREET = 0
    COMMUNITY = 1
    GRID = 2
    BRANCH = 3
    BUILDING = 4


class Role(models.TextChoices):
    """What a post allows (docs/glossary.md, "Roles")."""

    GRID_WORKER = "grid_worker", _("grid worker")
    BUILDING_LEAD = "building_lead", _("building lead")
    REPRESENTATIVE = "representative", _("residents' representative")
    BRANCH_SECRETARY = "branch_secretary", _("branch secretary")
    COMMUNITY_STAFF = "community_staff", _("community staff")
    COMMUNITY_LEAD = "community_lead", _("community secretary")
    STREET_DISPATCHER = "street_dispatcher", _("street dispatcher")
    STREET_LEAD = "street_lead", _("street lead")
    UNIT_CLERK = "unit_clerk", _("department clerk")
    UNIT_LEAD = "unit_lead", _("department lead")
    BODY_CONTACT = "body_contact", _("property or owners' committee contact")
    CALLBACK_AGENT = "callback_agent", _("call-back agent")
    DISTRICT_DUTY = "district_duty", _("district duty officer")
    ANALYST = "analyst", _("district analyst")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDITOR = "auditor", _("audit administrator")


# Who keeps the tree: the street itself and its communities, and what is below a community.
STREET_KEEPERS = frozenset({Role.STREET_LEAD})
LOCAL_KEEPERS = frozenset({Role.STREET_LEAD, Role.STREET_DISPATCHER, Role.COMMUNITY_LEAD})
# Who may print the posters of a compound.
POSTER_ROLES = LOCAL_KEEPERS | {Role.COMMUNITY_STAFF, Role.GRID_WORKER, Role.BRANCH_SECRETARY, Role.SYSTEM_ADMIN}

# Who keeps doors and people: those who know them.
RESIDENT_KEEPERS = frozenset({Role.COMMUNITY_LEAD, Role.COMMUNITY_STAFF, Role.GRID_WORKER, Role.BRANCH_SECRETARY})

# The column of a stamped row that holds the area of a level.
STAMP_COLUMN = {
    Level.STREET: "street_id",
    Level.COMMUNITY: "community_id",
    Level.GRID: "grid_id",
    Level.BRANCH: "branch_id",
    Level.BUILDING: "building_id",
}


class Stamped(Protocol):
    """Anything that carries the ids of the areas it belongs to."""

    @property
    def street_id(self) -> int | None: ...

    @property
    def community_id(self) -> int | None: ...

    @property
    def grid_id(self) -> int | None: ...

    @property
    def branch_id(self) -> int | None: ...

    @property
    def building_id(self) -> int | None: ...


@dataclass(frozen=True)
class Grant:
    """A role over one area and everything below it. Level DISTRICT covers everything and has area id 0."""

    role: str
    level: Level
    area_id: int
    post_id: int | None = None

    def covers(self, place: Stamped) -> bool:
        """Whether the place lies in the area of this grant; a grant of the district covers every place."""
        if self.level == Level.DISTRICT:
            return True
        return getattr(place, STAMP_COLUMN[self.level]) == self.area_id


@dataclass(frozen=True)
class UnitGrant:
    """A role inside a partner unit (department, company, property firm)."""

    role: str
    unit_id: int
    post_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """One person's standing at the moment of a request. Computed once, never stored."""

    user_id: int | None
    label: str
    grants: frozenset[Grant] = frozenset()
    units: frozenset[UnitGrant] = frozenset()
    is_system: bool = False
    language: str = field(default="zh-hans", compare=False)

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """The partner units the person works for."""
        return frozenset(u.unit_id for u in self.units)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of `Role`, wherever they are held."""
        return frozenset(g.role for g in self.grants) | frozenset(u.role for u in self.units)

    @property
    def is_somebody(self) -> bool:
        """Signed in and holding at least one post."""
        return bool(self.grants or self.units)

    def holds(self, roles: str | Iterable[str], place: Stamped) -> bool:
        """Whether one of the roles is held over an area that contains the place."""
        wanted = {roles} if isinstance(roles, str) else set(roles)
        return any(g.role in wanted and g.covers(place) for g in self.grants)

    def in_unit(self, unit_id: int | None, roles: Iterable[str] | None = None) -> bool:
        """Whether the actor works in the unit (with one of the roles)."""
        if unit_id is None:
            return False
        return any(u.unit_id == unit_id and (roles is None or u.role in set(roles)) for u in self.units)

    def grants_of(self, roles: Iterable[str]) -> frozenset[Grant]:
        """The grants over an area in one of these roles; posts in units are none."""
        wanted = set(roles)
        return frozenset(g for g in self.grants if g.role in wanted)


SYSTEM = Actor(user_id=None, label="system", is_system=True)
NOBODY = Actor(user_id=None, label="resident")
