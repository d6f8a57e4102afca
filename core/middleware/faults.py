"""What goes wrong is said in a page, in the reader's language, with the right status."""

import logging
import sys
from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from psycopg_pool import PoolTimeout

from core.errors import NotAllowedError, RuleError

logger = logging.getLogger(__name__)
_PAGES: dict[type[Exception], int] = {NotAllowedError: 403, RequestDataTooBig: 413, RateLimited: 429}
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


class FaultMiddleware:
    """Turns the errors of services, and an absent database, into answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return bad_request(request)
        if _declared_size(request) > settings.BODY_MAX_BYTES:
            return render(request, "413.html", status=413)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RuleError):
            return render(request, "core/refused.html", {"message": error.message}, status=422)
        for kind, status in _PAGES.items():
            if isinstance(error, kind):
                return render(request, f"{status}.html", status=status)
        if isinstance(error, DATABASE_AWAY):
            return unavailable(error)
        if isinstance(error, ValueError | DataError) and "NUL" in str(error):
            return bad_request(request)
        return None


def _declared_size(request: HttpRequest) -> int:
    """Bytes the browser announces; a body without a length is never read by WSGI servers."""
    size = request.META.get("CONTENT_LENGTH") or ""
    return int(size[:20]) if size.isdecimal() else 0  # nobody needs all of five thousand digits


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handler for 400: rubbish in the address or the form."""
    if isinstance(exception, SuspiciousOperation):
        logger.warning("refused: %s", type(exception).__name__)
    return render(request, "400.html", status=400)


def unavailable(error: BaseException) -> HttpResponse:
    """A plain page that needs no database; the browser may try again shortly."""

    logger.error("database is away: %s", error)
    page = loader.get_template("503.html").render({})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


@requires_csrf_token
def server_error(_request: HttpRequest) -> HttpResponse:
    """Handler for 500; an absent database met in a middleware arrives here too."""

    error = sys.exc_info()[1]
    if isinstance(error, DATABASE_AWAY):
        return unavailable(error)
    return HttpResponse(loader.get_template("500.html").render({}), status=500)
