"""The address where other systems pass requests on (docs/hotline.md). No cookies, no pages: a key and JSON."""

import json
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import LockNotAvailable

from core.errors import RuleError
from core.fields import plain_text
from core.limits import client_address, too_many
from governance.models import Issue
from governance.services.hotline import Slip, take_in
from governance.services.hotline_keys import actor_of, token_of
from governance.services.hotline_tables import COLUMNS
from neighborhoods.actors import Actor

MOST_BYTES = 20_000


class Refused(Exception):  # noqa: N818 - says what the caller gets, not what broke
    """A call that is not answered with a case."""

    def __init__(self, status: int, sentence: str, **more: Any) -> None:
        super().__init__(sentence)
        headers = more.pop("headers", None)
        self.response = JsonResponse({"error": sentence, **more}, status=status, headers=headers)


@csrf_exempt  # a key in a header is never sent by a browser on its own
def hotline_issues(request: HttpRequest) -> JsonResponse:
    """201 taken in, 200 here already, 422 with a sentence for each field; 401, 405, 413 and 429 as usual."""
    try:
        actor = _caller(request)
        issue, is_new = _taken_in(actor, Slip(_cells(request.body)))
    except Refused as refused:
        return refused.response
    answer: dict[str, Any] = {"known": not is_new}
    if any(grant.covers(issue) for grant in actor.grants):  # of another street only that it is here
        answer |= {"number": issue.number, "state": issue.state}
        answer["url"] = request.build_absolute_uri(reverse("governance:issue-detail", args=[issue.number]))
    return JsonResponse(answer, status=201 if is_new else 200)


def _too_many() -> Refused:
    return Refused(429, _("Too many requests. Wait a minute."), headers={"Retry-After": "60"})


def _caller(request: HttpRequest) -> Actor:
    """Whoever shows a live key; everybody else is turned away, and nobody comes too often."""
    if request.method != "POST":
        raise Refused(405, _("Send it with POST."), headers={"Allow": "POST"})
    door, tries = client_address(request), settings.HOTLINE_TRIES_PER_MINUTE
    if too_many("hotline-door", door, limit=tries, seconds=60):
        raise _too_many()
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    token = token_of(key.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise Refused(401, _("The key is missing, wrong or revoked."), headers={"WWW-Authenticate": "Bearer"})
    if too_many("hotline", str(token.pk), limit=settings.HOTLINE_PER_MINUTE, seconds=60):
        raise _too_many()
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
        raise Refused(413, _("This is more than one request needs."))
    return actor_of(token)


def _taken_in(actor: Actor, slip: Slip) -> tuple[Issue, bool]:
    try:
        issue, is_new = take_in(actor=actor, slip=slip)
    except RuleError as refused:
        raise Refused(422, str(refused), errors={refused.field or "": str(refused)}) from refused
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise _too_many() from error  # a table that names this number is being loaded
    if slip.wrong or issue is None:
        raise Refused(422, _("Something is missing or wrong."), errors=dict(reversed(slip.wrong)))
    return issue, is_new


def _cells(body: bytes) -> dict[str, str]:
    """The fields we know, as text."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(422, _("This is not JSON.")) from None
    if not isinstance(sent, dict):
        raise Refused(422, _("Send one JSON object."))
    return {column: _text_of(sent.get(column), column) for column in COLUMNS}


def _text_of(value: Any, column: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise Refused(422, _("“%(column)s” must be a text.") % {"column": column})
    text = "" if value is None else str(value)
    odd = any((sign < " " and sign not in "\n\t\r") or "\ud800" <= sign <= "\udfff" for sign in text)
    if odd:
        raise Refused(422, _("“%(column)s” must be a text.") % {"column": column})
    return plain_text(text)
