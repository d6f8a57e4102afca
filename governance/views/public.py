"""What is going on: cases whose requesters agreed that neighbours read them, masked."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.forms.public import FilterForm
from governance.selectors.joint import parked_in_public
from governance.selectors.public import (
    Filters,
    all_issues,
    communities,
    glimpse_of,
    public_issue,
    public_issues,
    public_lines,
    public_photos,
    rows_of,
)
from governance.selectors.reference import categories
from governance.selectors.wording import public_line_of
from governance.views.steps import duty_for
from neighborhoods.middleware import PortalRequest

PAGE_ROWS = 20


@require_safe
def public_list(request: PortalRequest) -> HttpResponse:
    """Filters stand in the address; what an address asks for and does not exist is not found."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise Http404
    filters: Filters = form.filters
    page = Paginator(public_issues(filters), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": rows_of(page.object_list),
        "communities": communities(),
        "categories": categories(),
        "received": all_issues(filters).count() if filters.is_figure else None,
        "query": form.address(),
        "duty": duty_for(request),
    }
    return render(request, "governance/public_issue_list.html", context)


@require_safe
def parked_list(request: PortalRequest) -> HttpResponse:
    """What cannot be solved yet, with the note of the month."""
    rows, total = parked_in_public()
    context = {"rows": rows, "total": total, "at": timezone.now(), "duty": duty_for(request)}
    return render(request, "governance/public_parked_list.html", context)


@require_safe
def public_detail(request: PortalRequest, number: str) -> HttpResponse:
    """One case as neighbours read it."""
    issue = public_issue(number)
    if issue is None:
        raise Http404
    context = {
        "issue": issue,
        "glimpse": glimpse_of(issue),
        "lines": [public_line_of(line, issue) for line in public_lines(issue)],
        "photos": public_photos(issue),
        "duty": duty_for(request),
    }
    return render(request, "governance/public_issue_detail.html", context)
