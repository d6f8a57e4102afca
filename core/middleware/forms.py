"""Forms that came with a name of their own, and were refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.htmx import may_come_again


class RefusedFormMiddleware:
    """A form that was refused or failed wrote nothing, so it may come once more with the same words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400:
            may_come_again(request)
        return response
