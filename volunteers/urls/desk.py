"""Addresses of the desk."""

from django.urls import URLPattern, path

from volunteers.views import certificates
from volunteers.views.desk import activities, counter, hours_table, joining, records, teams, volunteers

_VOLUNTEER = "desk/volunteers/<str:number>"
_TEAM = "desk/teams/<int:team_id>"
_ACTIVITY = "desk/activities/<str:number>"
_CERTIFICATE = "desk/certificates/<str:number>"
_RECORD = "desk/service/<int:record_id>"

urlpatterns: list[URLPattern] = [
    path("desk/service/table/", hours_table.hours_table, name="hours-table"),
    path("desk/service/table/rows/", hours_table.hours_preview, name="hours-preview"),
    path("desk/service/table/template/", hours_table.hours_template, name="hours-template"),
    path("desk/volunteers/", volunteers.volunteer_list, name="volunteer-list"),
    path("desk/volunteers/new/", counter.volunteer_new, name="volunteer-new"),
    path("desk/volunteers/same/", joining.doubtful_list, name="doubtful-list"),
    path("desk/volunteers/same/<int:one>/<int:other>/", joining.doubtful_pair, name="doubtful-pair"),
    path(f"{_VOLUNTEER}/", volunteers.volunteer_detail, name="volunteer-detail"),
    path(f"{_VOLUNTEER}/reveal/", volunteers.volunteer_reveal, name="volunteer-reveal"),
    *(
        path(f"{_VOLUNTEER}/{verb}/", volunteers.volunteer_step, {"verb": verb}, name=f"volunteer-{verb}")
        for verb in volunteers.STEPS
    ),
    path("desk/teams/", teams.team_list, name="team-list"),
    path("desk/teams/new/", teams.team_new, name="team-new"),
    path(f"{_TEAM}/", teams.team_detail, name="team-detail"),
    path(f"{_TEAM}/member/", teams.team_member, name="team-member"),
    *(path(f"{_TEAM}/{verb}/", teams.team_step, {"verb": verb}, name=f"team-{verb}") for verb in teams.STEPS),
    path("desk/activities/", activities.activity_list, name="activity-list"),
    path("desk/activities/new/", activities.activity_new, name="activity-new"),
    path(f"{_ACTIVITY}/", activities.activity_detail, name="activity-detail"),
    path(f"{_ACTIVITY}/shifts/<int:shift_id>/", activities.shift_off, name="shift-off"),
    path(f"{_ACTIVITY}/series/<int:series_id>/", activities.series_change, name="series-change"),
    *(
        path(f"{_ACTIVITY}/{verb}/", activities.activity_step, {"verb": verb}, name=f"activity-{verb}")
        for verb in activities.STEPS
    ),
    path("desk/certificates/", certificates.certificate_list, name="certificate-list"),
    *(
        path(f"{_CERTIFICATE}/{verb}/", certificates.certificate_step, {"verb": verb}, name=f"certificate-{verb}")
        for verb in certificates.STEPS
    ),
    path("desk/service/", records.record_list, name="record-list"),
    path("desk/service/export/", records.record_export, name="record-export"),
    path(f"{_RECORD}/", records.record_detail, name="record-detail"),
    path(f"{_RECORD}/answer/", records.record_answer, name="record-answer"),
    *(path(f"{_RECORD}/{verb}/", records.record_step, {"verb": verb}, name=f"record-{verb}") for verb in records.STEPS),
]
