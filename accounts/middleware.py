"""Sessions end when people walk away, and every redirect to the sign-in page can be followed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.staff import is_at_work

SEEN = "seen"  # session key: when the person last did something, in seconds
AT_WORK = "at_work"  # session key: which of the two limits applies
WRITE_EVERY = 60  # seconds; a page view is not worth a row written each time
OWN_PAGES = ("account_", "mfa_", "usersessions_")


def start_clock(request: HttpRequest, user: Any) -> None:
    """Note that somebody is here, and whether at work."""
    request.session[SEEN] = int(timezone.now().timestamp())
    request.session[AT_WORK] = is_at_work(user)


class StaffSessionMiddleware:
    """Ends idle sessions (settings.STAFF_IDLE_SECONDS, settings.RESIDENT_IDLE_SECONDS).

    A page that needs no account is then simply shown; any other sends to the sign-in page, which says why and leads
    back: to the page itself, or, when something was sent, to the page it was sent from.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._keep_or_end(request)
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            # an office computer is shared: "back" after signing out shows nothing
            patch_cache_control(response, private=True, no_store=True)
        return _followable(request, response) if _leads_to_sign_in(response) else response

    def _keep_or_end(self, request: HttpRequest) -> None:
        idle = timezone.now().timestamp() - request.session.get(SEEN, 0)
        limit = settings.STAFF_IDLE_SECONDS if request.session.get(AT_WORK) else settings.RESIDENT_IDLE_SECONDS
        if SEEN in request.session and idle > limit:
            logout(request)
            messages.warning(
                request,
                _("You were signed out because nothing happened here for %(minutes)d minutes. Please sign in again.")
                % {"minutes": limit // 60},
            )
        elif idle >= WRITE_EVERY:
            start_clock(request, request.user)


def _leads_to_sign_in(response: HttpResponse) -> bool:
    if response.status_code not in {302, 303}:
        return False
    place = urlsplit(response.headers.get("Location", ""))
    return place.path == resolve_url(settings.LOGIN_URL) and place.query.startswith("next=")


def _followable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Nobody can return to an address that only takes what is sent to it, nor read a sign-in page inside a table."""
    is_htmx = bool(getattr(request, "htmx", False))
    if request.method in {"GET", "HEAD"} and not is_htmx:
        return response
    back = redirect_to_login(_came_from(request))
    if is_htmx:
        return HttpResponseClientRedirect(back.url)
    back.status_code = 303
    return back


def _came_from(request: HttpRequest) -> str:
    """The page the person was looking at, if it is one of ours."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return settings.LOGIN_REDIRECT_URL
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class FormStatusMiddleware:
    """allauth shows a form with errors as 200; here it is 422, as everywhere in the portal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        match = request.resolver_match
        is_ours = match is not None and (match.url_name or "").startswith(OWN_PAGES)
        if is_ours and request.method == "POST" and response.status_code == 200:
            forms = [(response.context_data or {}).get(name) for name in ("form", "verify_form", "change_form")]
            if any(form is not None and form.is_bound and form.errors for form in forms):
                response.status_code = 422
        return response
