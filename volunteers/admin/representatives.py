"""Representatives, their households, orders and incentives: read only; rules of incentives are added."""

from django.contrib import admin

from volunteers.admin.base import DatedRuleAdmin, WatchedAdmin
from volunteers.models import HelpOrder, HouseholdLink, Incentive, IncentiveRule, Representative, Training, Visit


@admin.register(Representative)
class RepresentativeAdmin(WatchedAdmin):
    """Terms: both yeses, notice, beginning and end."""

    list_display = ("number", "state", "capacity", "area", "starts_on", "term_ends_on", "ended_at")
    list_filter = ("state", "capacity")
    list_select_related = ("area",)
    search_fields = ("number",)


@admin.register(HouseholdLink)
class HouseholdLinkAdmin(WatchedAdmin):
    """Which term looks after which door."""

    list_display = ("id", "representative", "household", "state", "slot", "proposed_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("representative", "household")


@admin.register(Visit)
class VisitAdmin(WatchedAdmin):
    """That somebody was there; their words stay with them."""

    list_display = ("id", "representative", "household", "at")
    list_select_related = ("representative", "household")


@admin.register(HelpOrder)
class HelpOrderAdmin(WatchedAdmin):
    """Orders of households, without their words."""

    list_display = ("number", "state", "channel", "area", "placed_at", "taken_by_label", "issue_number")
    list_filter = ("state", "channel")
    list_select_related = ("area",)
    search_fields = ("number",)


@admin.register(Incentive)
class IncentiveAdmin(WatchedAdmin):
    """What was proposed, looked at, noticed and granted."""

    list_display = ("id", "representative", "kind", "state", "rule", "budget_line", "proposed_at")
    list_filter = ("kind", "state")
    list_select_related = ("representative", "rule")


@admin.register(IncentiveRule)
class IncentiveRuleAdmin(DatedRuleAdmin):
    """The district's measures, from a day on."""

    list_display = ("version", "valid_from", "notice_days", "source")


@admin.register(Training)
class TrainingAdmin(WatchedAdmin):
    """Trainings of representatives."""

    list_display = ("representative", "on_day", "title")
    list_select_related = ("representative",)
