"""Mutual aid: read only, without the words of those who asked."""

from django.contrib import admin

from volunteers.admin.base import WatchedAdmin
from volunteers.models import AidNeed, AidOffer, PhoneCall


@admin.register(AidNeed)
class NeedAdmin(WatchedAdmin):
    """How needs stand. They are confirmed by who was helped, never here."""

    list_display = ("number", "kind", "state", "channel", "area", "asked_at", "confirmed_how", "closed_at")
    list_filter = ("state", "kind", "channel")
    list_select_related = ("area",)
    search_fields = ("number",)


@admin.register(AidOffer)
class OfferAdmin(WatchedAdmin):
    """Who offers what, by number."""

    list_display = ("volunteer", "kind", "reach", "area", "opened_at", "closed_at")
    list_filter = ("kind", "reach")
    list_select_related = ("volunteer", "area")


@admin.register(PhoneCall)
class PhoneCallAdmin(WatchedAdmin):
    """Promised answers that staff give by voice."""

    list_display = ("id", "reason", "about", "area", "asked_at", "done_at", "done_by_label")
    list_filter = ("reason",)
    list_select_related = ("area",)
