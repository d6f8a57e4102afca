"""Root addresses. Each app keeps its own table."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from config.metrics import metrics

# The administration has no door of its own: limits, codes and the second step hold there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("core.urls")),
    path("metrics", metrics, name="metrics"),
    path("", include("governance.urls")),
    path("", include("neighborhoods.urls")),
    path("", include("volunteers.urls")),
    path("", include("notifications.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "core.middleware.faults.bad_request"
handler429 = "accounts.views.too_many"
handler500 = "core.middleware.faults.server_error"
