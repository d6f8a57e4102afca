"""Compounds, who covers them, their bodies, and stairwell codes."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import RuleError
from neighborhoods.actors import Grant, Level, Role
from neighborhoods.admin.base import KeptAdmin, ThroughServices, admin_actor
from neighborhoods.models import Body, Compound, Coverage, PlaceCode
from neighborhoods.selectors.coverage import gaps_in_coverage
from neighborhoods.services.compounds import CompoundFacts, add_compound, revise_compound, set_coverage
from neighborhoods.services.place_codes import ensure_code, revoke_code

EVERYWHERE = [Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)]


class GapFilter(admin.SimpleListFilter):
    """Leave no gap."""

    title = _("coverage")
    parameter_name = "gap"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("covered by no branch"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Compound]) -> QuerySet[Compound]:
        return queryset.filter(pk__in=gaps_in_coverage(EVERYWHERE).values("pk")) if self.value() == "yes" else queryset


class CoverageInline(admin.TabularInline):
    """Who covered a compound, and when."""

    model = Coverage
    fields = ("branch", "mode", "valid_from", "valid_to")
    readonly_fields = fields
    ordering = ("-valid_from",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Compound)
class CompoundAdmin(ThroughServices):
    """Housing estates. The grid is chosen once: it changes when areas move."""

    list_display = ("code", "name", "kind", "grid", "built_year", "posters")
    list_filter = ("kind", GapFilter)
    list_select_related = ("grid",)
    search_fields = ("code", "name", "pinyin")
    autocomplete_fields = ("grid",)
    fields = ("grid", "code", "name", "kind", "built_year")
    inlines = (CoverageInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("grid",) if obj else ()

    @admin.display(description=_("posters"))
    def posters(self, item: Compound) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("neighborhoods:poster-sheet", args=[item.code]), gettext("posters")
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        cleaned = form.cleaned_data
        facts = CompoundFacts(cleaned["name"], cleaned["code"], cleaned["kind"], cleaned["built_year"])
        if change:
            revise_compound(compound_id=obj.pk, actor=admin_actor(request), facts=facts)
        else:
            obj.pk = add_compound(actor=admin_actor(request), grid_id=cleaned["grid"].pk, facts=facts).pk
        obj.refresh_from_db()


@admin.register(Coverage)
class CoverageAdmin(ThroughServices):
    """Adding a row ends the former one and brings the buildings along."""

    list_display = ("compound", "branch", "mode", "valid_from", "valid_to")
    list_filter = ("mode", ("valid_to", admin.EmptyFieldListFilter))
    list_select_related = ("compound", "branch")
    search_fields = ("compound__name", "compound__code", "branch__name", "branch__code")
    autocomplete_fields = ("compound", "branch")
    fields = ("compound", "branch", "mode")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        cleaned = form.cleaned_data
        row = set_coverage(
            compound_id=cleaned["compound"].pk,
            branch_id=cleaned["branch"].pk,
            mode=cleaned["mode"],
            actor=admin_actor(request),
        )
        obj.pk = row.pk
        obj.refresh_from_db()


@admin.register(Body)
class BodyAdmin(KeptAdmin):
    """Owners' committees, property companies and their like: plain reference data."""

    list_display = ("name", "kind", "area", "compound", "term_ends_on")
    list_filter = ("kind",)
    list_select_related = ("area", "compound")
    search_fields = ("name",)
    autocomplete_fields = ("area", "compound")


@admin.register(PlaceCode)
class PlaceCodeAdmin(ThroughServices):
    """Stairwell codes: made once, revoked when a poster is torn off or misused."""

    list_display = ("code", "area", "entrance", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("area",)
    search_fields = ("code", "area__name", "area__code")
    autocomplete_fields = ("area",)
    fields = ("area", "entrance")
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    @admin.action(description=_("Revoke the selected codes"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[PlaceCode]) -> None:
        for code in queryset.order_by("pk"):
            try:
                revoke_code(code_id=code.pk, actor=admin_actor(request))
            except RuleError as refused:
                messages.warning(request, f"{code.code}: {refused}")
            else:
                messages.success(request, gettext("%(code)s is revoked.") % {"code": code.code})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        cleaned = form.cleaned_data
        code = ensure_code(area_id=cleaned["area"].pk, entrance=cleaned["entrance"], actor=admin_actor(request))
        obj.pk = code.pk
        obj.refresh_from_db()
