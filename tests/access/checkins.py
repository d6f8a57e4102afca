"""Members checking in: the branch and its community; a member's own; what everybody reads."""

import uuid
from collections.abc import Callable
from typing import Any

from tests import checkin_steps as members
from tests.access.pages import EVERYONE, GONE, REGISTRARS, Page, World
from volunteers.models import EmployerFeedback
from volunteers.services.checkins import feedback as feedback_services

BRANCH_PEOPLE = REGISTRARS | {"branch_secretary"}


def checkin_in(state: str, pledge: str = "") -> Callable[[World], list[Any]]:
    """Of somebody without an account."""

    def args(world: World) -> list[Any]:
        made = members.applied(world.district, world.people, name=uuid.uuid4().hex)
        made = members.put(made, state, world.district, world.people)
        if pledge:
            members.pledge_in(made, pledge, world.people, world.people.community_lead)
        return [made.number]

    return args


def feedback_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        with members.december():
            made = members.here(world.district, world.people, uuid.uuid4().hex)
            return [members.feedback_in(made, state, world.people, world.people.community_lead).number]

    return args


def feedback_token(world: World) -> list[Any]:
    (number,) = feedback_in("issued")(world)
    return [feedback_services.token_for(EmployerFeedback.objects.get(number=number))]


def own_post(world: World) -> list[Any]:
    """For the account without a post, which has checked in."""
    members.here(world.district, world.people, user=world.people.user("nobody"))
    return [members.post(world.district, world.people, places=9).pk]


PAGES: dict[str, Page] = {
    f"volunteers:checkin-{verb}": Page(checkin_in(*state), BRANCH_PEOPLE)
    for verb, state in {
        "detail": ("accepted",),
        "reveal": ("applied",),
        "accept": ("applied",),
        "refuse": ("applied",),
        "revise": ("applied",),
        "leave": ("active",),
        "offer": ("accepted",),
        "consent": ("accepted", "offered"),
        "show": ("accepted", "consented"),
        "kept": ("accepted", "shown"),
        "hide": ("accepted", "shown"),
    }.items()
}


PAGES |= {
    f"volunteers:feedback-{name}": Page(feedback_in(state), set(REGISTRARS))
    for name, state in {
        "sheet": "drafted",
        "agree": "drafted",
        "withhold": "drafted",
        "redraft": "drafted",
        "issue": "agreed",
        "word": "issued",
    }.items()
}


PAGES |= {
    "volunteers:checkin-draft": Page(checkin_in("accepted"), set(REGISTRARS), {"branch_secretary"}),
    "volunteers:post-detail": Page(lambda w: [members.post(w.district, w.people).pk], BRANCH_PEOPLE, bad_args=GONE),
    "volunteers:post-close": Page(
        lambda w: [members.post(w.district, w.people).pk], BRANCH_PEOPLE, method="post", bad_args=GONE
    ),
    "volunteers:my-post": Page(own_post, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:feedback-link": Page(feedback_token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    "volunteers:member-branch": Page(lambda w: [w.district.branch.pk], EVERYONE, is_public=True, bad_args=GONE),
}
