"""Mutual aid."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests import aid_stage
from tests.access.pages import EVERYONE, GONE, ORGANISERS, REGISTRARS, SECOND, SEES_VOLUNTEERS, Page, World, desk_page
from tests.access.representatives import asked_link
from tests.access.volunteers import own_entry
from tests.aid_stage import Pair
from tests.test_policies import EVERYBODY
from volunteers.lifecycle.aid import AidKind
from volunteers.models import AidNeed, PhoneCall, Volunteer
from volunteers.services.aid import matching
from volunteers.services.aid.offers import OfferFacts, offer


def aid_in(state: str) -> Callable[[World], list[Any]]:
    """Asked for by the account without a post, taken by somebody else."""
    return lambda w: [aid_pair(w).in_state(state).number]


def aid_pair(world: World) -> Pair:
    """What was asked for before is over: ten things at a time are the most."""
    AidNeed.objects.filter(closed_at=None).update(state="cancelled", closed_at=timezone.now())
    return Pair(world.district, world.people, user=world.people.user("nobody"))


def own_help(world: World) -> list[Any]:
    """Taken on by the account without a post."""
    entry = Volunteer.objects.get(number=own_entry(world)[0])
    need = aid_stage.for_elder(world.district, world.people)
    lead = world.people.community_lead
    return [matching.match(need_id=need.pk, actor=lead, volunteer_id=entry.pk).number]


def aid_offer(world: World) -> list[Any]:
    entry = Volunteer.objects.get(number=own_entry(world)[0])
    facts = OfferFacts(AidKind.MEALS)
    return [offer(actor=world.people.community_lead, volunteer_id=entry.pk, facts=facts).pk]


def call_to_make(world: World) -> list[Any]:
    aid_stage.verified(world.district, world.people)
    return [PhoneCall.objects.latest("pk").pk]


NO_NEED = ["H20990001"]


PAGES: dict[str, Page] = (
    {
        "volunteers:aid-card": Page(aid_in("open"), set(EVERYBODY), bad_args=NO_NEED),
        "volunteers:aid-take": Page(aid_in("open"), EVERYONE - {"nobody"}, {"nobody"}, method="post", bad_args=NO_NEED),
        "volunteers:my-aid-need": Page(aid_in("done"), {"nobody"}, bad_args=NO_NEED),
        "volunteers:my-aid-offer-end": Page(aid_offer, {"nobody"}, method="post", bad_args=GONE),
        "volunteers:my-household-aid": Page(lambda w: [asked_link(w).pk], {"nobody"}, bad_args=GONE),
        "volunteers:aid-detail": desk_page(aid_in("open"), SEES_VOLUNTEERS | {"nobody"}, bad_args=NO_NEED),
        "volunteers:aid-contact": desk_page(aid_in("open"), ORGANISERS, bad_args=NO_NEED),
        "volunteers:call-done": Page(call_to_make, ORGANISERS, bad_args=GONE),
        "volunteers:call-contact": Page(call_to_make, ORGANISERS, bad_args=GONE),
    }
    | {
        f"volunteers:my-aid-{verb}": Page(args, {"nobody"}, bad_args=NO_NEED)
        for verb, args in (
            *(("share", aid_in("taken")), ("give-back", aid_in("taken")), ("cancel", aid_in("open"))),
            *(("confirm", aid_in("done")), ("dispute", aid_in("done")), ("finish", own_help)),
        )
    }
    | {
        f"volunteers:aid-desk-{verb}": desk_page(aid_in(state), may, bad_args=NO_NEED)
        for verb, state, may in (
            *(("match", "open", ORGANISERS), ("cancel", "open", ORGANISERS), ("finish", "taken", ORGANISERS)),
            *(("give-back", "taken", ORGANISERS), ("confirm", "done", ORGANISERS), ("dispute", "done", ORGANISERS)),
            *(("decide", "disputed", REGISTRARS), ("credit", "confirmed", SECOND), ("refuse", "confirmed", SECOND)),
        )
    }
)
