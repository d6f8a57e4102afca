"""Back office: categories, routing, the ladder, ready answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.admin.base import LooseAdmin, ReferenceAdmin
from governance.forms.ready import READY_FORMS
from governance.lifecycle.ready import unknown_placeholders
from governance.models import (
    Category,
    LadderRung,
    ReadyAnswer,
    RoutingRule,
)
from governance.selectors.grouping import GROUP_NAMES
from neighborhoods.actors import Level
from neighborhoods.models.areas import LEVEL_NAMES


class GroupFilter(admin.SimpleListFilter):
    """Groups by the names residents read."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [*GROUP_NAMES.items()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Category]) -> QuerySet[Category]:
        return queryset.filter(group=self.value()) if self.value() else queryset


@admin.register(Category)
class CategoryAdmin(ReferenceAdmin):
    """Names, questions and usual urgency; the code stays, because cases carry it."""

    list_display = ["code", "name_zh", "name_en", "urgency", "order", "is_active"]
    list_filter = ["is_active", "urgency", GroupFilter]
    search_fields = ["code", "name_zh", "name_en"]
    fieldsets = [
        (None, {"fields": ["code", "name_zh", "name_en", "icon", "group", "order", "is_active"]}),
        (
            _("Urgency"),
            {
                "fields": [
                    "urgency", "danger_question_zh", "danger_question_en", "danger_urgency", "danger_numbers",
                ]
            },
        ),
        (_("Similar cases"), {"fields": ["similar_scope", "similar_days", "includes_recently_closed"]}),
        (_("Usual lead"), {"fields": ["usual_lead_zh", "usual_lead_en"]}),
        (_("Call-backs"), {"fields": ["callback_every"]}),
    ]  # fmt: skip

    def get_readonly_fields(self, _request: HttpRequest, obj: Category | None = None) -> list[str]:
        return ["code"] if obj else []


class RoutingRuleForm(forms.ModelForm):
    """A rule names one goal: a unit, or a level on the path of the place."""

    to_level = forms.TypedChoiceField(
        label=_("goes to the level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "---------"),
            *((int(lv), LEVEL_NAMES[lv]) for lv in Level if Level.STREET <= lv < Level.BUILDING),
        ],
    )

    class Meta:
        model = RoutingRule
        fields = ["order", "category", "within", "to_unit", "to_level", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("to_unit") is None) == (cleaned.get("to_level") is None):
            raise forms.ValidationError(_("Name either a unit or a level."))
        return cleaned


@admin.register(RoutingRule)
class RoutingRuleAdmin(LooseAdmin):
    """First match wins, by order."""

    form = RoutingRuleForm
    list_display = ["order", "category", "within", "to_unit", "to_level", "is_active"]
    list_display_links = ["order", "category"]
    list_filter = ["is_active"]
    list_select_related = ["category", "within", "to_unit"]
    raw_id_fields = ["within"]


class ReadyAnswerForm(forms.ModelForm):
    """A text fits the boxes it fills, and names only what is known."""

    class Meta:
        model = ReadyAnswer
        fields = ["title", "step", "category", "owner", "text", "second", "order", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        form = READY_FORMS.get(cleaned.get("step", ""))
        boxes = form.ready_boxes if form else ()
        for name, box in zip(("text", "second"), (*boxes, None, None), strict=False):
            self._check(name, cleaned.get(name) or "", form.base_fields[box] if form and box else None)
        return cleaned

    def _check(self, name: str, text: str, field: Any) -> None:
        unknown = unknown_placeholders(text)
        if unknown:
            self.add_error(name, _("Nothing is known as {%(name)s}.") % {"name": unknown[0]})
        elif text and field is None:
            self.add_error(name, _("This step has no such box."))
        elif text and len(text) > field.max_length:
            self.add_error(name, _("At most %(limit)d characters.") % {"limit": field.max_length})


@admin.register(ReadyAnswer)
class ReadyAnswerAdmin(ReferenceAdmin):
    """Texts to start from, by step and category; one that is wrong is switched off."""

    form = ReadyAnswerForm
    list_display = ["title", "step", "category", "owner", "order", "is_active"]
    list_filter = ["is_active", "step", "owner"]
    list_select_related = ["category", "owner"]
    search_fields = ["title", "text"]


@admin.register(LadderRung)
class LadderRungAdmin(LooseAdmin):
    """Who is told when."""

    list_display = ["track", "step", "number", "percent", "minutes", "target"]
    list_display_links = ["number"]
    list_filter = ["track", "step", "target"]
