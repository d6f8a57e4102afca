"""Accounts in the administration: opened, disabled the day somebody leaves, never deleted, never given a password."""

from copy import copy
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lifecycle import ACCOUNT_CHANGED
from accounts.models import User
from accounts.phones import PhoneField
from accounts.services.administration import (
    disable_account,
    enable_account,
    open_account,
    remove_second_step,
    vouch_for_address,
)
from core import events
from core.backoffice import RoleAdmin, ViewOnlyAdmin, holds_role
from core.errors import RuleError

# Posts decide what a person may do; Django's groups decide nothing here.
admin.site.unregister(Group)
# The library's own pages, registered by the import above, are replaced: secrets of second steps are nobody's to read
# (an account's page takes one away), and the list of sessions searched a column that accounts do not have.
admin.site.unregister([Authenticator, UserSession])

KEEPERS = ("system_admin", "security_admin")  # codes of neighborhoods.actors.Role, which is a higher app


class AccountForm(forms.ModelForm):
    """Who it is and how they are reached."""

    phone = PhoneField(required=False)

    class Meta:
        model = User
        fields = ("name", "phone", "email", "is_staff")

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None

    def clean_email(self) -> str | None:
        email: str = (self.cleaned_data["email"] or "").lower()
        others = EmailAddress.objects.filter(email__iexact=email, verified=True).exclude(user=self.instance.pk)
        if email and others.exists():
            raise forms.ValidationError(_("Another account uses this e-mail address."))
        return email or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("phone") and not cleaned.get("email") and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Give a mobile number or an e-mail address: without one nobody can sign in."))
        return cleaned


class SecondStepFilter(admin.SimpleListFilter):
    """Who has one."""

    title = gettext_lazy("second step")
    parameter_name = "second_step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("set up")), ("no", _("not set up"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(authenticator__isnull=self.value() == "no").distinct()


@admin.register(User)
class UserAdmin(RoleAdmin):
    """A new account has no password: its person signs in with a code and sets one."""

    viewers = ("auditor",)
    editors = KEEPERS
    form = AccountForm
    list_display = ("name", "phone", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", SecondStepFilter)
    search_fields = ("name", "email", "phone")
    ordering = ("name", "pk")
    readonly_fields = ("is_active", "is_superuser", "last_login", "created_at")
    actions = ("disable", "enable", "take_second_step_away")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Posts decide who may enter the administration; whoever could untick it could then change the address."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "is_staff")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return AccountForm.Meta.fields if obj is None else (*AccountForm.Meta.fields, *self.readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """The owners of the portal are kept by owners only."""
        found = super().get_queryset(request)
        return found if getattr(request.user, "is_superuser", False) else found.filter(is_superuser=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Whoever could put their own address on an administrator's account would be that administrator."""
        form = super().get_form(request, obj, change, **kwargs)
        is_theirs = obj is None or obj.pk == request.user.pk or getattr(request.user, "is_superuser", False)
        if not is_theirs and obj.is_staff:
            for name in ("phone", "email"):
                form.base_fields[name] = copy(form.base_fields[name])
                form.base_fields[name].disabled = True
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            changed = sorted(form.changed_data)
            events.record(ACCOUNT_CHANGED, actor=request.actor, subject=obj, changed=changed)  # type: ignore[attr-defined]
            if "phone" in form.changed_data:
                obj.phone_verified = bool(obj.phone)  # the office that typed it in vouches for it
            super().save_model(request, obj, form, change)
            if "email" in form.changed_data:
                vouch_for_address(user=obj)
            return
        given = form.cleaned_data
        user = open_account(
            actor=request.actor,  # type: ignore[attr-defined] # set by neighborhoods.middleware
            name=given["name"],
            phone=given["phone"] or "",
            email=given["email"] or "",
            is_staff=given["is_staff"],
        )
        obj.pk, obj._state.adding = user.pk, False
        messages.info(request, _("They sign in with a code sent to that number or address, and set a password then."))

    def _each(self, request: HttpRequest, accounts: QuerySet[User], service: Any, done: str) -> None:
        """Call the service once per account and say what became of it."""
        if not holds_role(request, self.editors):
            raise PermissionDenied
        for user in accounts:
            try:
                service(actor=request.actor, user_id=user.pk)  # type: ignore[attr-defined]
            except RuleError as refused:
                messages.error(request, f"{user.name}: {refused.message}")
            else:
                messages.success(request, f"{user.name}: {done}")

    @admin.action(description=gettext_lazy("Disable: the person is signed out at once"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, disable_account, _("disabled"))

    @admin.action(description=gettext_lazy("Put back into use"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, enable_account, _("in use again"))

    @admin.action(description=gettext_lazy("Remove the second step (phone lost)"), permissions=["change"])
    def take_second_step_away(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, remove_second_step, _("second step removed"))


@admin.register(UserSession)
class SessionAdmin(ViewOnlyAdmin):
    """Who is signed in, from where. Disabling an account ends its sessions."""

    viewers = ("security_admin",)
    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email", "ip")
    fields = list_display
