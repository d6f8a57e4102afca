"""What the matrix knows of an address: how it is opened, who may, and who may only know that it exists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from governance.lifecycle import State
from governance.models import Issue
from tests.test_policies import DISPATCHERS, EVERYBODY, STREET, VIEWERS

# Addresses of libraries, which keep their own tests, and the administration, tried as a whole below.
FOREIGN = ("account_", "mfa_", "socialaccount_", "usersessions_")


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

    def put(self, state: State, **fields: Any) -> list[str]:
        nothing = {"asked": "", "asked_by_id": None, "paused_until": None}
        Issue.objects.filter(pk=self.issue.pk).update(state=state, **{**nothing, **fields})
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


EVERYONE = {*EVERYBODY}
CONVENERS = DISPATCHERS | {"branch_secretary"}
SEES_VOLUNTEERS = VIEWERS - {"district_duty"}
REGISTRARS = {"community_staff", "community_lead"}
ORGANISERS = REGISTRARS | {"grid_worker", "branch_secretary"}
SECOND = REGISTRARS | STREET
GONE = [987654321]  # the key of nothing


def desk_page(args: Any, may: set[str], **more: Any) -> Page:
    return Page(args, may, SEES_VOLUNTEERS, **more)
