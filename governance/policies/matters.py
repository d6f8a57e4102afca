"""Who may do what to a matter. Pure: the matter comes with its holder's area and its owner's post loaded."""

from django.utils import timezone

from governance.actors import COLLECTORS, DISPATCHERS, FILERS, HANDLER_ROLES, LINKERS, UNIT_ROLES, VIEWERS
from governance.lifecycle.matters import MATTER_FITS
from governance.models import Issue, Matter
from neighborhoods.actors import Actor, Grant, Level, Stamped
from neighborhoods.models import PartnerUnit, Post


def can_read_matters(actor: Actor) -> bool:
    """Open the list: whoever collects, sees or handles some."""
    return bool(actor.units or actor.grants_of(COLLECTORS | VIEWERS))


def can_collect(actor: Actor) -> bool:
    """Write down what one has seen or heard, somewhere."""
    return bool(actor.grants_of(COLLECTORS))


def can_collect_at(actor: Actor, place: Stamped) -> bool:
    """Write down what one has seen or heard here."""
    return actor.holds(COLLECTORS, place)


def collecting_role(actor: Actor, place: Stamped) -> str:
    """In which role: that of the post nearest to the place."""
    near = [g for g in actor.grants_of(COLLECTORS) if g.covers(place)]
    return max(near, key=lambda g: (g.level, g.role)).role if near else ""


def has_ended(post: Post) -> bool:
    """Whether nobody holds it any more."""
    return post.ends_on is not None and post.ends_on <= timezone.localdate()


def is_of_post(grant: Grant, post: Post) -> bool:
    """The post itself, or, once it has ended, another one of its title in the same place."""
    if grant.post_id == post.pk:
        return True
    return has_ended(post) and grant.area_id == post.area_id and grant.role in post.title.role_set


def handling_grant(actor: Actor, matter: Matter) -> Grant | None:
    """The post by which a matter of a post or a desk is the actor's to do."""
    if matter.holder_unit_id:
        return None
    if matter.owner_post is not None:
        mine = [grant for grant in actor.grants if is_of_post(grant, matter.owner_post)]
    else:
        roles = HANDLER_ROLES.get(Level(matter.holder_area.level), frozenset())
        mine = [g for g in actor.grants if g.role in roles and g.area_id == matter.holder_area_id]
    return min(mine, key=lambda grant: grant.role) if mine else None


def is_hand(actor: Actor, matter: Matter) -> bool:
    """Whether it is the actor's to do: by post, by unit, or at the desk of the area."""
    return actor.in_unit(matter.holder_unit_id, UNIT_ROLES) or handling_grant(actor, matter) is not None


def is_collector(actor: Actor, matter: Matter) -> bool:
    """Whoever wrote it down, as long as they hold a post that does."""
    return can_collect(actor) and actor.user_id is not None and actor.user_id == matter.collected_by_id


def can_see_matter(actor: Actor, matter: Matter) -> bool:
    """Mirror of selectors.matters.matters_visible_to for one row."""
    return actor.holds(VIEWERS, matter) or is_hand(actor, matter) or is_collector(actor, matter)


def can_file_matter(actor: Actor, matter: Matter, verb: str = "file") -> bool:
    """Open a file for it, or say why not: the grid or the desks above it."""
    return matter.state in MATTER_FITS[verb] and actor.holds(FILERS, matter)


def can_leave_matter(actor: Actor, matter: Matter) -> bool:
    """Not file it, with a reason."""
    return can_file_matter(actor, matter, "not-file")


def can_dispatch_matter(actor: Actor, matter: Matter) -> bool:
    """Give it to a post or a unit; `may_give` says to which."""
    return matter.state in MATTER_FITS["dispatch"] and actor.holds(FILERS, matter)


def can_redispatch_matter(actor: Actor, matter: Matter) -> bool:
    """Take it from whoever has not begun and give it to somebody else."""
    return matter.state in MATTER_FITS["redispatch"] and actor.holds(DISPATCHERS, matter)


def may_give(actor: Actor, matter: Matter, post: Post | None, unit: PartnerUnit | None) -> bool:
    """A grid gives to its own posts; a unit, or a desk above the grid, only community or street may ask."""
    if actor.holds(DISPATCHERS, matter):
        return True
    return unit is None and post is not None and post.area is not None and post.area.level >= Level.GRID


def can_handle_matter(actor: Actor, matter: Matter) -> bool:
    """Say what was done."""
    return matter.state in MATTER_FITS["handle"] and is_hand(actor, matter)


def can_report_matter(actor: Actor, matter: Matter) -> bool:
    """Say how it is now, and who was told."""
    return matter.state in MATTER_FITS["report"] and is_hand(actor, matter)


def can_check_matter(actor: Actor, matter: Matter) -> bool:
    """Look whether it is so: from a post above or beside, never who handled it, nor anybody of the unit that did."""
    if matter.state not in MATTER_FITS["check"] or actor.user_id is None or actor.user_id == matter.handled_by_id:
        return False
    highest = matter.handler_level if matter.handler_level is not None else Level.COMMUNITY
    stands = any(g.level <= highest and g.covers(matter) for g in actor.grants_of(DISPATCHERS))
    return stands and not actor.in_unit(matter.holder_unit_id)


def can_close_matter(actor: Actor, matter: Matter) -> bool:
    """Close the file: the grid or the desks above it."""
    return matter.state in MATTER_FITS["close"] and actor.holds(FILERS, matter)


def can_help_matter(actor: Actor, matter: Matter) -> bool:
    """Write down who helped: whoever has it, collected it, or files there."""
    mine = is_hand(actor, matter) or is_collector(actor, matter)
    return matter.state in MATTER_FITS["help"] and (mine or actor.holds(FILERS, matter))


def can_link_matter(actor: Actor, matter: Matter) -> bool:
    """Say which requests it belongs to."""
    return matter.state in MATTER_FITS["link"] and actor.holds(LINKERS, matter)


def can_link_issue(actor: Actor, issue: Issue) -> bool:
    """The same, of the request: it lies in the actor's own area."""
    return actor.holds(LINKERS, issue)


def can_make_matter_of(actor: Actor, issue: Issue) -> bool:
    """Begin a matter from a request."""
    return issue.is_open and can_link_issue(actor, issue) and can_collect_at(actor, issue)
