"""The list, the board, saved views, files and steps for many."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import RuleError, require
from core.fields import plain_text
from core.htmx import go, page_or_part
from governance import policies
from governance.forms.filters import FilterBar, SavedFilterForm, filter_bar, filters_of
from governance.models import SavedFilter
from governance.querysets import IssueQuerySet
from governance.selectors.counting import CAP, Count
from governance.selectors.desk_board import board_columns
from governance.selectors.desk_list import TABS, Filters, area_choices, listed_issues, tab_counts
from governance.selectors.rows import issue_rows, with_desk_relations
from governance.selectors.today import TITLES
from governance.services.exports import record_export
from governance.services.saved_filters import remove_filter, save_filter
from governance.views.desk.files import csv_file, xlsx_file
from governance.views.desk.jump import address_of
from neighborhoods.middleware import PortalRequest

PER_PAGE = 25


class CappedPaginator(Paginator):
    """Pages of at most CAP rows: nobody leafs further, and a deep offset would read everything before it."""

    @cached_property
    def count(self) -> int:
        return min(self.size.number, CAP)

    @cached_property
    def size(self) -> Count:
        """How many there are, as far as anybody counts."""
        rows = cast("IssueQuerySet", self.object_list)
        return Count(rows.order_by()[: CAP + 1].count())


def _read(request: PortalRequest) -> tuple[FilterBar, Filters]:
    """The filters in the address, as the page shows them and as the selectors take them."""
    bar = filter_bar(request.GET, area_choices(request.actor))
    return bar, filters_of(bar, request.GET.get("q", ""))


def _query_without(request: PortalRequest, *names: str) -> str:
    query: QueryDict = request.GET.copy()
    for name in names:
        query.pop(name, None)
    for name in [key for key, value in query.items() if not value]:
        del query[name]
    return query.urlencode()


@require_safe
@login_required
def issue_list(request: PortalRequest) -> HttpResponse:
    """Filters in the address; htmx replaces the table region only. A whole number in the search opens its case."""
    address = address_of(request.actor, plain_text(request.GET.get("q", "")))
    if address:
        return redirect(address)
    (bar, filters), at = _read(request), timezone.now()
    paginator = CappedPaginator(listed_issues(request.actor, filters, at), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "bar": bar,
        "filters": filters,
        "tab": TABS[filters.tab],
        "page": page,
        "size": paginator.size,
        "rows": issue_rows(cast("IssueQuerySet", page.object_list)),
        "query": _query_without(request, "page"),
        "tab_query": _query_without(request, "page", "tab", "group"),
        "group": TITLES.get(filters.group),
        "can_export": policies.can_export_issues(request.actor),
        "can_bulk": policies.can_act_on_many(request.actor) and filters.tab != "closed",
        "at": at,
        **_around(request, at),
    }
    return page_or_part(request, "governance/issue_list.html", "governance/_issue_table.html", context)


def _around(request: PortalRequest, at: Any) -> dict[str, Any]:
    """What stands around the table: tabs with counts and the person's own views."""
    counts = tab_counts(request.actor, at)
    return {
        "tabs": [(tab, counts.get(tab.key)) for tab in TABS.values()],
        "saved": list(SavedFilter.objects.filter(user=request.actor.user_id or 0)[:20]),
        "can_record": policies.can_record_issue(request.actor),
    }


@require_safe
@login_required
def issue_board(request: PortalRequest) -> HttpResponse:
    """Open work in columns by state."""
    (bar, filters), at = _read(request), timezone.now()
    columns = board_columns(request.actor, filters, at)
    context = {
        "bar": bar,
        "filters": filters,
        "columns": columns,
        "query": _query_without(request, "page", "tab", "state"),
        "at": at,
    }
    return page_or_part(request, "governance/issue_board.html", "governance/_issue_columns.html", context)


@require_safe
@login_required
def issue_export(request: PortalRequest, kind: str) -> FileResponse | StreamingHttpResponse:
    """Exactly the rows of the list with these filters, masked, as a file."""
    require(policies.can_export_issues(request.actor))
    rows = with_desk_relations(listed_issues(request.actor, _read(request)[1], timezone.now()))
    record_export(actor=request.actor, rows=rows, query=request.GET.urlencode(), kind=kind)
    name = f"{settings.NUMBER_PREFIX}-{timezone.localtime():%Y%m%d-%H%M}"
    return xlsx_file(rows, name) if kind == "xlsx" else csv_file(rows, name)


@require_POST
@login_required
def filter_save(request: PortalRequest) -> HttpResponse:
    """Keep the open view under a name."""
    form = SavedFilterForm(request.POST)
    query = QueryDict(request.POST.get("query", "")[:500]).urlencode()
    back = f"{reverse('governance:issue-list')}?{query}"
    if not form.is_valid():
        return render(request, "governance/filter_form.html", {"form": form, "back": back}, status=422)
    try:
        saved = save_filter(actor=request.actor, name=form.cleaned_data["name"], query=query)
    except RuleError as error:
        form.add_error("name", str(error))
        return render(request, "governance/filter_form.html", {"form": form, "back": back}, status=422)
    messages.success(request, _("Kept as “%(name)s”.") % {"name": saved.name})
    return go(request, back)


@require_POST
@login_required
def filter_remove(request: PortalRequest, filter_id: int) -> HttpResponse:
    """Take one of my views away."""
    remove_filter(actor=request.actor, filter_id=filter_id)
    messages.success(request, _("The view was removed."))
    return go(request, reverse("governance:issue-list"))
