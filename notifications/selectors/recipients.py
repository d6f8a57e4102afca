"""Who is told. Work belongs to posts, so every answer comes from the posts that are live today."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils import timezone

from accounts.models import User
from core.models import Event
from governance.actors import DISPATCHERS, HANDLER_ROLES, LEAD_ROLES, STREET_ROLES, UNIT_ROLES
from governance.lifecycle import TO_RULE, Step, Target
from governance.lifecycle.duties import DutyStep
from governance.models import Issue, Matter, Task
from neighborhoods.actors import STAMP_COLUMN, Level, Role, Stamped
from neighborhoods.selectors import posts

# Who answers for a level when a case climbs to it.
LEVEL_ROLES: dict[Level, frozenset[str]] = {
    Level.COMMUNITY: frozenset({Role.COMMUNITY_LEAD}),
    Level.STREET: STREET_ROLES,
    Level.DISTRICT: frozenset({Role.DISTRICT_DUTY}),
    Level.GRID: HANDLER_ROLES[Level.GRID],
    Level.BRANCH: HANDLER_ROLES[Level.BRANCH],
}
_UPWARDS = (Level.BRANCH, Level.GRID, Level.COMMUNITY, Level.STREET, Level.DISTRICT)


class Directory:
    """Answers "who?" for one batch of events and remembers: a sweep escalates many issues of the same few posts."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], list[User]] = {}

    def _remember(self, key: tuple[Any, ...], ask: Callable[[], list[User]]) -> list[User]:
        if key not in self._known:
            self._known[key] = ask()
        return self._known[key]

    def at_area(self, roles: Collection[str], area_id: int) -> list[User]:
        """Holders of one of the roles in exactly this area."""
        wanted = tuple(sorted(roles))
        return self._remember(("area", wanted, area_id), lambda: posts.users_holding(wanted, area_id))

    def in_unit(self, roles: Collection[str], unit_id: int) -> list[User]:
        """Holders of one of the roles in this partner unit."""
        wanted = tuple(sorted(roles))
        return self._remember(("unit", wanted, unit_id), lambda: posts.users_in_unit(wanted, unit_id))

    def of_district(self, roles: Collection[str]) -> list[User]:
        """Holders of one of the roles in the whole district."""
        wanted = tuple(sorted(roles))
        return self._remember(("district", wanted), lambda: posts.users_of_district(wanted))

    def at_level(self, roles: Collection[str], level: Level, place: Stamped) -> list[User]:
        """Holders of the roles at the area of a level on the path of a place."""
        if level == Level.DISTRICT:
            return self.of_district(roles)
        area_id = getattr(place, STAMP_COLUMN[level])
        return self.at_area(roles, area_id) if area_id else []

    def person(self, user_id: int) -> list[User]:
        """One person, or nobody when the account is switched off."""
        return self._remember(("user", user_id), lambda: list(User.objects.filter(pk=user_id, is_active=True)))


@dataclass(frozen=True)
class Happening:
    """An event together with what it is about: an issue, or a kind of notifications.subjects."""

    event: Event
    about: Any
    directory: Directory = field(default_factory=Directory)

    @property
    def issue(self) -> Issue:
        """The issue; rules of issues only."""
        return cast("Issue", self.about)

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the service wrote down with the event."""
        return self.event.payload


Recipients = Callable[[Happening], list[User]]


def holders(on: Happening) -> list[User]:
    """Everybody on whose desk it lies."""
    about = on.about
    if about.holder_unit_id:
        return on.directory.in_unit(UNIT_ROLES, about.holder_unit_id)
    roles = HANDLER_ROLES.get(Level(about.holder_area.level), frozenset())
    return on.directory.at_area(roles, about.holder_area_id) or upwards(on, Level(about.holder_area.level))


def owners(on: Happening) -> list[User]:
    """Whose a task or a matter is: the holder of its post while it lasts, else everybody on whose desk it lies."""
    post = on.about.owner_post
    has_ended = post is None or (post.ends_on is not None and post.ends_on <= timezone.localdate())
    return holders(on) if has_ended else on.directory.person(post.user_id)


def giver(on: Happening) -> list[User]:
    """Whoever gave a task; the dispatchers of the place when a rule did."""
    by = on.about.given_by_id
    return on.directory.person(by) if by else dispatch_desk(on)


def collector(on: Happening) -> list[User]:
    """Whoever wrote a matter down."""
    return on.directory.person(on.about.collected_by_id)


def leads(on: Happening) -> list[User]:
    """Whoever leads the holder."""
    about = on.about
    if about.holder_unit_id:
        return on.directory.in_unit({Role.UNIT_LEAD}, about.holder_unit_id)
    level = Level(about.holder_area.level)
    roles = LEAD_ROLES.get(level, frozenset())
    return on.directory.at_level(roles, Level.STREET if level == Level.STREET else Level.COMMUNITY, about)


def upwards(on: Happening, level: Level) -> list[User]:
    """The nearest level from here up where somebody answers for the place."""
    start = _UPWARDS.index(level) if level in _UPWARDS else 0
    for each in _UPWARDS[start:]:
        found = on.directory.at_level(LEVEL_ROLES[each], each, on.about)
        if found:
            return found
    return []


def _whose_turn(on: Happening, *, with_lead: bool) -> list[User]:
    """Who has to take the step whose clock runs: not always the holder."""
    step = on.payload.get("step")
    if isinstance(on.about, Task | Matter):  # what has an owner of its own; who has none yet lies on a desk
        return dispatch_desk(on) if step in {DutyStep.CHECK, DutyStep.SEND, DutyStep.CLOSE} else owners(on)
    if step == Step.CALLBACK:
        return callback_agents(on)
    if step == Step.NOTE:
        return dispatch_desk(on)
    if step == Step.REVIEW:
        return street_desk(on)
    if step == Step.RULING:
        return street_desk(on) if on.issue.state in TO_RULE else dispatch_desk(on)
    return [*holders(on), *leads(on)] if with_lead else holders(on)


def target_of_escalation(on: Happening) -> list[User]:
    """Whom the rung of the ladder names."""
    target, level = on.payload.get("target"), on.payload.get("level")
    if target in {Target.HANDLER, Target.HANDLER_LEAD}:
        return _whose_turn(on, with_lead=target == Target.HANDLER_LEAD)
    if target == Target.STREET:
        return upwards(on, Level.STREET)
    if target == Target.DISTRICT:
        return upwards(on, Level.DISTRICT)
    told = upwards(on, Level(level) if level is not None else Level.COMMUNITY)
    return [*told, *leads(on)] if on.about.holder_unit_id else told


def dispatch_desk(on: Happening) -> list[User]:
    """The nearest desk that may dispatch: the community, else the street."""
    for level in (Level.COMMUNITY, Level.STREET):
        found = on.directory.at_level(DISPATCHERS, level, on.about)
        if found:
            return found
    return []


def above_holder(on: Happening) -> list[User]:
    """Who may give a case more time: a level above its holder; a unit answers to the street."""
    level = Level(on.issue.holder_area.level)
    if on.issue.holder_unit_id or level == Level.COMMUNITY:
        return street_desk(on)
    return upwards(on, Level.DISTRICT) if level == Level.STREET else dispatch_desk(on)


def supervisors(on: Happening) -> list[User]:
    """Who is told that a case is urged again and again: the community's lead, or the street for what is not below."""
    is_below = on.issue.holder_area.level > Level.COMMUNITY and not on.issue.holder_unit_id
    return upwards(on, Level.COMMUNITY if is_below else Level.STREET)


def street_desk(on: Happening) -> list[User]:
    """Who rules on a disputed case."""
    return upwards(on, Level.STREET)


def whoever_ordered(on: Happening) -> list[User]:
    """The level that ordered to see to it."""
    return upwards(on, Level(on.payload.get("level", Level.STREET)))


def callback_agents(on: Happening) -> list[User]:
    """Who asks residents; without agents the dispatchers do."""
    for level in (Level.COMMUNITY, Level.STREET, Level.DISTRICT):
        found = on.directory.at_level({Role.CALLBACK_AGENT}, level, on.issue)
        if found:
            return found
    return dispatch_desk(on)


def recorder(on: Happening) -> list[User]:
    """Whoever typed it for a resident, and will be asked about it at the door."""
    return on.directory.person(on.issue.recorded_by_id) if on.issue.recorded_by_id else []
