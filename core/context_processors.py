"""What every page knows: mode, language, whether this is a demonstration, and whom to call."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

THEMES = ("light", "dark", "elder")


def portal(request: HttpRequest) -> dict[str, Any]:
    """Mode and language come from cookies, so that nothing flashes and nobody needs an account."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {
        "theme": theme if theme in THEMES else "",
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "is_demo": settings.DEMO,
        "service_name": settings.SERVICE_NAME,
        "service_phone": settings.SERVICE_PHONE,
        "here": request.get_full_path(),
    }
