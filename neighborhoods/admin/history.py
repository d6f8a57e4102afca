"""What happened to the tree; nobody edits it."""

from django.contrib import admin

from core.backoffice import ViewOnlyAdmin
from neighborhoods.actors import Role
from neighborhoods.models import AreaChange


@admin.register(AreaChange)
class AreaChangeAdmin(ViewOnlyAdmin):
    """Lines of the tree's history."""

    list_display = ("at", "area", "kind", "by_label", "reason")
    list_filter = ("kind", "at")
    list_select_related = ("area",)
    search_fields = ("area__name", "area__code", "by_label", "reason")
    date_hierarchy = "at"
    viewers = (Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDITOR.value)
