"""What these pages share."""

from typing import Any

from django.contrib.admin import AdminSite

from core.admin import CappedPaginator
from core.backoffice import ViewOnlyAdmin
from neighborhoods.actors import Role


class WatchedAdmin(ViewOnlyAdmin):
    """Read only, without counting millions of rows; a page shows what its list shows, so no words of residents."""

    viewers = (Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDITOR.value)
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)

    def __init__(self, model: Any, admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        own = {field.name for field in model._meta.get_fields()}
        self.fields = self.fields or tuple(name for name in self.list_display if name in own)
