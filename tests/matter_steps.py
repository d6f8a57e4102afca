"""A matter, and its seven steps, as the people of the test district take them."""

from typing import Any

from governance.lifecycle.matters import MatterSource, MatterState
from governance.models import Category, Matter
from governance.services.matters import collecting, handling
from governance.services.matters.collecting import Hand, Sighting
from neighborhoods.models import Post


def sighting(district: Any, **fields: Any) -> Sighting:
    return Sighting(
        area=fields.pop("area", district.building),
        category=Category.objects.get(code=fields.pop("category", "IN03")),
        text=fields.pop("text", "楼道灯坏了一盏，晚上看不清台阶。"),
        source=fields.pop("source", MatterSource.PATROL),
        **fields,
    )


def collect(district: Any, people: Any, who: str = "representative", **fields: Any) -> Matter:
    return collecting.collect_matter(actor=getattr(people, who), sighting=sighting(district, **fields))


def post_of(people: Any, who: str) -> Post:
    return Post.objects.get(user=people.user(who))


# Whoever is next, and what they do, in each state.
NEXT = {
    MatterState.COLLECTED: lambda pk, p: collecting.file_matter(matter_id=pk, actor=p.grid_worker),
    MatterState.FILED: lambda pk, p: collecting.dispatch_matter(
        matter_id=pk, actor=p.grid_worker, to=Hand(post=post_of(p, "grid_worker"))
    ),
    MatterState.DISPATCHED: lambda pk, p: handling.handle_matter(matter_id=pk, actor=p.grid_worker, result="换了灯泡"),
    MatterState.HANDLED: lambda pk, p: handling.report_matter(matter_id=pk, actor=p.grid_worker, text="已告诉住户"),
    MatterState.REPORTED: lambda pk, p: handling.check_matter(matter_id=pk, actor=p.community_staff, passed=True),
    MatterState.CHECKED: lambda pk, p: handling.close_matter(matter_id=pk, actor=p.community_staff),
}


def put(matter: Matter, state: str, people: Any) -> Matter:
    """The matter in this state, by its own steps."""
    if state == MatterState.NOT_FILED:
        collecting.leave_matter(matter_id=matter.pk, actor=people.grid_worker, reason="已有人在修")
    matter.refresh_from_db()
    while state not in {MatterState.NOT_FILED, matter.state}:
        NEXT[MatterState(matter.state)](matter.pk, people)
        matter.refresh_from_db()
    return Matter.objects.get(pk=matter.pk)
