"""Compounds and the posters of their stairwells."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import require
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.places import (
    compounds_visible_to,
    compounds_with_counts,
    entrances_without_code,
    poster_grants,
    posters_of,
)
from neighborhoods.services.place_codes import issue_codes

PER_PAGE = 50


@require_safe
@login_required
def compound_list(request: PortalRequest) -> HttpResponse:
    """Compounds whose posters one may print."""
    require(bool(poster_grants(request.actor)))
    words = request.GET.get("q", "").strip()[:60]
    page = Paginator(compounds_with_counts(request.actor, words), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "neighborhoods/compound_list.html", {"page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def poster_sheet(request: PortalRequest, code: str) -> HttpResponse:
    """One A4 sheet for each entrance; POST makes the codes that are missing."""
    compound = get_object_or_404(compounds_visible_to(request.actor), code=code)
    here = reverse("neighborhoods:poster-sheet", args=[compound.code])
    if request.method == "POST":
        issue_codes(compound_id=compound.pk, actor=request.actor)
        return HttpResponseRedirect(here, status=303)
    address = settings.PUBLIC_URL.rstrip("/")
    posters = [(poster, f"{address}/q/{poster.code}/") for poster in posters_of(compound.pk)]
    context = {
        "compound": compound,
        "posters": posters,
        "missing": len(entrances_without_code(compound.pk)),
        "duty": compound.grid.parent,
        "address": address.split("://")[-1],
    }
    return render(request, "neighborhoods/poster_sheet.html", context)
