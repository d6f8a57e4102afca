"""What happens around every request of the desk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from governance.selectors.kept_counts import forget_counts

SAFE = {"GET", "HEAD", "OPTIONS"}


class FreshCountsMiddleware:
    """After each step a person takes, the numbers around their pages are counted anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and request.user.is_authenticated:
            forget_counts(request.user.pk)
        return response
