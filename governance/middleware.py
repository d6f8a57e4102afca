"""What happens around every request of the desk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from governance.selectors.kept_counts import forget_counts

SAFE = {"GET", "HEAD", "OPTIONS"}


class FreshCountsMiddleware:
    """After each step of a person the numbers around their pages are counted anew. A refused one changed nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        done = request.method not in SAFE and response.status_code < 400
        if done and request.user.is_authenticated:
            forget_counts(request.user.pk)
        return response
