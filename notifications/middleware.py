"""What happens around every request of somebody at work."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.htmx import wants_part
from notifications.services.notices import mark_case_read

CASE = "governance:issue-detail"


class OpenedCaseMiddleware:
    """Whoever opens a case has read what they were told about it; here, because casework knows of no notices."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Before the page is made, so that the number in its header is right already."""
        match = request.resolver_match
        if match is None or match.view_name != CASE or request.method != "GET" or wants_part(request):
            return
        if request.user.is_authenticated:
            mark_case_read(number=kwargs["number"], user_id=request.user.pk, at=timezone.now())
