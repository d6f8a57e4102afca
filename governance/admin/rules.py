"""Back office: rules of meetings, decisions and dismissals, and keys of the hotline."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.admin.base import ReferenceAdmin
from governance.models import (
    DecisionRule,
    DismissalReason,
    HotlineToken,
    MeetingRule,
)
from governance.services.hotline_keys import issue_token, revoke_token
from neighborhoods.middleware import PortalRequest


@admin.register(MeetingRule)
class MeetingRuleAdmin(ReferenceAdmin):
    """A rule that meetings follow stays as it is; another one begins on another day."""

    list_display = ["kind", "valid_from", "notice_days", "vote_notice_days", "minutes_days", "shown_days"]
    list_filter = ["kind"]

    def has_change_permission(self, request: HttpRequest, obj: MeetingRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.meetings.exists())


@admin.register(DecisionRule)
class DecisionRuleAdmin(ReferenceAdmin):
    """A rule that people have voted by stays as it is; another version begins on another day."""

    list_display = ["name_zh", "code", "valid_from", "base", "quorum", "majority", "majority_of", "is_advice"]
    list_filter = ["base", "is_advice", "is_statutory"]

    def has_change_permission(self, request: HttpRequest, obj: DecisionRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.motions.exists())


@admin.register(DismissalReason)
class DismissalReasonAdmin(ReferenceAdmin):
    """A reason that was used stays as it is; it can only end."""

    list_display = ["name_zh", "code", "valid_from", "valid_until", "order"]

    def get_readonly_fields(self, _request: HttpRequest, obj: DismissalReason | None = None) -> list[str]:
        if obj is None or not obj.dismissals.exists():
            return []
        return ["code", "name_zh", "name_en", "basis_zh", "basis_en", "valid_from"]


@admin.register(HotlineToken)
class HotlineTokenAdmin(ReferenceAdmin):
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
