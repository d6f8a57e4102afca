"""Whistles: a state and an account for each step."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from governance.models import Call, Whistle
from governance.services.whistles.links import call_token, give_link
from tests import whistle_steps
from tests.access.pages import EVERYONE, Page, World
from tests.test_policies import DISPATCHERS, STREET, VIEWERS


def whistle_in(state: str, *, kind: str = "enforcement") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        whistle = whistle_steps.draft(world.district, world.people, kind=kind)
        return [whistle_steps.put(whistle, state, world.people).number]

    return args


def raised(world: World) -> list[Any]:
    (number,) = whistle_in("issued")(world)
    Whistle.objects.filter(number=number).update(raised_at=timezone.now())
    return [number]


def call_in(state: str, *, is_lead: bool = True, disputed: bool = False) -> Callable:
    def args(world: World) -> list[Any]:
        (number,) = whistle_in(state)(world)
        call = Call.objects.get(whistle__number=number, is_lead=is_lead)
        if disputed:
            Call.objects.filter(pk=call.pk).update(disputed_at=timezone.now())
        return [number, call.pk]

    return args


def link_of(world: World) -> list[Any]:
    _number, call_id = call_in("issued")(world)
    call = give_link(call_id=call_id, actor=world.people.community_staff)
    return [call_token(call)]


SEES_CALLS = VIEWERS | {"department_clerk", "other_clerk"}


PAGES: dict[str, Page] = {
    # whistles: drafts are seen by the area, blown ones also by the units they call
    "governance:whistle-detail": Page(whistle_in("issued"), SEES_CALLS),
    "governance:whistle-edit": Page(whistle_in("draft"), DISPATCHERS, VIEWERS),
    "governance:whistle-review": Page(whistle_in("draft"), {"street_lead"}, VIEWERS),
    "governance:whistle-send-back": Page(whistle_in("reviewed"), {"street_lead"}, VIEWERS),
    "governance:whistle-issue": Page(whistle_in("reviewed"), {"street_lead"}, VIEWERS),
    "governance:whistle-cancel": Page(whistle_in("draft"), DISPATCHERS, VIEWERS),
    "governance:whistle-nudge": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-add-unit": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-meeting-time": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-meet": Page(whistle_in("arrived"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-resolve": Page(whistle_in("meeting_held"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-backfill": Page(whistle_in("issued", kind="emergency"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-claim": Page(whistle_in("carrying_out"), {"department_clerk"}, SEES_CALLS),
    "governance:whistle-check": Page(whistle_in("claimed_done"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-close": Page(whistle_in("rated"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-instruct": Page(raised, {"district_duty"}, SEES_CALLS),
    "governance:whistle-look": Page(whistle_in("issued", kind="key_problem"), STREET, SEES_CALLS),
    "governance:whistle-raise": Page(whistle_in("issued"), STREET, SEES_CALLS),
    "governance:call-sign": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-contact": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-arrive": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-report": Page(call_in("arrived"), {"department_clerk"}, SEES_CALLS),
    "governance:call-dispute": Page(call_in("issued", is_lead=False), {"other_clerk"}, SEES_CALLS),
    "governance:call-rule": Page(call_in("issued", disputed=True), {"street_lead", "district_duty"}, SEES_CALLS),
    "governance:call-absent": Page(call_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:call-rate": Page(call_in("checked"), DISPATCHERS, SEES_CALLS),
    "governance:call-notice": Page(call_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:call-link-new": Page(call_in("issued"), DISPATCHERS, SEES_CALLS, method="post"),
    "governance:call-link": Page(link_of, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    **{
        f"governance:call-link-{verb}": Page(link_of, EVERYONE, is_public=True, bad_args=["0000-0000-0000"])
        for verb in ("sign", "contact", "arrive", "report")
    },
}
