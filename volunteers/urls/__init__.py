"""Addresses of the volunteers app: what residents open, and the desk."""

from django.urls import URLPattern

from volunteers.urls import aid, checkins, desk, points, public, representatives

app_name = "volunteers"
urlpatterns: list[URLPattern] = [
    *public.urlpatterns,
    *points.urlpatterns,
    *desk.urlpatterns,
    *representatives.urlpatterns,
    *aid.urlpatterns,
    *checkins.urlpatterns,
]
