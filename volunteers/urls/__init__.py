"""Addresses of the volunteers app."""

from django.urls import URLPattern

app_name = "volunteers"
urlpatterns: list[URLPattern] = []
