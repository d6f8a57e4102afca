"""Addresses of the desk, for staff, representatives, departments and partners."""

from django.urls import URLPattern, path

from governance.views.desk import bulk, detail, issues, photos, record, today, whistle_draft, whistles
from governance.views.desk.steps import STEPS
from governance.views.desk.whistle_steps import CALL_VERBS, WHISTLE_VERBS

_ISSUE = "desk/issues/<str:number>"
_WHISTLE = "desk/whistles/<str:number>"
_CALL = f"{_WHISTLE}/units/<int:call_id>"

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
    path("desk/record/", record.issue_record, name="issue-record"),
    path("desk/record/places/", record.record_places, name="record-places"),
    path("desk/record/question/", record.record_question, name="record-question"),
    path(f"{_ISSUE}/", detail.issue_detail, name="issue-detail"),
    path(f"{_ISSUE}/slip/", record.issue_slip, name="issue-slip"),
    path(f"{_ISSUE}/reveal/", detail.issue_reveal, name="issue-reveal"),
    path(f"{_ISSUE}/photos/<int:photo_id>/cover/", photos.photo_cover, name="photo-cover"),
    path(f"{_ISSUE}/photos/<int:photo_id>/withhold/", photos.photo_withhold, name="photo-withhold"),
    *(path(f"{_ISSUE}/{verb}/", detail.issue_step, {"verb": verb}, name=f"issue-{verb}") for verb in STEPS),
    # whistles
    path("desk/whistles/", whistles.whistle_list, name="whistle-list"),
    path("desk/whistles/new/", whistle_draft.whistle_new, name="whistle-new"),
    path("desk/whistles/figures/", whistles.whistle_figures_page, name="whistle-figures"),
    path(f"{_WHISTLE}/", whistles.whistle_detail, name="whistle-detail"),
    path(f"{_WHISTLE}/edit/", whistle_draft.whistle_edit, name="whistle-edit"),
    path(f"{_CALL}/notice/", whistles.call_notice, name="call-notice"),
    path(f"{_CALL}/link/", whistles.call_link_new, name="call-link-new"),
    *(path(f"{_CALL}/{verb}/", whistles.call_step, {"verb": verb}, name=f"call-{verb}") for verb in CALL_VERBS),
    *(
        path(f"{_WHISTLE}/{verb}/", whistles.whistle_step, {"verb": verb}, name=f"whistle-{verb}")
        for verb in WHISTLE_VERBS
    ),
]
