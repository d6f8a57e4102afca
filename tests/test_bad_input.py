"""Rubbish into every address, parameter and field, by everybody: a clear refusal, never an error, nothing written.

Generated from the table of addresses and from the forms the pages show, so a new page cannot be forgotten.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from core.models import Event, OutboxMessage
from governance.forms.draft import COOKIE, Draft
from governance.lifecycle import State
from governance.models import Contact, Issue, TimelineEntry
from notifications.models import Delivery, Notice
from tests.access.pages import World, addresses
from tests.factories import make_issue
from tests.rubbish import (
    FEW,
    FEW_IN_PATHS,
    IN_FIELDS,
    IN_ONE_CHOICE,
    IN_ONE_QUERY,
    IN_ONE_TEXT,
    IN_PATHS,
    IN_QUERIES,
    LONG,
    FormSeen,
    forms_in,
    names_read_by,
)
from tests.test_access_matrix import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Where people write: these get the megabyte alone, the others together with all fields.
WORDY = {"text", "note", "reason", "words", "explanation", "place_note", "q"}
ACTORS = ["", "nobody", "grid_worker", "community_staff", "system_admin"]  # "" is a stranger
HANDS = ["street_officer", "grid_worker", "callback_agent", "system_admin"]  # each sees forms the others do not
SHARES = 6  # of the pages: several processes take part, and no transaction lasts for minutes
in_shares = pytest.mark.parametrize("share", range(SHARES))


def share_of(rows: list[Any], share: int) -> list[Any]:
    """Neighbours stay together: they show the same forms, and each form is thrown at once in a share."""
    return rows[len(rows) * share // SHARES : len(rows) * (share + 1) // SHARES]


# readyz reads nothing of what is sent, and says 503 when no worker runs
OWN = [row for row in addresses() if not row[1].startswith("admin/") and row[0] != "core:readyz"]
COUNTED = (Issue, TimelineEntry, Event, OutboxMessage, Contact, Notice, Delivery)
EXPORTS = {reverse("governance:issue-export-csv"), reverse("governance:issue-export-xlsx")}
CONVERTER = re.compile(r"<\w+:\w+>|\(\?P<\w+>[^)]*\)")


@pytest.fixture(autouse=True)
def _without_limits(settings, tmp_path):
    """Limits would answer 429 before the rubbish is looked at. Thousands of log lines cost more than the requests."""
    logging.disable(logging.CRITICAL)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALTCHA_ENABLED = False
    settings.ACCOUNT_RATE_LIMITS = False
    settings.REPORTS_PER_ADDRESS_HOUR = settings.FOLLOW_TRIES_PER_ADDRESS_HOUR = 10**6
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Stage(World):
    """The world of the access table, and how many rows it has before anything is thrown."""

    before: tuple[int, ...] = ()

    def address(self, name: str) -> str | None:
        """The address as it is meant, with what it opens; None for those of libraries that need a key."""
        path = proper_path(name, self)
        self.before = counts()
        return path


@pytest.fixture
def world(district, people) -> Stage:
    return Stage(district, people, make_issue(district.building, is_public=True))


class Thrower:
    """Throws rubbish as one person and notes what should not have happened."""

    def __init__(self, world: World, who: str) -> None:
        self.client, self.world, self.who = Client(), world, who
        if who:
            self.client.force_login(world.people.user(who))
        said = {"area": world.district.building.code, "category": "IN03", "text": "灯不亮", "told": True}
        self.client.cookies[COOKIE] = Draft(began=1_700_000_000, **said).token
        self.faults: list[str] = []

    def ask(self, method: str, path: str, values: Any = None, *, may_write: bool = False) -> Any:
        """One request, undone afterwards, cookies included."""
        kept = dict(self.client.cookies)
        response = None
        try:
            with transaction.atomic():
                response = getattr(self.client, method)(path, values)
                self._look(response, method, path, values)
                # who takes a list away is written down
                may_write = may_write or (path in EXPORTS and response.status_code == 200)
                if not may_write or response.status_code >= 400:
                    self._note(counts() == self.world.before, "something was written", method, path, values)
                transaction.set_rollback(True)
        except Exception as error:
            self._note(False, f"{type(error).__name__}: {error}", method, path, values)
        self.client.cookies.clear()
        self.client.cookies.update(kept)
        return response

    def _look(self, response: Any, method: str, path: str, values: Any) -> None:
        self._note(response.status_code < 500, f"status {response.status_code}", method, path, values)
        if "html" in response.get("Content-Type", ""):
            self._note(b"<script>mulin" not in content_of(response), "markup came back", method, path, values)

    def _note(self, fine: bool, what: str, method: str, path: str, values: Any) -> None:
        if not fine:
            short = {name: str(value)[:30] for name, value in (values or {}).items()}
            self.faults.append(f"{self.who or 'stranger'}: {method} {path[:120]} {short}: {what}"[:400])


def assert_none(throwers: list[Thrower]) -> None:
    faults = [fault for thrower in throwers for fault in thrower.faults]
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:30]])


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def counts() -> tuple[int, ...]:
    tables = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in COUNTED)  # noqa: S608 - our names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tables}")
        return cursor.fetchone()


def args_for(name: str, world: World) -> list[Any]:
    """What opens this address; nothing for one without an id, rubbish for those of libraries."""
    return PAGES[name].args(world) if name in PAGES else []


def proper_path(name: str, world: World) -> str | None:
    """The address as it is meant; None for those of libraries that need a key."""
    path = next(path for known, path, _entry in OWN if known == name)
    if CONVERTER.search(path) and name not in PAGES:
        return None
    return reverse(name, args=args_for(name, world))


def rubbish_paths(path: str, known: list[Any], values: list[str]) -> Iterator[str]:
    """Every id spoilt alone, the others as they should be, and all of them at once."""
    plain = "/" + path.replace("^", "").replace("$", "")
    holes = CONVERTER.findall(plain)
    for rubbish in values:
        yield CONVERTER.sub(lambda _hole: rubbish, plain)  # noqa: B023 - used at once
        if len(holes) > 1 and len(known) == len(holes):
            for spoilt in range(len(holes)):
                pieces = iter([rubbish if n == spoilt else str(value) for n, value in enumerate(known)])
                yield CONVERTER.sub(lambda _hole: next(pieces), plain)  # noqa: B023


# ---- addresses, parameters and fields ----
def is_repeated(name: str, entry: Any) -> bool:
    """One view serves all steps of a case: to read, one of them is enough."""
    return name != next(known for known, _path, other in OWN if other.callback == entry.callback)


def is_made_for(who: str, path: str) -> bool:
    """Who tries everything on a page: those it is made for. The others meet the same code with other rights."""
    return who == "community_staff" if path.startswith("/desk/") else not who


@in_shares
def test_rubbish_in_addresses(world, share):
    throwers = [Thrower(world, who) for who in ACTORS]
    for name, path, entry in share_of(OWN, share):
        if not CONVERTER.search(path) or is_repeated(name, entry):
            continue
        known = args_for(name, world)
        world.before = counts()
        for thrower in throwers:
            values = IN_PATHS if is_made_for(thrower.who, f"/{path}") else FEW_IN_PATHS
            for rubbish in rubbish_paths(path, known, values):
                thrower.ask("get", rubbish)
    assert_none(throwers)


@in_shares
def test_rubbish_in_parameters_and_in_all_fields_at_once(world, share):
    throwers = [Thrower(world, who) for who in ACTORS]
    for name, _path, entry in share_of(OWN, share):
        path = world.address(name)
        if path is None:
            continue
        in_address, in_form = (sorted(names) for names in names_read_by(entry))
        for thrower in throwers:
            is_at_home, is_again = is_made_for(thrower.who, path), is_repeated(name, entry)
            if is_again:
                throw_into_fields(thrower, path, in_form, FEW if is_at_home else [])
            elif throw_into_parameters(thrower, path, in_address, is_thorough=is_at_home):
                throw_into_fields(thrower, path, in_form, IN_FIELDS if is_at_home else FEW)
            else:
                throw_into_fields(thrower, path, in_form, FEW[:1])
    assert_none(throwers)


def throw_into_parameters(thrower: Thrower, path: str, names: list[str], *, is_thorough: bool) -> bool:
    """All at once, then each alone for those the page is made for. Whoever it does not open to has one try."""
    for rubbish in IN_QUERIES if is_thorough and names else FEW:
        response = thrower.ask("get", path, dict.fromkeys([*names, "page", "next"], rubbish))
        is_open = response is not None and response.status_code in {200, 400, 405, 422}
        if not is_open and not is_thorough:
            return False
    for parameter in names if is_thorough else []:
        for rubbish in IN_ONE_QUERY:
            thrower.ask("get", path, {parameter: rubbish})
    return True


def throw_into_fields(thrower: Thrower, path: str, names: list[str], values: list[str]) -> None:
    for rubbish in values:
        share = rubbish[: 200_000 // max(1, len(names))]  # a megabyte in one field is tried below
        thrower.ask("post", path, dict.fromkeys(names, share), may_write=True)
    if values:
        thrower.ask("post", path, {}, may_write=True)


# ---- forms as the pages show them ----
def foreign_values(world: World) -> list[str]:
    """Ids and codes of another street."""
    far = world.district
    return [str(far.far_grid.pk), far.far_building.code]


def spoilt(form: FormSeen, world: World) -> Iterator[dict[str, Any]]:
    """The form as the page shows it, with one field spoilt, left out, or (where something is chosen) sent twice."""
    for name, value in form.fields.items():
        if name in {"csrfmiddlewaretoken", "once"}:  # one is not looked at here, the other only hashed
            continue
        if name in form.texts or name in WORDY:
            wanted = [*IN_ONE_TEXT, LONG] if name in WORDY else IN_ONE_TEXT
        else:
            yield {**form.fields, name: [value, "0"]}
            wanted = [*IN_ONE_CHOICE, *foreign_values(world)]
        for rubbish in wanted:
            yield {**form.fields, name: rubbish}
        yield {key: said for key, said in form.fields.items() if key != name}


def throw_into_forms(throwers: list[Thrower], names: list[str], sent: set[str]) -> None:
    """Every form these pages show to one of them, once; `sent` names those that had their share."""
    for name in names:
        path = throwers[0].world.address(name)
        for thrower in throwers if path else []:
            page = thrower.ask("get", path)
            if page is None or page.status_code != 200 or "html" not in page.get("Content-Type", ""):
                continue
            for form in forms_in(content_of(page).decode()):
                target = urlsplit(form.action or path).path
                key = f"{resolve(target).view_name} {sorted(form.fields)}"
                if form.method == "post" and key not in sent:
                    sent.add(key)
                    for values in spoilt(form, thrower.world):
                        thrower.ask("post", target, values, may_write=True)


PUBLIC = [name for name, path, _e in OWN if not path.startswith(("desk/", "accounts/"))]
DESK = [name for name, path, _e in OWN if path.startswith("desk/")]
ACCOUNT = [name for name, path, _e in OWN if path.startswith("accounts/")]


def test_rubbish_in_each_field_of_a_residents_forms(world):
    thrower, sent = Thrower(world, ""), set()
    throw_into_forms([thrower], PUBLIC, sent)
    follow = [name for name in PUBLIC if PAGES.get(name) is PAGES["governance:issue-follow"]]
    for state in (State.WORKING, State.REPLIED, State.CLOSED_SOLVED):
        closed_at = timezone.now() if state == State.CLOSED_SOLVED else None
        Issue.objects.filter(pk=world.issue.pk).update(state=state, closed_at=closed_at)
        throw_into_forms([thrower], follow, sent)
    assert_none([thrower])
    reached = {key.split()[0].removeprefix("governance:") for key in sent}
    assert {"issue-report-text", "issue-report-contact", "issue-follow-find", "issue-follow-answer"} <= reached


@in_shares
def test_rubbish_in_each_field_of_the_desk(world, share):
    throwers, sent = [Thrower(world, who) for who in HANDS], set()
    throw_into_forms(throwers, share_of(DESK, share), sent)
    assert_none(throwers)
    reached = {key.split()[0].removeprefix("governance:") for key in sent}
    mine = {name.removeprefix("governance:") for name in share_of(DESK, share)}
    assert {"issue-record", "issue-dispatch", "issue-reply", "issue-callback"} & mine <= reached


@pytest.mark.parametrize("who", ["", "community_staff"], ids=lambda who: who or "stranger")
def test_rubbish_in_each_field_of_the_account_pages(world, who):
    thrower, sent = Thrower(world, who), set()
    throw_into_forms([thrower], ACCOUNT, sent)
    assert_none([thrower])
    assert sent
