"""Addresses of the desk, for staff, representatives, departments and partners."""

from django.urls import URLPattern, path

from governance.views.desk import bulk, detail, issues, photos, record, recurring, supervision, today
from governance.views.desk.steps import STEPS

_ISSUE = "desk/issues/<str:number>"

urlpatterns: list[URLPattern] = [
    path("desk/", today.desk_today, name="desk-today"),
    path("desk/issues/", issues.issue_list, name="issue-list"),
    path("desk/issues/board/", issues.issue_board, name="issue-board"),
    path("desk/issues/export.csv", issues.issue_export, {"kind": "csv"}, name="issue-export-csv"),
    path("desk/issues/export.xlsx", issues.issue_export, {"kind": "xlsx"}, name="issue-export-xlsx"),
    path("desk/issues/views/", issues.filter_save, name="filter-save"),
    path("desk/issues/views/<int:filter_id>/remove/", issues.filter_remove, name="filter-remove"),
    path("desk/issues/bulk/result/", bulk.issue_bulk_result, name="issue-bulk-result"),
    *(
        path(f"desk/issues/bulk/{verb}/", bulk.issue_bulk, {"verb": verb}, name=f"issue-bulk-{verb}")
        for verb in bulk.KINDS
    ),
    path("desk/supervision/", supervision.order_list, name="order-list"),
    path("desk/recurrences/", recurring.recurrence_list, name="recurrence-list"),
    path("desk/recurrences/<int:recurrence_id>/", recurring.recurrence_decide, name="recurrence-decide"),
    path("desk/record/", record.issue_record, name="issue-record"),
    path("desk/record/places/", record.record_places, name="record-places"),
    path("desk/record/question/", record.record_question, name="record-question"),
    path(f"{_ISSUE}/", detail.issue_detail, name="issue-detail"),
    path(f"{_ISSUE}/slip/", record.issue_slip, name="issue-slip"),
    path(f"{_ISSUE}/reveal/", detail.issue_reveal, name="issue-reveal"),
    path(f"{_ISSUE}/photos/<int:photo_id>/cover/", photos.photo_cover, name="photo-cover"),
    path(f"{_ISSUE}/photos/<int:photo_id>/withhold/", photos.photo_withhold, name="photo-withhold"),
    *(path(f"{_ISSUE}/{verb}/", detail.issue_step, {"verb": verb}, name=f"issue-{verb}") for verb in STEPS),
]
