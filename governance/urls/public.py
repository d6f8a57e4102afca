"""Addresses residents open. No account is needed for any of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
