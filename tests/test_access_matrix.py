"""Every role × every address with an id, generated from the table of addresses: a new page cannot be forgotten.

Own scope opens (200, a redirect inside the portal), in scope but not permitted is 403, outside is 404, and whoever
is not signed in is sent to the log-in. Addresses that are public by design are listed with the code that opens them.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access import (
    aid,
    checkins,
    committees,
    duties,
    issues,
    meetings,
    points,
    representatives,
    volunteers,
    votes,
    whistles,
)
from tests.access.pages import EVERYONE, Page, World, addresses, with_id
from tests.factories import make_issue
from tests.test_policies import EVERYBODY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


OPENS = {200, 301, 302, 303}
SHARES = 6  # of the pages, so that several processes take part
SUBJECTS = (issues, duties, committees, whistles, votes, meetings, volunteers, points, representatives, aid, checkins)
PAGES = {name: page for subject in SUBJECTS for name, page in subject.PAGES.items()}


@pytest.fixture
def world(district, people) -> World:
    return World(district, people, make_issue(district.building))


def test_every_address_with_an_id_stands_in_the_matrix():
    assert sorted(with_id()) == sorted(name for subject in SUBJECTS for name in subject.PAGES)


def opened(client: Client, page: Page, name: str, args: list[Any]) -> HttpResponse:
    """What the address answers; whatever it changed is taken back, so that the next account finds the same."""
    with transaction.atomic():
        response: HttpResponse = getattr(client, page.method)(reverse(name, args=args))
        transaction.set_rollback(True)
    return response


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people.user(who))
    return client


@pytest.mark.parametrize("share", range(SHARES))
def test_every_role_sees_what_it_may(world, share):
    """Each page is made once for everybody: accounts, strangers, and those who guess another number."""
    clients = {who: signed_in(world, who) for who in EVERYBODY}
    faults: list[str] = []
    for name in sorted(PAGES)[share::SHARES]:
        page = PAGES[name]
        args = page.args(world)
        answers = {who: opened(client, page, name, args).status_code for who, client in clients.items()}
        faults += [f"{name}: {fault}" for fault in faults_for_roles(page, answers)]
        faults += [f"{name}: {fault}" for fault in faults_for_strangers(page, name, opened(Client(), page, name, args))]
        foreign = page.bad_args or [_other(str(arg)) for arg in args]
        faults += faults_for_guesses(name, opened(clients["street_lead"], page, name, foreign).status_code)
    assert not faults, "\n".join(faults)


def faults_for_roles(page: Page, answers: dict[str, int]) -> Iterator[str]:
    def those(*codes: int) -> set[str]:
        return {who for who, code in answers.items() if code in codes}

    if page.is_public:  # a step by private link that does not fit now answers 4xx, but never hides
        wanted = {"hidden": (EVERYONE - those(*OPENS, 405, 422), set())}
    else:
        wanted = {
            "may": (those(*OPENS, 422), page.may),  # an empty form is refused
            "knows": (those(403), page.knows - page.may),
            "does not exist": (those(404), EVERYONE - page.may - page.knows),
        }
    for what, (found, right) in wanted.items():
        if found != right:
            yield f"{what}: too many {sorted(found - right)}, missing {sorted(right - found)}; {answers}"


def faults_for_strangers(page: Page, name: str, response: HttpResponse) -> Iterator[str]:
    """They are sent to the log-in."""
    if name == "governance:photo":  # not published: it does not exist for strangers
        fits = response.status_code == 404
    elif page.is_public:
        fits = response.status_code in {*OPENS, 405, 422}
    else:
        fits = response.status_code in {302, 303} and reverse("account_login") in response["Location"]
    if not fits:
        yield f"a stranger gets {response.status_code}"


def faults_for_guesses(name: str, code: int) -> Iterator[str]:
    """An id that does not exist opens nothing."""
    leads_on = {"governance:filter-remove", "governance:report-from-code"}
    if code not in {302, 303, 403, 404, 405, 429} or (code in {302, 303} and name not in leads_on):
        yield f"{name}: an id that does not exist gets {code}"


def _other(arg: str) -> Any:
    if arg.isdigit():
        return 987654321
    return uuid.uuid4() if len(arg) == 36 else "ZY-2026-999999"


def test_the_administration_is_closed_to_everybody_without_the_right(client, world):
    pages = [f"/{path.split('<')[0]}" for _name, path, _entry in addresses() if path.startswith("admin/")]
    lists = sorted({page for page in pages if page.count("/") == 4 and "(" not in page})
    assert lists
    for who in ("street_lead", "community_lead", "district_duty", "nobody"):
        client.force_login(world.people.user(who))
        assert {client.get(page).status_code for page in lists} <= {302, 403, 404}


def test_only_the_street_and_the_district_rule(world):
    """The matrix rests on the table of policies; this line keeps its most delicate entry in sight."""
    assert PAGES["governance:issue-rule"].may == STREET | {"district_duty"}
