"""Addresses of the volunteers app: what residents open, and the desk."""

from django.urls import URLPattern

from volunteers.urls import desk, public

app_name = "volunteers"
urlpatterns: list[URLPattern] = [*public.urlpatterns, *desk.urlpatterns]
