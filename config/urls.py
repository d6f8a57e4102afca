"""Root addresses. Each app keeps its own table."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("django_prometheus.urls")),
    path("", include("governance.urls")),
    path("", include("neighborhoods.urls")),
    path("", include("notifications.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "core.middleware.faults.bad_request"
handler500 = "core.middleware.faults.server_error"
