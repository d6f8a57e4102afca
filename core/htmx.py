"""Page or piece of a page: the one place that looks at the htmx header."""

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from core.limits import forget_tries, too_many


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a region only: not a boosted link, not a page brought back from its history."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page, or for htmx the fragment that the page includes, from the same context."""
    response = render(request, part if wants_part(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """After a POST that worked: 303 to a page; htmx goes there instead of swapping a whole page in."""
    if wants_part(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url, status=303)


def sent_before(request: HttpRequest) -> bool:
    """Whether a form came already, by its hidden `once`: two presses, where no script holds the second one back.

    Whoever goes back and writes something else in it sends another one. While the counters are away nobody is held up.
    """
    key = request.POST.get("once", "")[:40]
    if not key:
        return False
    words = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    files = [(file.name, file.size) for name in request.FILES for file in request.FILES.getlist(name)]
    sender = f"{request.user.pk}:{sha256(repr((words, files)).encode()).hexdigest()}"
    came_before = too_many("form", sender, limit=1, seconds=3600)
    if not came_before:
        request.form_sender = sender  # type: ignore[attr-defined]
    return came_before


def may_come_again(request: HttpRequest) -> None:
    """What this request sent was refused and wrote nothing: whoever goes back and sends it again is heard."""
    if hasattr(request, "form_sender"):
        forget_tries("form", request.form_sender)
