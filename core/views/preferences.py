"""Theme and language: small cookies, no script, no session."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core.context_processors import portal
from core.forms import PreferencesForm

YEAR_AND_MORE = 400 * 24 * 3600  # the longest a browser keeps a cookie


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a choice and go back to where the reader was; the page itself offers all choices."""
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            return _remember(request, form)
        return render(request, "core/preferences.html", {"form": form}, status=422)
    now = portal(request)["portal"]
    chosen = {"theme": now.theme or "auto", "language": now.language, "next": _local(request, request.GET.get("next"))}
    return render(request, "core/preferences.html", {"form": PreferencesForm(initial=chosen)})


def _remember(request: HttpRequest, form: PreferencesForm) -> HttpResponse:
    response = HttpResponseRedirect(_local(request, form.cleaned_data["next"]), status=303)
    theme, language = form.cleaned_data["theme"], form.cleaned_data["language"]
    if theme == "auto":
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    elif theme:
        _set_cookie(request, response, settings.THEME_COOKIE_NAME, theme)
    if language:
        _set_cookie(request, response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_AND_MORE, samesite="Lax", httponly=True, secure=request.is_secure())


def _local(request: HttpRequest, url: str | None) -> str:
    """Only an address of this portal, never one of another host."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and is_ours else "/"
