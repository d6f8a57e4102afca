"""A case that several units share: parts with clocks of their own, one public face, one answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.tokens import digest_of
from governance import policies
from governance.actors import COMMUNITY_ROLES
from governance.lifecycle import (
    FITS,
    IN_HAND,
    ISSUE_ACCEPTED,
    ISSUE_DISPATCHED,
    ISSUE_SPLIT,
    PART_STEPS,
    PARTS_DONE,
    Channel,
    State,
)
from governance.models import Clock, Dispatch, Issue, TimelineEntry
from governance.models.issues import Audience
from governance.services.clocks import plan_clocks, void_clocks
from governance.services.dispatch import Goal, accept, give, goal_area, recall, sign
from governance.services.links import follow_token
from governance.services.moves import (
    locked_issue,
    move,
    plan_line,
    plan_move,
    require_state,
    save_issue,
    tell,
    write_line,
)
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_for_new

PARTS_MOST = 9


@dataclass(frozen=True)
class Share:
    """What one unit or area is to do."""

    goal: Goal
    text: str


@transaction.atomic
def split_issue(*, issue_id: int, actor: Actor, shares: Sequence[Share]) -> Issue:
    """A dispatcher keeps the case and gives each unit its part; more parts can follow until the reply.

    The resident's own clock goes on. Closing asks for the same lock, so no part is opened under a closed case.
    """
    stamp_for_new(Issue.objects.select_related("area").get(pk=issue_id).area)  # asked before the case is locked
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["split"])
    require(policies.can_split_issue(actor, issue))
    known = list(Issue.objects.filter(part_of=issue).order_by("pk"))
    _check(issue, shares, known)
    _keep(issue, actor, at)
    issue.is_split = True
    save_issue(issue, "dispatched_at", "holder_area", "holder_unit", "is_split")
    parts = [_open(issue, share, len(known) + place, actor, at) for place, share in enumerate(shares, 1)]
    text = "；".join(f"{part.holder_name}：{part.text}" for part in parts)
    if issue.state == State.SIGNED:
        move(issue, State.WORKING, actor=actor, at=at, kind=ISSUE_SPLIT, text=text)
        save_issue(issue)
    else:
        write_line(issue, kind=ISSUE_SPLIT, actor=actor, at=at, text=text)
    tell(ISSUE_SPLIT, issue, actor, parts=[part.number for part in parts])
    for part in parts:
        tell(ISSUE_DISPATCHED, part, actor, unit_id=part.holder_unit_id)
    return issue


def _check(issue: Issue, shares: Sequence[Share], known: list[Issue]) -> None:
    if len(shares) + len(known) < 2:
        raise RuleError(_("A case is split into two parts at least. To give it to one unit, dispatch it."))
    if not shares or len(shares) + len(known) > PARTS_MOST:
        raise RuleError(_("At most %(limit)d parts.") % {"limit": PARTS_MOST})
    if any(not share.text.strip() for share in shares):
        raise RuleError(_("Say for each part what is to be done."))
    goals = [_goal_key(part.holder_unit_id, part.holder_area_id) for part in known if part.is_open]
    for share in shares:
        area = goal_area(issue, share.goal)
        goals.append(_goal_key(share.goal.unit.pk if share.goal.unit else None, area.pk))
    if len(set(goals)) < len(goals):
        raise RuleError(_("Each unit gets one part; write everything it has to do into that."))


def _goal_key(unit_id: int | None, area_id: int) -> tuple[str, int]:
    """A unit is the same whoever dispatched to it."""
    return ("unit", unit_id) if unit_id else ("area", area_id)


def _keep(issue: Issue, actor: Actor, at: datetime) -> None:
    """The dispatcher's own desk holds the whole: it talks with the resident and writes the answer."""
    by_community = issue.community_id and actor.holds(COMMUNITY_ROLES, issue)
    desk_id = issue.community_id if by_community else issue.street_id
    if issue.state not in IN_HAND or issue.holder_unit_id or issue.holder_area_id != desk_id:
        if issue.state in FITS["take"]:
            accept(issue, actor, at)
        elif issue.state in IN_HAND:
            recall(issue, actor, at, _("Split among several units"))
        give(issue, Goal(area=Area.objects.get(pk=desk_id)), actor, at)
    if issue.state in FITS["sign"]:
        sign(issue, actor, at)


def _open(whole: Issue, share: Share, place: int, actor: Actor, at: datetime) -> Issue:
    """One part: dispatched at once, on its own clock. Numbered after the whole, so people see what belongs together."""
    area = goal_area(whole, share.goal)
    part = Issue(
        number=f"{whole.number}-{place}",
        part_of=whole,
        area=whole.area,
        street_id=whole.street_id,
        community_id=whole.community_id,
        grid_id=whole.grid_id,
        branch_id=whole.branch_id,
        building_id=whole.building_id,
        category=whole.category,
        urgency=whole.urgency,
        text=share.text.strip(),
        place_note=whole.place_note,
        latitude=whole.latitude,
        longitude=whole.longitude,
        channel=Channel(whole.channel),
        hide_requester=whole.hide_requester,
        state=State.SUBMITTED,
        holder_area=area,
        holder_unit=share.goal.unit,
        submitted_at=at,
        dispatched_at=at,
    )
    part.follow_digest = digest_of(follow_token(part))  # nobody is given it
    goal = {"area": area, "unit": share.goal.unit}
    lines: list[TimelineEntry] = [
        plan_line(part, kind=ISSUE_SPLIT, actor=actor, at=at, to_state=State.SUBMITTED, reason=whole.number),
        plan_move(part, State.ACCEPTED, actor=actor, at=at, kind=ISSUE_ACCEPTED, audience=Audience.STAFF),
        plan_move(part, State.DISPATCHED, actor=actor, at=at, kind=ISSUE_DISPATCHED, **goal),
    ]
    clocks = plan_clocks(part, PART_STEPS, at)
    part.save(force_insert=True)
    Clock.objects.bulk_create(clocks)
    TimelineEntry.objects.bulk_create(lines)
    Dispatch.objects.create(issue=part, **goal, at=at, by_id=actor.user_id, by_label=actor.label)
    return part


def open_parts(issue: Issue) -> list[str]:
    """Numbers of the parts that have not replied."""
    if not issue.is_split:
        return []
    parts = Issue.objects.filter(part_of=issue).exclude(state__in=sorted(PARTS_DONE))
    return list(parts.order_by("pk").values_list("number", flat=True))


def require_parts_replied(issue: Issue) -> None:
    """The one answer is written when every part has its own. The caller has locked the whole."""
    numbers = open_parts(issue)
    if numbers:
        raise RuleError(_("These parts have not replied yet: %(numbers)s.") % {"numbers": "、".join(numbers)})


def close_parts(issue: Issue, *, actor: Actor, at: datetime, kind: str) -> None:
    """The whole is closed, and its parts with it; never over one that is still worked on, unless it is taken back.

    The caller has locked the whole, and its parts with it; a part is opened again only with that lock.
    """
    if not issue.is_split:
        return
    if issue.state != State.WITHDRAWN:
        require_parts_replied(issue)
    for part in Issue.objects.filter(part_of=issue, closed_at=None).order_by("pk"):
        _close_part(part, State(issue.state), actor=actor, at=at, kind=kind)


def _close_part(part: Issue, to: State, *, actor: Actor, at: datetime, kind: str) -> None:
    line = {"actor": actor, "at": at, "kind": kind, "audience": Audience.STAFF}
    if part.state == State.REPLIED and to != State.WITHDRAWN:
        move(part, State.CALLBACK, **line)  # type: ignore[arg-type]
    if not part.can_move_to(to):  # taken back after this part was checked: what was done stands
        to = State.CLOSED_EXPLAINED
    move(part, to, **line)  # type: ignore[arg-type]
    void_clocks(part, at)
    part.dispatches.filter(ended_at=None).update(ended_at=at)
    save_issue(part)


def require_whole_open(part: Issue) -> None:
    """A part is not opened again under a closed case. The caller has locked both (`locked_issue`)."""
    if part.part_of_id and not Issue.objects.filter(pk=part.part_of_id, closed_at=None).exists():
        raise RuleError(_("The whole case is closed. Reopen that one first."))
