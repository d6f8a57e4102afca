"""Back office: time limits by version."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.admin.base import ReferenceAdmin
from governance.models import (
    LimitVersion,
    TimeLimit,
)

MOST_AHEAD = timedelta(days=5 * 366)


def is_ahead(version: LimitVersion) -> bool:
    """Whether it has not begun: nothing runs under it, so it may still be put right."""
    return version.valid_from > timezone.now()


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

    def has_view_permission(self, _request: HttpRequest, _obj: LimitVersion | None = None) -> bool:
        return True  # whoever may look at the version

    def has_change_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return obj is None or is_ahead(obj)

    def has_add_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return obj is None or is_ahead(obj)

    def has_delete_permission(self, _request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: LimitVersion | None = None, **kwargs: Any) -> Any:
        if obj is None:  # a new version begins as a copy of the one in force
            kwargs["extra"] = len(_current_limits())
            kwargs["formset"] = CopiedLimits
        elif is_ahead(obj):
            kwargs["formset"] = WholeLimits
        return super().get_formset(request, obj, **kwargs)


class WholeLimits(forms.BaseInlineFormSet):
    """A step that has a limit keeps one: without, what waits for it would never be late, and nobody told."""

    def clean(self) -> None:
        super().clean()
        given = {(form.cleaned_data.get("track"), form.cleaned_data.get("step")) for form in self.forms}
        missing = [row for row in _current_limits() if (row["track"], row["step"]) not in given]
        if missing and not any(self.errors):
            lost = str(TimeLimit(**missing[0]))
            raise forms.ValidationError(_("A step keeps its limit. This one is missing: %(limit)s") % {"limit": lost})


class CopiedLimits(WholeLimits):
    """Starts with the limits in force."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _current_limits())
        super().__init__(*args, **kwargs)


def _current_limits() -> list[dict[str, Any]]:
    newest = LimitVersion.objects.filter(valid_from__lte=timezone.now()).first()
    rows = TimeLimit.objects.filter(version=newest).order_by("track", "step")
    return [dict(row) for row in rows.values("track", "step", "amount", "unit")]


class LimitVersionForm(forms.ModelForm):
    """When a version begins: at once, or at a moment to come."""

    valid_from = forms.SplitDateTimeField(
        label=_("in force from"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Leave it empty to begin at once. A new year's limits can be written down before."),
    )

    class Meta:
        model = LimitVersion
        fields = ["name", "note", "valid_from"]

    def clean_valid_from(self) -> datetime:
        """Never earlier than now: what ran under the old limits keeps them."""
        now, begins = timezone.now(), self.cleaned_data["valid_from"]
        if begins is None:
            return now
        if begins < now:
            raise forms.ValidationError(_("Choose a time that is still to come."))
        if begins > now + MOST_AHEAD:
            raise forms.ValidationError(_("Choose a time within the next five years."))
        moment: datetime = begins
        return moment


@admin.register(LimitVersion)
class LimitVersionAdmin(ReferenceAdmin):
    """A version that has begun is never edited: a new one starts as a copy of the present limits, and begins at once or
    at a moment to come. Cases keep the version of the day their clock started.
    """

    form = LimitVersionForm

    list_display = ["name", "valid_from", "limit_number", "note"]
    inlines = [TimeLimitInline]

    @admin.display(description=_("limits"))
    def limit_number(self, obj: LimitVersion) -> int:
        return obj.limits.count()

    def has_change_permission(self, request: HttpRequest, obj: LimitVersion | None = None) -> bool:
        return obj is not None and is_ahead(obj) and super().has_change_permission(request, obj)
