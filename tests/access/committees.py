"""Enlarged committees, their members and promises."""

from collections.abc import Callable
from typing import Any

from governance.models import Committee
from governance.services.committees.members import link_meeting
from tests import test_governance_committees as committees
from tests.access.pages import EVERYONE, Page, World
from tests.factories import make_meeting
from tests.test_policies import DISPATCHERS, STREET, VIEWERS


def seated(world: World, state: str = "recommended") -> tuple[Any, Any]:
    """A committee of the community, and a member in a state."""
    found = Committee.objects.filter(area=world.district.community).first()
    committee = found or committees.open_committee(world.district, world.people, seats=39)
    name = f"彭{committee.members.count()}"
    member = committees.recommend(committee, world.district, world.people, name=name)
    return committee, committees.put_member(member, state, world.people)


def promise_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        made = committees.promise(seated(world)[0], world.district, world.people)
        return [committees.put_promise(made, state, world.people).number]

    return args


def committee_meeting(world: World) -> list[Any]:
    committee = seated(world)[0]
    meeting = make_meeting(world.district.community, world.people.community_staff)
    link_meeting(committee_id=committee.pk, actor=world.people.community_staff, meeting=meeting)
    return [committee.pk, meeting.number]


SEES_COMMITTEE = (VIEWERS - {"grid_worker", "branch_secretary"}) | {"department_clerk"}


PAGES: dict[str, Page] = {
    # enlarged committees: kept by community and street, approved by the street; the unit reads and delivers
    "governance:committee-public": Page(
        lambda w: [seated(w, "active")[0].pk], EVERYONE, is_public=True, bad_args=[987654321]
    ),
    "governance:committee-detail": Page(lambda w: [seated(w)[0].pk], SEES_COMMITTEE),
    "governance:committee-recommend": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-promise": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-meeting": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-seats": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-unlink": Page(
        committee_meeting, DISPATCHERS, SEES_COMMITTEE, method="post", bad_args=[987654321, "x"]
    ),
    "governance:member-approve": Page(lambda w: [seated(w)[1].pk], STREET, SEES_COMMITTEE),
    "governance:member-begin": Page(lambda w: [seated(w, "approved")[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:member-duties": Page(lambda w: [seated(w)[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:member-end": Page(lambda w: [seated(w)[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:promise-deliver": Page(promise_in("promised"), DISPATCHERS | {"department_clerk"}, SEES_COMMITTEE),
    "governance:promise-confirm": Page(promise_in("delivered"), DISPATCHERS, SEES_COMMITTEE),
    "governance:promise-withdraw": Page(promise_in("promised"), DISPATCHERS, SEES_COMMITTEE),
}
