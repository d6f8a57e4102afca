"""How the administration acts: as an Actor, through services, with refusals shown beside the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from core.backoffice import RoleAdmin
from core.errors import RuleError
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.selectors.actors import actor_for


def admin_actor(request: HttpRequest) -> Actor:
    """Whoever works in the administration. A superuser is a system administrator, with or without a post."""
    actor: Actor = actor_for(request.user)
    if not getattr(request.user, "is_superuser", False):
        return actor
    grants = actor.grants | {Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)}
    return Actor(user_id=actor.user_id, label=actor.label, grants=frozenset(grants), units=actor.units)


class KeptAdmin(RoleAdmin):
    """System administrators keep it, the others who watch over the portal may look. Nothing is deleted."""

    viewers = (Role.SECURITY_ADMIN.value, Role.AUDITOR.value)
    editors = (Role.SYSTEM_ADMIN.value,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ThroughServices(KeptAdmin):
    """Saves by calling services."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A refusal rolls the request back; the form is then shown again with what was typed and the reason."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except RuleError as refused:
            request.refused = refused  # type: ignore[attr-defined] # read by get_form below
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        form = super().get_form(request, obj, change, **kwargs)
        refused: RuleError | None = getattr(request, "refused", None)
        return refusing(form, refused) if refused else form


def refusing(form: Any, refused: RuleError) -> Any:
    """The form class, with the service's answer among its errors."""

    class Refusing(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(refused.field if refused.field in self.fields else None, str(refused.message))
            return cleaned

    return Refusing


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; an empty form that was sent is not an empty form to show."""
    return request.POST if request.method == "POST" else None


def step_page(
    request: HttpRequest, model_admin: admin.ModelAdmin, form: forms.Form, run: Callable[[], str], **context: Any
) -> HttpResponse:
    """Show a step's form; on a valid POST take the step, say what happened and go back to the list."""
    opts = model_admin.model._meta
    if request.method == "POST" and form.is_valid():
        try:
            done = run()
        except RuleError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, done)
            return HttpResponseRedirect(
                context.get("back") or reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), status=303
            )
    page = {**model_admin.admin_site.each_context(request), "opts": opts, "form": form, **context}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/neighborhoods/step.html", page, status=status)
