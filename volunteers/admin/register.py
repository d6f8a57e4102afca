"""The register, teams, activities, shifts, seats, hours and certificates: read only."""

from django.contrib import admin

from volunteers.admin.base import WatchedAdmin
from volunteers.models import (
    Activity,
    Certificate,
    Merit,
    RecordCheck,
    Series,
    ServiceRecord,
    Shift,
    SignUp,
    Team,
    TeamMember,
    Volunteer,
)


@admin.register(Volunteer)
class VolunteerAdmin(WatchedAdmin):
    """Numbers, states and days. Who it is stands at the desk, masked."""

    list_display = ("number", "state", "area", "applied_at", "verified_at", "insured_until", "left_at")
    list_filter = ("state",)
    list_select_related = ("area",)
    search_fields = ("number",)


@admin.register(Team)
class TeamAdmin(WatchedAdmin):
    """Teams of volunteers."""

    list_display = ("name", "kind", "state", "area", "needs_insurance", "formed_at")
    list_filter = ("kind", "state")
    list_select_related = ("area",)
    search_fields = ("name",)


@admin.register(TeamMember)
class TeamMemberAdmin(WatchedAdmin):
    """Who is in which team."""

    list_display = ("team", "volunteer", "state", "asked_at", "joined_at", "left_at")
    list_filter = ("state",)
    list_select_related = ("team", "volunteer")


@admin.register(Activity)
class ActivityAdmin(WatchedAdmin):
    """What volunteers do together."""

    list_display = ("number", "title", "state", "area", "is_hard", "needs_insurance", "planned_at")
    list_filter = ("state", "needs_insurance")
    list_select_related = ("area",)
    search_fields = ("number", "title")


@admin.register(Series)
class SeriesAdmin(WatchedAdmin):
    """Activities that come again every week."""

    list_display = ("id", "activity")
    list_select_related = ("activity",)


@admin.register(Shift)
class ShiftAdmin(WatchedAdmin):
    """Times and seats."""

    list_display = ("activity", "starts_at", "ends_at", "capacity", "taken", "cancelled_at")
    list_select_related = ("activity",)


@admin.register(SignUp)
class SignUpAdmin(WatchedAdmin):
    """Who came and went."""

    list_display = ("shift", "volunteer", "state", "came_at", "went_at")
    list_filter = ("state",)
    list_select_related = ("shift__activity", "volunteer")


@admin.register(ServiceRecord)
class RecordAdmin(WatchedAdmin):
    """Hours. They are confirmed at the desk or by who was helped, never here."""

    list_display = ("id", "volunteer", "state", "starts_at", "minutes", "is_late", "confirmed_by_label")
    list_filter = ("state", "is_late")
    list_select_related = ("volunteer",)
    search_fields = ("volunteer__number",)


@admin.register(RecordCheck)
class RecordCheckAdmin(WatchedAdmin):
    """Confirmed records chance picked."""

    list_display = ("record", "picked_at", "asked_at", "outcome", "by_label")
    list_filter = ("outcome",)
    list_select_related = ("record",)


@admin.register(Merit)
class MeritAdmin(WatchedAdmin):
    """Trainings and commendations."""

    list_display = ("volunteer", "kind", "title", "on", "withdrawn_at")
    list_filter = ("kind",)
    list_select_related = ("volunteer",)


@admin.register(Certificate)
class CertificateAdmin(WatchedAdmin):
    """What was certified; body and code stay with the sheet."""

    list_display = ("number", "volunteer", "state", "minutes", "asked_at", "issued_at", "revoked_at")
    list_filter = ("state",)
    list_select_related = ("volunteer",)
    search_fields = ("number",)
