"""A matter comes in: written down once, however often the form is sent; filed, or not; given to whoever handles it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.numbers import next_number
from governance.actors import COMMUNITY_ROLES, FILERS, STREET_ROLES
from governance.lifecycle.matters import (
    MATTER_COLLECTED,
    MATTER_DISPATCHED,
    MATTER_FILED,
    MATTER_FITS,
    MATTER_NOT_FILED,
    MATTER_REDISPATCHED,
    MatterSource,
    MatterState,
)
from governance.models import Category, Matter
from governance.policies import matters as policies
from governance.services.matters.around import Helper, add_helpers, link_issues
from governance.services.matters.moves import locked_matter, move, require_state, tell, tick, write_line
from governance.services.moves import person
from neighborhoods.actors import Actor, Level, Role
from neighborhoods.models import Area, PartnerUnit, Post
from neighborhoods.selectors.posts import lowest_staffed
from neighborhoods.services.stamps import Stamp, stamp_for_new

TEXT_LIMIT, REASON_LIMIT, LETTER = 500, 200, "E"
FILING_DESKS = {Level.GRID: {Role.GRID_WORKER}, Level.COMMUNITY: COMMUNITY_ROLES, Level.STREET: STREET_ROLES}


@dataclass(frozen=True)
class Sighting:
    """What somebody has seen or heard. `takes`: they file it and keep it to do themselves, in one go."""

    area: Area
    category: Category
    text: str
    source: MatterSource = MatterSource.PATROL
    place_note: str = ""
    helpers: tuple[Helper, ...] = ()
    issue_ids: tuple[int, ...] = ()
    takes: bool = False
    submission_key: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Hand:
    """Whom a matter is given to: a post or a unit."""

    post: Post | None = None
    unit: PartnerUnit | None = None


def collect_matter(*, actor: Actor, sighting: Sighting) -> Matter:
    """Write it down (采集). The same key is stored once."""
    try:
        return _collect(actor=actor, sighting=sighting)
    except IntegrityError:
        known = Matter.objects.filter(submission_key=sighting.submission_key).first()
        if known is None:
            raise
        return known


@transaction.atomic
def _collect(*, actor: Actor, sighting: Sighting) -> Matter:
    at = timezone.now()
    area, stamp = stamp_for_new(sighting.area)
    require(policies.can_collect_at(actor, stamp))
    _check(area, sighting)
    matter = Matter(
        number=next_number("matter", timezone.localdate(at).year, LETTER),
        submission_key=sighting.submission_key,
        area=sighting.area,
        **stamp.as_fields(),
        category=sighting.category,
        text=sighting.text.strip(),
        place_note=sighting.place_note.strip(),
        source=sighting.source,
        holder_area_id=_filing_desk(stamp),
        collected_at=at,
        collected_by_id=person(actor),
        collected_by_label=actor.label,
        collector_role=policies.collecting_role(actor, stamp),
    )
    matter.save(force_insert=True)
    tick(matter, None, at)
    matter.save(update_fields=["due_at"])
    write_line(matter, MATTER_COLLECTED, actor, at, to_state=matter.state, text=matter.text)
    tell(MATTER_COLLECTED, matter, actor)
    add_helpers(matter, sighting.helpers, actor, at)
    link_issues(matter, sighting.issue_ids, actor, at)
    if sighting.takes:
        _take(matter, actor, at)
    return matter


def _check(area: Area, sighting: Sighting) -> None:
    if area.closed_on:
        raise RuleError(_("This place is no longer kept. Choose another one."), field="place")
    if not sighting.text.strip():
        raise RuleError(_("Write a few words about what is wrong."), field="text")
    if len(sighting.text) > TEXT_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TEXT_LIMIT}, field="text")


def _filing_desk(stamp: Stamp) -> int:
    """The grid of the place, or the nearest desk above it that is staffed."""
    found = lowest_staffed(stamp, FILING_DESKS) or stamp.community_id or stamp.street_id
    return found if found is not None else 0


def _take(matter: Matter, actor: Actor, at: datetime) -> None:
    """Filed and given to oneself: three of the seven steps with one press, each with its own line."""
    require(policies.can_file_matter(actor, matter))
    near = [grant for grant in actor.grants_of(FILERS) if grant.covers(matter) and grant.post_id]
    own = max(near, key=lambda grant: grant.level)
    move(matter, MatterState.FILED, MATTER_FILED, actor, at)
    _give(matter, Hand(post=Post.objects.select_related("area", "title", "user").get(pk=own.post_id or 0)))
    move(matter, MatterState.DISPATCHED, MATTER_DISPATCHED, actor, at, reason=matter.holder_name)


@transaction.atomic
def file_matter(*, matter_id: int, actor: Actor, note: str = "") -> Matter:
    """It is ours to see to (立案)."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["file"])
    require(policies.can_file_matter(actor, matter))
    move(matter, MatterState.FILED, MATTER_FILED, actor, at, text=note.strip())
    return matter


@transaction.atomic
def leave_matter(*, matter_id: int, actor: Actor, reason: str) -> Matter:
    """It is not filed, with a reason that whoever collected it reads."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["not-file"])
    require(policies.can_leave_matter(actor, matter))
    if not reason.strip():
        raise RuleError(_("Say why it is not filed."), field="reason")
    move(matter, MatterState.NOT_FILED, MATTER_NOT_FILED, actor, at, reason=reason.strip()[:REASON_LIMIT])
    return matter


@transaction.atomic
def dispatch_matter(*, matter_id: int, actor: Actor, to: Hand, note: str = "") -> Matter:
    """Give it to a post or a unit (派遣)."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["dispatch"])
    require(policies.can_dispatch_matter(actor, matter))
    require(policies.may_give(actor, matter, to.post, to.unit))
    _give(matter, to)
    move(matter, MatterState.DISPATCHED, MATTER_DISPATCHED, actor, at, text=note.strip(), reason=matter.holder_name)
    return matter


@transaction.atomic
def redispatch_matter(*, matter_id: int, actor: Actor, to: Hand, note: str) -> Matter:
    """Another hand, with a reason both read. The clock goes on: the neighbours have waited since the first one."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["redispatch"])
    require(policies.can_redispatch_matter(actor, matter))
    if not note.strip():
        raise RuleError(_("Say why."), field="note")
    _give(matter, to)
    matter.save()
    write_line(matter, MATTER_REDISPATCHED, actor, at, text=note.strip(), reason=matter.holder_name)
    tell(MATTER_REDISPATCHED, matter, actor)
    return matter


def _give(matter: Matter, to: Hand) -> None:
    """Whose it is now; a unit answers to the community of the place."""
    if (to.post is None) == (to.unit is None):
        raise RuleError(_("Choose either a person or a unit."), field="goal")
    if to.post is not None and not _is_near(matter, to.post):
        raise RuleError(_("Choose somebody who serves in this place today."), field="goal")
    matter.owner_post, matter.holder_unit = to.post, to.unit
    if to.post is not None and to.post.area is not None:
        matter.holder_area = to.post.area
    else:
        matter.holder_area_id = matter.community_id or matter.street_id


def _is_near(matter: Matter, post: Post) -> bool:
    """A live post on the path of the place, or directly below it."""
    path = {getattr(matter, name) for name in Stamp.__dataclass_fields__} - {None}
    today = timezone.localdate()
    is_live = post.starts_on <= today and (post.ends_on is None or post.ends_on > today)
    area = post.area
    return is_live and area is not None and (area.pk in path or area.parent_id == matter.area_id)
