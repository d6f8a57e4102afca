"""What the pages of the administration share: who may look, who may edit."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def holds_role(request: HttpRequest, roles: Iterable[str]) -> bool:
    """Whether the signed-in person holds one of the roles (codes of neighborhoods.actors.Role), or owns the portal."""
    if getattr(request.user, "is_superuser", False):
        return True
    actor = getattr(request, "actor", None)
    return bool(actor is not None and set(roles) & set(actor.roles))


class RoleAdmin(admin.ModelAdmin):
    """Posts decide, not Django's permission tables: system, security and audit administrators are different people."""

    viewers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Of a day no calendar has Django says so, unless its number is so large that it fails over it."""
        asked = [request.GET.get(f"{self.date_hierarchy}__{part}", "") for part in ("year", "month", "day")]
        if max(map(len, asked)) > len("2026"):
            return HttpResponseRedirect(f"{request.path}?e=1")  # what it does with other filters that are none
        return super().changelist_view(request, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds_role(request, {*self.viewers, *self.editors})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds_role(request, {*self.viewers, *self.editors})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds_role(request, self.editors)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return holds_role(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds_role(request, self.editors)


class ViewOnlyAdmin(RoleAdmin):
    """Looked at by those whose duty it is, changed by nobody."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
