"""Two questions a supervisor asks: is the process alive, and can it do its work."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.health import State, findings


@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a database that is away does not get the portal restarted."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Everything the portal leans on, each with its state; 503 when one of them fails."""
    found = findings()
    is_ready = all(finding.state != State.FAILING for finding in found.values())
    body = {
        "ready": is_ready,
        "checks": {name: {"state": f.state.value, "detail": f.detail} for name, f in found.items()},
    }
    return JsonResponse(body, status=200 if is_ready else 503)
