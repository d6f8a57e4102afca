"""Addresses of the notice centre."""

from django.urls import path

from notifications.views import notices

app_name = "notifications"
urlpatterns = [
    path("desk/notices/", notices.notice_list, name="notice-list"),
    path("desk/notices/read/", notices.notice_read_all, name="notice-read-all"),
    path("desk/notices/settings/", notices.notice_settings, name="notice-settings"),
    path("desk/notices/<int:notice_id>/", notices.notice_open, name="notice-open"),
]
