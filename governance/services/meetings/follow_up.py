"""What a meeting resolved is given to somebody, to be done by a day and looked at by somebody else."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.models import Task
from governance.policies import meetings as policies
from governance.selectors.matters import HANDS, posts_near
from governance.services.meetings.moves import locked_meeting, require_meeting_fits
from governance.services.tasks import Milestone, Order, give_task
from neighborhoods.actors import Actor
from neighborhoods.models import AreaStamped, PartnerUnit, Post


@dataclass(frozen=True)
class Follow:
    """What is to be done about a resolution; whoever holds a post, a unit, or the desk of the meeting's area."""

    title: str
    due_at: datetime
    proof_wanted: str = ""
    unit: PartnerUnit | None = None
    post: Post | None = None
    milestones: tuple[Milestone, ...] = ()


def require_one_owner(follow: Follow, thing: AreaStamped) -> None:
    """A unit, or somebody who serves where the meeting or the whistle is; neither is the desk."""
    if follow.unit and follow.post:
        raise RuleError(_("Choose a unit or a post, not both."), field="post")
    if follow.post and follow.post not in posts_near(thing, HANDS):
        raise RuleError(_("Choose somebody who serves there."), field="post")


@transaction.atomic
def give_resolution_task(*, meeting_id: int, actor: Actor, resolution_id: int, follow: Follow) -> Task:
    """Give a task for a resolution of confirmed minutes; there may be several for one."""
    meeting = locked_meeting(meeting_id)
    require_meeting_fits(meeting, "task")
    require(policies.can_organize_meeting(actor, meeting, "task"))
    resolution = meeting.resolutions.select_related("item__topic__issue").filter(pk=resolution_id).first()
    if resolution is None:
        raise RuleError(_("This resolution is not one of this meeting."))
    if resolution.is_information_only:
        raise RuleError(_("It says that nothing has to be done."))
    require_one_owner(follow, meeting)
    topic = resolution.item.topic if resolution.item else None
    order = Order(
        area=meeting.area,
        title=follow.title,
        due_at=follow.due_at,
        text=resolution.text,
        proof_wanted=follow.proof_wanted,
        unit=follow.unit,
        post=follow.post,
        milestones=follow.milestones,
        issue=topic.issue if topic else None,
    )
    return give_task(actor=actor, order=order, resolution=resolution)
