"""Back office of the reference data: categories, time limits by version, routing, the ladder. Cases are read only."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.reference import forget_all
from governance.forms.ready import READY_FORMS
from governance.lifecycle.ready import unknown_placeholders
from governance.models import (
    Category,
    Committee,
    DecisionRule,
    DismissalReason,
    HotlineToken,
    Issue,
    LadderRung,
    LimitVersion,
    Matter,
    MeetingRule,
    ReadyAnswer,
    RoutingRule,
    TimeLimit,
)
from governance.selectors.grouping import GROUP_NAMES
from governance.services.hotline_keys import issue_token, revoke_token
from neighborhoods.actors import Level
from neighborhoods.middleware import PortalRequest
from neighborhoods.models.areas import LEVEL_NAMES


class NoDeleteMixin:
    """What rows of cases point at is switched off, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ForgetMixin:
    """Every process reads reference data from a short memory; this one forgets at once."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        forget_all()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)  # type: ignore[misc]
        forget_all()


class GroupFilter(admin.SimpleListFilter):
    """Groups by the names residents read."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [*GROUP_NAMES.items()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Category]) -> QuerySet[Category]:
        return queryset.filter(group=self.value()) if self.value() else queryset


@admin.register(Category)
class CategoryAdmin(NoDeleteMixin, ForgetMixin, admin.ModelAdmin):
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


class TimeLimitForm(forms.ModelForm):
    """A limit of nothing would be over before it began."""

    class Meta:
        model = TimeLimit
        fields = ["track", "step", "amount", "unit"]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount < 1:
            raise forms.ValidationError(_("At least 1."))
        return amount

    def has_changed(self) -> bool:
        """A new version starts as a copy, so its rows are saved although nobody touched them."""
        return super().has_changed() or (self.instance.pk is None and bool(self.initial))


class TimeLimitInline(admin.TabularInline):
    """The limits of one version."""

    model = TimeLimit
    form = TimeLimitForm
    ordering = ["track", "step"]
    extra = 0

    def has_change_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return obj is None

    def has_add_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return obj is None

    def has_delete_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: LimitVersion | None = None, **kwargs: Any) -> Any:
        if obj is None:  # a new version begins as a copy of the one in force
            kwargs["extra"] = len(_current_limits())
            kwargs["formset"] = CopiedLimits
        return super().get_formset(request, obj, **kwargs)


class CopiedLimits(forms.BaseInlineFormSet):
    """Starts with the limits in force."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _current_limits())
        super().__init__(*args, **kwargs)


def _current_limits() -> list[dict[str, Any]]:
    newest = LimitVersion.objects.filter(valid_from__lte=timezone.now()).first()
    rows = TimeLimit.objects.filter(version=newest).order_by("track", "step")
    return [dict(row) for row in rows.values("track", "step", "amount", "unit")]


@admin.register(LimitVersion)
class LimitVersionAdmin(NoDeleteMixin, ForgetMixin, admin.ModelAdmin):
    """A version in force is never edited: adding one copies the present limits, valid from the moment it is saved.

    Cases keep the version of the day their clock started.
    """

    list_display = ["name", "valid_from", "limit_number", "note"]
    inlines = [TimeLimitInline]

    @admin.display(description=_("limits"))
    def limit_number(self, obj: LimitVersion) -> int:
        return obj.limits.count()

    def get_fields(self, _request: HttpRequest, obj: LimitVersion | None = None) -> Any:
        return ["name", "note", "valid_from"] if obj else ["name", "note"]

    def has_change_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: LimitVersion, form: Any, change: Any) -> None:
        obj.valid_from = timezone.now()
        super().save_model(request, obj, form, change)


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
class RoutingRuleAdmin(ForgetMixin, admin.ModelAdmin):
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
class ReadyAnswerAdmin(NoDeleteMixin, admin.ModelAdmin):
    """Texts to start from, by step and category; one that is wrong is switched off."""

    form = ReadyAnswerForm
    list_display = ["title", "step", "category", "owner", "order", "is_active"]
    list_filter = ["is_active", "step", "owner"]
    list_select_related = ["category", "owner"]
    search_fields = ["title", "text"]


@admin.register(LadderRung)
class LadderRungAdmin(ForgetMixin, admin.ModelAdmin):
    """Who is told when."""

    list_display = ["track", "step", "number", "percent", "minutes", "target"]
    list_display_links = ["number"]
    list_filter = ["track", "step", "target"]


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


@admin.register(MeetingRule)
class MeetingRuleAdmin(NoDeleteMixin, admin.ModelAdmin):
    """A rule that meetings follow stays as it is; another one begins on another day."""

    list_display = ["kind", "valid_from", "notice_days", "vote_notice_days", "minutes_days", "shown_days"]
    list_filter = ["kind"]

    def has_change_permission(self, request: HttpRequest, obj: MeetingRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.meetings.exists())


@admin.register(DecisionRule)
class DecisionRuleAdmin(NoDeleteMixin, admin.ModelAdmin):
    """A rule that people have voted by stays as it is; another version begins on another day."""

    list_display = ["name_zh", "code", "valid_from", "base", "quorum", "majority", "majority_of", "is_advice"]
    list_filter = ["base", "is_advice", "is_statutory"]

    def has_change_permission(self, request: HttpRequest, obj: DecisionRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.motions.exists())


@admin.register(DismissalReason)
class DismissalReasonAdmin(NoDeleteMixin, admin.ModelAdmin):
    """A reason that was used stays as it is; it can only end."""

    list_display = ["name_zh", "code", "valid_from", "valid_until", "order"]

    def get_readonly_fields(self, _request: HttpRequest, obj: DismissalReason | None = None) -> list[str]:
        if obj is None or not obj.dismissals.exists():
            return []
        return ["code", "name_zh", "name_en", "basis_zh", "basis_en", "valid_from"]


@admin.register(HotlineToken)
class HotlineTokenAdmin(NoDeleteMixin, admin.ModelAdmin):
    """A key is shown once, when it is issued; it is revoked, never changed or deleted."""

    list_display = ["name", "street", "start", "issued_at", "issued_by_label", "used_at", "revoked_at"]
    list_select_related = ["street"]
    fields = ["name", "street"]
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: HotlineToken | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)  # the list and its action

    def save_model(self, request: HttpRequest, obj: HotlineToken, form: Any, change: Any) -> None:
        actor = cast("PortalRequest", request).actor
        token, key = issue_token(actor=actor, name=obj.name, street=obj.street)
        obj.pk, obj.start, obj.digest = token.pk, token.start, token.digest
        messages.warning(request, _("The key, shown this once: %(key)s") % {"key": key})

    @admin.action(description=_("Revoke the chosen keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[HotlineToken]) -> None:
        for token_id in queryset.values_list("pk", flat=True):
            revoke_token(token_id=token_id, actor=cast("PortalRequest", request).actor)
