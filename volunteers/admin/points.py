"""Points: the ledger is read, never written; a rule of earning is added for a day to come."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from volunteers.admin.base import DatedRuleAdmin, WatchedAdmin
from volunteers.models import Account, Gift, Lot, LotUse, PointsEntry, PointsLine, PointsRule, Reconciliation, Reward
from volunteers.models import Redemption as Taken


@admin.register(PointsRule)
class PointsRuleAdmin(DatedRuleAdmin):
    """How points come and go, from a day on."""

    list_display = ("valid_from", "per_hour", "step_minutes", "hard_percent", "expire_months", "monthly_cap")


class LineInline(admin.TabularInline):
    """Both sides of an entry."""

    model = PointsLine
    fields = readonly_fields = ("account", "amount", "balance")
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever may see the entry

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PointsEntry)
class PointsEntryAdmin(WatchedAdmin):
    """Inserted only, by services; a wrong one is reversed."""

    list_display = ("id", "at", "kind", "source", "by_label")
    list_filter = ("kind",)
    search_fields = ("source",)
    inlines = (LineInline,)


@admin.register(Account)
class AccountAdmin(WatchedAdmin):
    """Balances."""

    list_display = ("id", "kind", "balance", "owed")
    list_filter = ("kind",)


@admin.register(Lot)
class LotAdmin(WatchedAdmin):
    """What expires when."""

    list_display = ("id", "account", "amount", "left", "expires_on")


@admin.register(LotUse)
class LotUseAdmin(WatchedAdmin):
    """From which lot something was taken."""

    list_display = ("id", "entry", "lot", "amount")


@admin.register(Reconciliation)
class ReconciliationAdmin(WatchedAdmin):
    """Whether the ledger added up, night by night."""

    list_display = ("at", "lines", "total")


@admin.register(Reward)
class RewardAdmin(WatchedAdmin):
    """What points are taken for; kept at the desk."""

    list_display = ("name", "area", "price", "stock", "is_offered")
    list_select_related = ("area",)


@admin.register(Taken)
class RedemptionAdmin(WatchedAdmin):
    """Rewards reserved and handed out."""

    list_display = ("number", "reward", "points", "state", "reserved_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("reward",)


@admin.register(Gift)
class GiftAdmin(WatchedAdmin):
    """Points passed on, and who agreed."""

    list_display = ("id", "to", "amount", "state", "asked_at", "decided_by_label")
    list_filter = ("state",)
