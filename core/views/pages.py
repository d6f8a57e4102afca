"""Pages that only say something."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

YEAR = 365
# /f/ holds private links, /desk/ work in progress, /photo/ pictures that are shown through a check
ROBOTS = """User-agent: *
Disallow: /f/
Disallow: /q/
Disallow: /desk/
Disallow: /photo/
Disallow: /admin/
Disallow: /accounts/
"""


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to report, to follow up and to complain."""
    return render(request, "core/help.html", {"reopen_days": settings.REOPEN_DAYS})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is held about a person, who sees it, and for how long."""
    context = {"hide_years": settings.CONTACT_HIDE_DAYS // YEAR, "erase_years": settings.CONTACT_ERASE_DAYS // YEAR}
    return render(request, "core/privacy.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use the portal, and what to do where it fails."""
    return render(request, "core/accessibility.html")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What search engines leave alone."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """For browsers that ask here without reading the page first."""
    return HttpResponseRedirect(static("favicon.svg"))
