"""Representatives and their households."""

import uuid
from collections.abc import Callable
from typing import Any

from neighborhoods.models import Household
from tests import representative_steps as served
from tests import test_volunteers_incentives as rewards
from tests.access.pages import EVERYONE, Page, World
from tests.test_policies import STREET, VIEWERS
from volunteers.models import HouseholdLink, Representative
from volunteers.services.representatives.cards import card_token, issue_card


def term_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        person = served.neighbour(world.district, world.people, uuid.uuid4().hex)
        return [served.put(served.nominated(world.district, world.people, resident=person), state, world.people).number]

    return args


def door_of(world: World) -> Any:
    """A fresh door of the building: one number more than there are."""
    known = Household.objects.count()
    return served.doors(world.district, world.people, known + 1)[known]


def asked_link(world: World) -> Any:
    """A door that was asked; its representative signs in as somebody without a post."""
    owner = world.people.user("nobody")
    term = Representative.objects.filter(resident__user=owner).first()
    if term is None:
        term = served.serving(world.district, world.people, uuid.uuid4().hex, user=owner)
    links = HouseholdLink.objects.filter(representative=term, slot__isnull=False)
    return links.first() or served.linked(term, world.people, [door_of(world)], state="proposed")[0]


def order_in(state: str) -> Callable[[World], list[Any]]:
    return lambda w: [served.ordered(door_of(w), w.people, state).number]


def card_token_of(world: World) -> list[Any]:
    return [card_token(issue_card(household_id=door_of(world).pk, actor=world.people.community_staff))]


def card_order(world: World) -> list[Any]:
    door = door_of(world)
    token = card_token(issue_card(household_id=door.pk, actor=world.people.community_staff))
    return [token, served.ordered(door, world.people, "done").number]


def reward_in(world: World, state: str) -> int:
    term = served.serving(world.district, world.people, uuid.uuid4().hex)
    return rewards.put(rewards.proposed(term, world.people), state, world.people).pk


KEEPERS = {"community_staff", "community_lead"}
SEES_PEOPLE = VIEWERS - {"district_duty"}
NOMINATES, TAKES = KEEPERS | {"branch_secretary"}, KEEPERS | {"grid_worker"}


BUILDING = {"args": lambda w: [w.district.building.pk], "knows": SEES_PEOPLE}
CARD_POST = Page(card_token_of, EVERYONE, is_public=True, method="post")
CARD_ORDER = Page(card_order, EVERYONE, is_public=True, method="post")


PAGES: dict[str, Page] = {
    "volunteers:representative-detail": Page(term_in("nominated"), SEES_PEOPLE),
    "volunteers:representative-approve": Page(
        term_in("nominated"), {"community_lead", "branch_secretary"}, SEES_PEOPLE
    ),
    "volunteers:representative-agree": Page(term_in("nominated"), NOMINATES, SEES_PEOPLE),
    "volunteers:representative-new": Page(may=NOMINATES, **BUILDING),
    "volunteers:building-plan": Page(may=SEES_PEOPLE, **BUILDING),
    "volunteers:building-doors-add": Page(may=TAKES | NOMINATES, method="post", **BUILDING),
    "volunteers:building-assign": Page(may=KEEPERS, method="post", **BUILDING),
    "volunteers:household-card": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE),
    "volunteers:household-card-revoke": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE, method="post"),
    "volunteers:household-consent": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE),
    "volunteers:order-new": Page(lambda w: [door_of(w).pk], TAKES, SEES_PEOPLE),
    "volunteers:order-detail": Page(order_in("placed"), SEES_PEOPLE),
    "volunteers:order-take": Page(order_in("placed"), TAKES, SEES_PEOPLE),
    "volunteers:order-finish": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:order-confirm": Page(order_in("done"), KEEPERS, SEES_PEOPLE),
    "volunteers:order-pass-up": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:order-withdraw": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:my-order": Page(lambda w: [asked_link(w).pk], {"nobody"}),
    "volunteers:household-page": Page(card_token_of, EVERYONE, is_public=True),
    "volunteers:household-answer": CARD_POST,
    "volunteers:household-order": CARD_POST,
    "volunteers:household-order-confirm": CARD_ORDER,
    "volunteers:household-order-again": CARD_ORDER,
    "volunteers:household-order-withdraw": CARD_ORDER,
    "volunteers:notice-detail": Page(term_in("noticed"), EVERYONE, is_public=True),
} | {
    f"volunteers:representative-{verb}": Page(term_in(state), KEEPERS, SEES_PEOPLE)
    for verb, state in (
        *(("notice", "reviewed"), ("settle", "noticed"), ("activate", "noticed"), ("suspend", "active")),
        *(
            ("resume", "suspended"),
            ("hand-over", "active"),
            ("train", "active"),
            ("reach", "active"),
            ("reward", "active"),
            ("end", "active"),
        ),
    )
}


PAGES |= {
    f"volunteers:link-{verb}": Page(lambda w: [asked_link(w).pk], KEEPERS | own, set(SEES_PEOPLE))
    for verb, own in (("agree", {"nobody"}), ("decline", {"nobody"}), ("end", set()))
}


PAGES |= {
    f"volunteers:incentive-{verb}": Page(
        lambda w, state=state: [reward_in(w, state)], may, SEES_PEOPLE | {"district_duty"}
    )
    for verb, state, may in (
        ("check", "proposed", STREET),
        ("notice", "checked", {"street_officer", "community_lead"}),  # the street lead looked at it
        ("grant", "noticed", {"district_duty"}),
        ("refuse", "proposed", STREET),
    )
}
PAGES["volunteers:link-end"].knows.add("nobody")
