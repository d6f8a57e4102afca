"""What several pages of the back office share."""

from typing import Any

from django.http import HttpRequest

from core.reference import forget_all


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
