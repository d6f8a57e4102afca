"""Every request knows its actor, loaded only when somebody asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from neighborhoods.actors import Actor
from neighborhoods.selectors.actors import actor_for


class PortalRequest(HttpRequest):
    """A request as our views see it."""

    actor: Actor


class ActorMiddleware:
    """Sets request.actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_for(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
