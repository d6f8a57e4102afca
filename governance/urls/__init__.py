"""Addresses of the governance app: what residents open, and the desk."""

from django.urls import URLPattern

from governance.urls import desk, public

app_name = "governance"
urlpatterns: list[URLPattern] = [*public.urlpatterns, *desk.urlpatterns]
