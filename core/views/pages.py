"""Pages that only explain."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the portal works, for somebody who has never used one."""
    return render(request, "core/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, who sees it, and for how long."""
    return render(request, "core/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use it, and whom to tell when something does not work."""
    return render(request, "core/accessibility.html")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Private links and the desk are nobody's business."""
    lines = ["User-agent: *", "Disallow: /f/", "Disallow: /desk/", "Disallow: /photo/", "Disallow: /admin/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
