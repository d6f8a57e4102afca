"""Members checking in, to look something up. Everything that changes them happens at the desk or on their phone.

Employer, names and pages for employers are not shown here.
"""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.backoffice import ViewOnlyAdmin
from neighborhoods.actors import Role
from volunteers.models import CheckIn, DutyPost


class LookedUp(ViewOnlyAdmin):
    """By those who watch over the portal."""

    viewers = (Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDITOR.value)
    show_full_result_count = False
    list_select_related = ("area",)
    ordering = ("-pk",)


@admin.register(CheckIn)
class CheckInAdmin(LookedUp):
    """By number; without employer and person."""

    list_display = ("number", "state", "area", "applied_at", "due_at", "desk_link")
    list_filter = ("state",)
    search_fields = ("=number",)
    fields = ("number", "state", "area", "applied_at", "due_at", "accepted_at", "ended_at")

    @admin.display(description=_("at the desk"))
    def desk_link(self, obj: CheckIn) -> str:
        """Where it is worked on."""
        return format_html('<a href="/desk/checkins/{}/">{}</a>', obj.number, obj.number)


@admin.register(DutyPost)
class DutyPostAdmin(LookedUp):
    """What branches need."""

    list_display = ("title", "kind", "area", "places", "opened_at", "closed_at")
    list_filter = ("kind",)
    fields = ("title", "words", "kind", "area", "places", "opened_at", "closed_at")
