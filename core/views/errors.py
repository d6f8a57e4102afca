"""The page for a form that was open too long or came from elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's interface
    """The form's key does not fit: say what to do, lose nothing."""
    return render(request, "403_csrf.html", status=403)
