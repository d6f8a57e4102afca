"""Addresses of the neighborhoods app."""

from django.urls import URLPattern

app_name = "neighborhoods"
urlpatterns: list[URLPattern] = []
