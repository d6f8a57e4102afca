"""What several pages of the back office share."""

from typing import Any

from django.http import HttpRequest

from core.backoffice import RoleAdmin
from core.reference import forget_all
from neighborhoods.admin.base import KeptAdmin


class NoDeleteMixin:
    """What other rows point at is switched off, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReferenceAdmin(KeptAdmin):
    """Rules and reference data, kept by system administrators: what cases point at is switched off, never deleted.

    Every process reads reference data from a short memory; this one forgets at once.
    """

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        forget_all()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_all()


class LooseAdmin(ReferenceAdmin):
    """Rows that nothing points at may be deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return RoleAdmin.has_delete_permission(self, request, obj)
