"""The answer to somebody who is too quick."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def too_many(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """Handler for 429."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "300"
    return response
