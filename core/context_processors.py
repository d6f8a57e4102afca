"""What the frame of every page needs to know."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

THEMES = ("light", "dark", "elder")


@dataclass(frozen=True)
class Portal:
    """The choices of the reader."""

    theme: str  # light, dark, elder, or nothing: the device decides
    language: str
    here: str  # where to come back to after changing a choice

    @property
    def is_chinese(self) -> bool:
        """Whether the page speaks Chinese, of any script or region."""
        return self.language.startswith("zh")

    @property
    def language_tag(self) -> str:
        """For `lang` in HTML."""
        return "zh-Hans" if self.is_chinese else "en"


def portal(request: HttpRequest) -> dict[str, Any]:
    """`portal` (theme, language, address), the demo strip and the service number. Never asks the database."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {
        "is_demo": settings.DEMO,
        "service_name": settings.SERVICE_NAME,
        "service_phone": settings.SERVICE_PHONE,
        "portal": Portal(
            theme=theme if theme in THEMES else "",
            language=get_language() or settings.LANGUAGE_CODE,
            here=_here(request),
        ),
    }


def _here(request: HttpRequest) -> str:
    """This page; for the answer to a POST the page the form stood on, because a redirect is a GET."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    try:
        host = request.get_host()
    except DisallowedHost:  # the page that refuses it needs an address, too
        return "/"
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {host}, require_https=request.is_secure()):
        return request.path
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
