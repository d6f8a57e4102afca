"""A form that was refused because its token is missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: cookies are off, or the page stood open for too long. `reason` is for developers only."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
