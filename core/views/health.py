"""For the machine room: is the process alive, is everything ready."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core.health import run_checks


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when every check is well, 503 with the names of those that are not."""
    results = run_checks()
    wrong = {name: problem for name, problem in results.items() if problem}
    body = {"ready": not wrong, "checks": {name: problem or "ok" for name, problem in results.items()}}
    return JsonResponse(body, status=503 if wrong else 200)
