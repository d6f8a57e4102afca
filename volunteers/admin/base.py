"""What these pages share."""

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

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.fields = tuple(str(name) for name in cls.list_display)
