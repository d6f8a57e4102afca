"""Every role × every address with an id, generated from the table of addresses: a new page cannot be forgotten.

Own scope opens (200, a redirect inside the portal), in scope but not permitted is 403, outside is 404, and whoever
is not signed in is sent to the log-in. Addresses that are public by design are listed with the code that opens them.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from core.models import Event
from governance.lifecycle import CLOSED, State
from governance.models import Issue, Recurrence, SavedFilter
from governance.services.links import follow_token
from governance.services.photos import store_photo
from neighborhoods.models import DistrictImport
from notifications.models import Notice, Urgency
from tests.factories import make_issue, make_place_code
from tests.test_policies import ASKING, DISPATCHERS, EVERYBODY, STREET, VIEWERS, table

pytestmark = pytest.mark.django_db

# Addresses of libraries, which keep their own tests, and the administration, tried as a whole below.
FOREIGN = ("account_", "mfa_", "socialaccount_", "usersessions_")
OPENS = {200, 301, 302, 303}


def addresses(resolver: URLResolver | None = None, space: str = "", path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, path and pattern of every address of the project."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, inner, here)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", here, entry


def with_id() -> list[str]:
    names = []
    for name, path, entry in addresses():
        if path.startswith("admin/") or name.startswith(FOREIGN):
            continue
        if entry.pattern.regex.groups:
            names.append(name)
    return names


@dataclass
class World:
    """The district, its people, and one case."""

    district: Any
    people: Any
    issue: Issue

    def put(self, state: State) -> list[str]:
        Issue.objects.filter(pk=self.issue.pk).update(state=state)
        return [self.issue.number]


@dataclass
class Page:
    """How an address is opened, who may, and who may only know that it exists."""

    args: Callable[[World], list[Any]]
    may: set[str]
    knows: set[str] = field(default_factory=set)
    method: str = "get"
    is_public: bool = False
    bad_args: list[Any] = field(default_factory=list)


def step(policy: str, state: State) -> Page:
    """A step of the case, by the table of policies."""
    rules = table("grid_worker")
    agent = {"callback_agent"} if state in ASKING | CLOSED else set()
    return Page(lambda w: w.put(state), rules[policy][state], VIEWERS | agent)


def merged(world: World) -> list[Any]:
    """A case that was joined to another, which has been replied to since."""
    parent = make_issue(world.district.building)
    voice = make_issue(world.district.building, same_as=parent.pk)
    Issue.objects.filter(pk=parent.pk).update(state=State.REPLIED)
    return [voice.number]


def ordered(world: World) -> list[Any]:
    Issue.objects.filter(pk=world.issue.pk).update(ordered_level=0, ordered_until=timezone.now())
    return [world.issue.number]


def reported(world: World) -> list[Any]:
    Issue.objects.filter(pk=world.issue.pk).update(is_reported=True)
    return ordered(world)


def recurrence_of(world: World) -> list[Any]:
    place = world.district
    at = timezone.now()
    found = Recurrence.objects.create(
        area=place.community, street_id=place.street.pk, community_id=place.community.pk, place="院子", compound_id=1,
        category=world.issue.category, found_at=at, first_at=at, cases=3, numbers="ZY-2026-000001",
    )  # fmt: skip
    return [found.pk]


def photo_of(world: World) -> Any:
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG")
    upload = SimpleUploadedFile("a.jpg", file.getvalue())
    issue = make_issue(
        world.district.building, is_public=True, photos=(store_photo(upload=upload.file, size=upload.size),)
    )
    return issue.photos.get()


def cover_args(world: World) -> list[Any]:
    photo = photo_of(world)
    return [photo.issue.number, photo.pk]


def filter_of(world: World) -> list[Any]:
    owner = world.people.user("street_officer")
    return [SavedFilter.objects.create(user=owner, name=uuid.uuid4().hex, query="category=IN03").pk]


def import_of(world: World) -> list[Any]:
    owner = world.people.user("system_admin")
    return [
        DistrictImport.objects.create(uploaded_by=owner, filename="a.csv", content=b"", loaded_at=timezone.now()).uid
    ]


def notice_of(world: World) -> list[Any]:
    notice = Notice.objects.create(
        event=Event.objects.earliest("pk"),
        user=world.people.user("grid_worker"),
        text="dispatched",
        values={"number": world.issue.number},
        issue=world.issue,
        urgency=Urgency.values[0],
        at=timezone.now(),
    )
    return [notice.pk]


def token(world: World) -> list[Any]:
    return [follow_token(world.issue)]


def public_case(world: World) -> list[Any]:
    return [make_issue(world.district.building, is_public=True).number]


EVERYONE = {*EVERYBODY}
POSTERS = DISPATCHERS | {"grid_worker", "branch_secretary", "system_admin"}
ASKED = VIEWERS | {"callback_agent"}
LINK = Page(token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"])
PAGES: dict[str, Page] = {
    # public by design: opened by a code, a private link or a number that was published
    "governance:report-from-code": Page(
        lambda w: [make_place_code(w.district.building, entrance=None).code],
        EVERYONE,
        is_public=True,
        bad_args=["NOSUCH99"],
    ),
    "governance:issue-follow": LINK,
    "governance:issue-receipt": LINK,
    "governance:issue-follow-answer": LINK,
    "governance:issue-follow-add": LINK,
    "governance:issue-follow-urge": LINK,
    "governance:issue-follow-reopen": LINK,
    "governance:issue-follow-withdraw": LINK,
    "governance:issue-follow-hide": LINK,
    "governance:issue-report-same": Page(public_case, EVERYONE, is_public=True, bad_args=["ZY-2026-999999"]),
    "governance:public-detail": Page(public_case, EVERYONE, is_public=True, bad_args=["ZY-2026-999999"]),
    "governance:photo": Page(lambda w: [photo_of(w).attachment.uid], VIEWERS),
    # the desk
    "governance:issue-detail": step("note_issue", State.SUBMITTED),
    "governance:issue-slip": step("print_slip", State.SUBMITTED),
    "governance:issue-reveal": step("reveal_contact", State.WORKING),
    "governance:photo-cover": Page(cover_args, DISPATCHERS, VIEWERS),
    "governance:photo-withhold": Page(cover_args, DISPATCHERS, VIEWERS, method="post"),
    "governance:filter-remove": Page(filter_of, EVERYONE, method="post"),  # somebody else's simply does not exist
    "governance:issue-take": step("take_issue", State.SUBMITTED),
    "governance:issue-sign": step("sign_issue", State.DISPATCHED),
    "governance:issue-rule": step("rule_issue", State.RULING),
    "governance:issue-ask-ruling": step("ask_ruling", State.RETURNED),
    "governance:issue-dispatch": step("dispatch_issue", State.RETURNED),
    "governance:issue-redispatch": step("redispatch_issue", State.SIGNED),
    "governance:issue-merge": step("merge_issue", State.SUBMITTED),
    "governance:issue-split": step("split_issue", State.SUBMITTED),
    "governance:issue-split-off": Page(merged, DISPATCHERS, ASKED),
    "governance:issue-voice": Page(merged, DISPATCHERS | {"callback_agent"}, ASKED),
    "governance:issue-order": step("order_issue", State.WORKING),
    "governance:issue-order-report": Page(ordered, {"grid_worker", "community_staff", "community_lead"}, VIEWERS),
    "governance:issue-order-end": Page(reported, STREET, VIEWERS),
    "governance:issue-park-note": step("note_parked", State.PARKED),
    "governance:issue-park-review": step("review_parked", State.PARKED),
    "governance:issue-reply": step("reply_issue", State.WORKING),
    "governance:issue-contact": step("contact_issue", State.SIGNED),
    "governance:issue-check": step("check_issue", State.REPLIED),
    "governance:issue-callback": step("call_back_issue", State.CALLBACK),
    "governance:issue-explain": step("explain_issue", State.CALLBACK),
    "governance:issue-nudge": step("nudge_issue", State.SIGNED),
    "governance:issue-reopen": step("reopen_issue", State.CALLBACK),
    "governance:issue-note": step("note_issue", State.WORKING),
    "governance:issue-urgency": step("change_urgency", State.WORKING),
    "governance:issue-publish": step("publish_issue", State.WORKING),
    "governance:issue-return": step("return_issue", State.SIGNED),
    "governance:issue-refuse": step("refuse_issue", State.SUBMITTED),
    "governance:recurrence-decide": Page(recurrence_of, DISPATCHERS),
    # the tree
    "neighborhoods:poster-sheet": Page(lambda w: [w.district.compound.code], POSTERS),
    "neighborhoods:import-preview": Page(import_of, {"system_admin"}, EVERYONE),
    "neighborhoods:import-done": Page(import_of, {"system_admin"}, EVERYONE),
    # notices are read by whoever they were written to
    "notifications:notice-open": Page(notice_of, {"grid_worker"}),
}


@pytest.fixture
def world(district, people) -> World:
    return World(district, people, make_issue(district.building))


def test_every_address_with_an_id_stands_in_the_matrix():
    assert sorted(with_id()) == sorted(PAGES)


def opened(client, page: Page, name: str, args: list[Any]) -> int:
    return getattr(client, page.method)(reverse(name, args=args)).status_code


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_role_sees_what_it_may(client, world, name):
    page = PAGES[name]
    args, answers = page.args(world), {}
    for who in EVERYBODY:
        client.force_login(world.people.user(who))
        answers[who] = opened(client, page, name, args)
    if page.is_public:  # a step by private link that does not fit now answers 4xx, but never hides
        assert {who for who, code in answers.items() if code not in {*OPENS, 405, 422}} == set()
        return
    assert {who for who, code in answers.items() if code in OPENS} == page.may, answers
    assert {who for who, code in answers.items() if code == 403} == page.knows - page.may, answers
    assert {who for who, code in answers.items() if code == 404} == EVERYONE - page.may - page.knows, answers


def test_strangers_are_sent_to_the_log_in(client, world):
    for name, page in PAGES.items():
        response = getattr(client, page.method)(reverse(name, args=page.args(world)))
        if name == "governance:photo":
            assert response.status_code == 404  # not published: it does not exist for strangers
        elif page.is_public:
            assert response.status_code in {*OPENS, 405, 422}, name
        else:
            assert response.status_code in {302, 303}, name
            assert reverse("account_login") in response["Location"], name


def test_an_id_that_does_not_exist_opens_nothing(client, world):
    client.force_login(world.people.user("street_lead"))
    for name, page in PAGES.items():
        foreign = page.bad_args or [_other(str(arg)) for arg in page.args(world)]
        code = opened(client, page, name, foreign)
        assert code in {302, 303, 403, 404, 405, 429}, name
        if code in {302, 303}:
            assert name in {"governance:filter-remove", "governance:report-from-code"}


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
