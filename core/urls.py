"""Addresses every installation has: preferences, help, health."""

from django.urls import path
from django.views.generic import RedirectView

from core.views import health, pages, preferences

app_name = "core"
urlpatterns = [
    path("preferences/", preferences.set_preference, name="preferences"),
    path("help/", pages.help_page, name="help"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", RedirectView.as_view(url="/static/favicon.svg", permanent=True), name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
