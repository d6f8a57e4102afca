"""Addresses of the volunteers app."""

from django.urls import URLPattern

from volunteers.urls import representatives

app_name = "volunteers"
urlpatterns: list[URLPattern] = [*representatives.urlpatterns]
