"""What every desk page shows: the side navigation."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import policies
from governance.policies.recurring import can_read_recurrences
from governance.selectors.counting import Count, capped_counts
from governance.selectors.issues import desk_issues
from governance.selectors.kept_counts import Where, kept_counts
from governance.selectors.today import today_total
from neighborhoods.actors import POSTER_ROLES, Actor
from neighborhoods.policies import can_load_district

CAP = 99  # a number in the navigation says "some" or "many"


@dataclass(frozen=True)
class NavItem:
    """A line of the side navigation."""

    url: str
    icon: str
    label: str
    count: Count | None = None
    current: bool = False
    gap: bool = False  # a line stands above it


def desk(request: HttpRequest) -> dict[str, Any]:
    """The navigation of the desk, made only when a template asks for it; empty for everybody else."""
    return {"desk_nav": cache(lambda: _items(request))}


def _items(request: HttpRequest) -> tuple[NavItem, ...]:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_somebody:
        return ()
    counts = kept_counts(actor, Where.NAVIGATION, lambda: _counts(actor))
    path = request.path
    items = [
        _item(path, "governance:desk-today", "flag", _("today"), counts["today"]),
        _item(path, "governance:issue-list", "list", _("cases"), counts["issues"]),
    ]
    if policies.can_record_issue(actor):
        items.append(_item(path, "governance:issue-record", "write", _("record for a resident")))
    if policies.can_read_orders(actor):
        items.append(_item(path, "governance:order-list", "flag", _("supervision")))
    if can_read_recurrences(actor):
        items.append(_item(path, "governance:recurrence-list", "again", _("what keeps coming back")))
    items.append(_item(path, "notifications:notice-list", "bell", _("notices")))
    if actor.roles & POSTER_ROLES:
        items.append(_item(path, "neighborhoods:compound-list", "print", _("posters for stairwells")))
    if can_load_district(actor):
        items.append(_item(path, "neighborhoods:district-import", "upload", _("load a district")))
    if getattr(request.user, "is_staff", False):
        items.append(_item(path, "admin:index", "lock", _("administration"), gap=True))
    return tuple(item for item in items if item is not None)


def _counts(actor: Actor) -> dict[str, Count]:
    rows = {"today": today_total(actor, timezone.now()), "issues": desk_issues(actor).unresolved()}
    return capped_counts(rows, cap=CAP)


def _item(
    path: str, name: str, icon: str, label: str, count: Count | None = None, *, gap: bool = False
) -> NavItem | None:
    try:
        url = reverse(name)
    except NoReverseMatch:  # the app that serves it is not installed
        return None
    current = path == url if name == "governance:desk-today" else path.startswith(url)
    return NavItem(url, icon, label, count, current=current, gap=gap)
