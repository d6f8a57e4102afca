"""What these pages share."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin import CappedPaginator
from core.backoffice import ViewOnlyAdmin
from core.reference import forget_all
from neighborhoods.actors import Role
from neighborhoods.admin.base import KeptAdmin


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


class DatedRuleForm(forms.ModelForm):
    """A rule holds from a day to come: what was done keeps the rule of its day."""

    def clean_valid_from(self) -> Any:
        """Tomorrow at the earliest."""
        day = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("A rule holds from a day to come."))
        return day


class DatedRuleAdmin(KeptAdmin):
    """Dated rules. One that was written down is not changed: another one follows it."""

    form = DatedRuleForm
    ordering = ("-valid_from",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        forget_all()
