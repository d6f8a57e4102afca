"""Addresses of the desk, for staff, representatives, departments and partners."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
