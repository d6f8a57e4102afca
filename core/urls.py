"""Addresses of the frame: choices, pages that only say something, health."""

from django.urls import path

from core.views import health, pages, preferences

app_name = "core"
urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("help/", pages.help_page, name="help"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
