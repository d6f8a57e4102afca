"""Back office of notices: what waits, what failed, and the button that sends it on its way again."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from core.admin import CappedPaginator
from core.backoffice import ViewOnlyAdmin, holds_role
from core.models import OutboxMessage
from neighborhoods.actors import Role
from notifications.models import Delivery, Heartbeat
from notifications.selectors.delays import handover
from notifications.services.parked import retry_deliveries, retry_messages


class QueueAdmin(ViewOnlyAdmin):
    """A queue: looked at, and parked rows tried again."""

    viewers = (Role.SYSTEM_ADMIN, Role.AUDITOR)
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ["-id"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return holds_role(request, {Role.SYSTEM_ADMIN})

    def say(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%(n)d will be tried again.", "%(n)d will be tried again.", count)
        messages.success(request, text % {"n": count})


@admin.register(Delivery)
class DeliveryAdmin(QueueAdmin):
    """Messages that left, wait or failed. The address is not stored, so it cannot be read here."""

    list_display = ["id", "state", "channel", "recipient", "urgency", "tries", "due_at", "handed_at", "last_error"]
    list_filter = ["state", "channel", "urgency"]
    list_select_related = ["event"]
    search_fields = ["recipient", "issue__number"]
    fields = [
        "state", "channel", "recipient", "text", "urgency", "issue", "tries", "due_at", "leased_until", "handed_at",
        "provider", "last_error", "created_at",
    ]  # fmt: skip
    actions = ["try_again"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With how fast urgent ones left since yesterday."""
        found = handover(timezone.now() - timedelta(days=1))
        said = _("Urgent, last 24 hours: %(in_time)d of %(total)d handed over within 10 seconds (%(percent)d %%).")
        subtitle = said % {**found._asdict(), "percent": found.percent}
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})

    @admin.action(description=_("Try parked ones again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self.say(request, retry_deliveries(ids=queryset.values_list("pk", flat=True), at=timezone.now()))


class OutboxState(admin.SimpleListFilter):
    """Where a message of the outbox stands."""

    title = pgettext_lazy("delivery", "state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("waiting", _("waits for the relay")), ("parked", _("parked after too many tries"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        if self.value() == "waiting":
            return queryset.filter(relayed_at=None, parked_at=None)
        return queryset.filter(parked_at__isnull=False) if self.value() == "parked" else queryset


@admin.register(OutboxMessage)
class OutboxAdmin(QueueAdmin):
    """Events on their way to the relay."""

    list_display = ["id", "event", "due_at", "tries", "relayed_at", "parked_at", "last_error"]
    list_filter = [OutboxState]
    list_select_related = ["event"]
    actions = ["try_again"]

    @admin.action(description=_("Try parked ones again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        self.say(request, retry_messages(ids=queryset.values_list("pk", flat=True), at=timezone.now()))


@admin.register(Heartbeat)
class HeartbeatAdmin(ViewOnlyAdmin):
    """When the beat was last seen."""

    viewers = (Role.SYSTEM_ADMIN, Role.AUDITOR)
    list_display = ["name", "at"]
