"""Mode and language, remembered on the device."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.context_processors import THEMES

A_YEAR = 400 * 24 * 3600


@require_POST
def set_preference(request: HttpRequest) -> HttpResponse:
    """Remember a mode or a language and go back to the page; rubbish changes nothing."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target, status=303)
    theme, language = request.POST.get("theme", ""), request.POST.get("language", "")
    options = {"max_age": A_YEAR, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    if theme in THEMES:
        response.set_cookie(settings.THEME_COOKIE_NAME, theme, httponly=True, **options)
    elif theme == "auto":
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, httponly=True, **options)
    return response
