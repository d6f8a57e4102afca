"""Back office: cases, matters and committees are read only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from governance.admin.base import NoDeleteMixin
from governance.models import (
    Committee,
    Issue,
    Matter,
)


@admin.register(Issue)
class IssueAdmin(NoDeleteMixin, admin.ModelAdmin):
    """To look something up. Everything that changes a case happens at the desk."""

    list_display = ["number", "category", "urgency", "state", "area", "submitted_at", "due_at", "desk_link"]
    list_filter = ["state", "urgency", "channel"]
    list_select_related = ["category", "area"]
    search_fields = ["=number"]
    show_full_result_count = False
    ordering = ["-submitted_at", "-pk"]
    fields = [
        "number", "category", "urgency", "state", "area", "holder_area", "holder_unit", "channel", "external_number",
        "external_channel", "received_at",
        "recorded_by_label", "submitted_at", "dispatched_at", "replied_at", "closed_at", "due_at", "reopened_count",
        "voices", "is_public", "published_at",
    ]  # fmt: skip

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Issue | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        return super().get_queryset(request).defer("text", "search")

    @admin.display(description=_("at the desk"))
    def desk_link(self, obj: Issue) -> str:
        return format_html('<a href="/desk/issues/{}/">{}</a>', obj.number, obj.number)


@admin.register(Matter)
class MatterAdmin(NoDeleteMixin, admin.ModelAdmin):
    """To look something up. Everything that changes a matter happens at the desk."""

    list_display = ["number", "category", "state", "area", "source", "collected_at", "closed_at", "desk_link"]
    list_filter = ["state", "source"]
    list_select_related = ["category", "area"]
    search_fields = ["=number"]
    show_full_result_count = False
    ordering = ["-collected_at", "-pk"]
    fields = [
        "number", "category", "state", "area", "source", "holder_area", "holder_unit", "collected_by_label",
        "collected_at", "handled_at", "closed_at", "due_at",
    ]  # fmt: skip

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Matter | None = None) -> bool:
        return False

    @admin.display(description=_("at the desk"))
    def desk_link(self, obj: Matter) -> str:
        return format_html('<a href="/desk/matters/{}/">{}</a>', obj.number, obj.number)


@admin.register(Committee)
class CommitteeAdmin(NoDeleteMixin, admin.ModelAdmin):
    """To look something up. Everything that changes a committee happens at the desk."""

    list_display = ["area", "seats", "opened_at", "desk_link"]
    list_select_related = ["area"]
    fields = ["area", "seats", "opened_at"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Committee | None = None) -> bool:
        return False

    @admin.display(description=_("at the desk"))
    def desk_link(self, obj: Committee) -> str:
        return format_html('<a href="/desk/committee/{}/">{}</a>', obj.pk, obj.area)
