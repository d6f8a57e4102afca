"""Photos are never served by the web server: each one is asked for here."""

import uuid

from django.http import FileResponse, Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from governance.selectors.photos import photo_file_for
from neighborhoods.middleware import PortalRequest


@require_safe
def photo(request: PortalRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The file this reader may see, and nothing a browser could mistake for a page."""
    file = photo_file_for(
        uid, ticket=request.GET.get("t", "")[:200], actor=request.actor, covered="covered" in request.GET
    )
    if not file:
        raise Http404
    try:
        response = FileResponse(file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"  # the next person at a shared browser
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
