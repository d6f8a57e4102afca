"""A second step at sign-in, where a role demands it."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from neighborhoods.actors import Role

# What a person needs to set it up, to leave, or to be told something went wrong.
OPEN_NAMES = ("account_", "mfa_", "usersessions_")
OPEN_ADDRESSES = frozenset({"core:preferences", "core:help", "core:privacy", "core:accessibility", "neighborhoods:me"})


class SecondStepMiddleware:
    """Whoever holds a role of settings.MFA_REQUIRED_ROLES sets up a second step before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not settings.MFA_REQUIRED_ROLES or not request.user.is_authenticated or _is_open(request):
            return None
        if not must_have_second_step(request) or is_mfa_enabled(request.user):
            return None
        messages.warning(request, _("Your post needs a second step at sign-in. Please set it up now; then go on."))
        return HttpResponseRedirect(reverse("mfa_index"), status=303)


def must_have_second_step(request: HttpRequest) -> bool:
    """Whether one of the person's roles demands it. Whoever owns the portal counts as its system administrator."""
    roles = set(request.actor.roles)  # type: ignore[attr-defined] # set by ActorMiddleware
    if getattr(request.user, "is_superuser", False):
        roles.add(Role.SYSTEM_ADMIN)
    return bool(roles & set(settings.MFA_REQUIRED_ROLES))


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and ((match.url_name or "").startswith(OPEN_NAMES) or match.view_name in OPEN_ADDRESSES)
