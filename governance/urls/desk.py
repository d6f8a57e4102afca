"""Addresses of the desk, for staff, representatives, departments and partners."""

from django.urls import URLPattern, path

from governance.urls import votes
from governance.views.desk import (
    bulk,
    callbacks,
    committees,
    detail,
    dismissals,
    hotline,
    issues,
    matter_new,
    matters,
    photos,
    record,
    recurring,
    supervision,
    tasks,
    today,
    whistle_draft,
    whistles,
)
from governance.views.desk.committee_steps import COMMITTEE_VERBS, MEMBER_VERBS, PROMISE_VERBS
from governance.views.desk.matter_steps import STEPS as MATTER_STEPS
from governance.views.desk.meetings import agenda as meeting_agenda
from governance.views.desk.meetings import detail as meeting_detail
from governance.views.desk.meetings import follow_up as meeting_follow_up
from governance.views.desk.meetings import lists as meeting_lists
from governance.views.desk.meetings import minutes as meeting_minutes
from governance.views.desk.meetings import paper as meeting_paper
from governance.views.desk.meetings import roll as meeting_roll
from governance.views.desk.meetings import topics
from governance.views.desk.meetings.steps import MEETING_STEPS
from governance.views.desk.steps import STEPS
from governance.views.desk.whistle_steps import CALL_VERBS, WHISTLE_VERBS

_ISSUE = "desk/issues/<str:number>"
_WHISTLE = "desk/whistles/<str:number>"
_CALL = f"{_WHISTLE}/units/<int:call_id>"
_COMMITTEE = "desk/committee/<int:committee_id>"
_MEMBER = "desk/committee/members/<int:member_id>"
_PROMISE = "desk/committee/promises/<str:number>"
_MATTER = "desk/matters/<str:number>"
_MEETING = "desk/meetings/<str:number>"
_TOPIC = "desk/topics/<str:number>"

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
    path("desk/dismissals/", dismissals.dismissal_list, name="dismissal-list"),
    path("desk/recurrences/", recurring.recurrence_list, name="recurrence-list"),
    path("desk/recurrences/<int:recurrence_id>/", recurring.recurrence_decide, name="recurrence-decide"),
    *votes.urlpatterns,
    path("desk/callbacks/", callbacks.callback_list, name="callback-list"),
    path("desk/hotline/import/", hotline.hotline_import, name="hotline-import"),
    path("desk/hotline/template.xlsx", hotline.hotline_template, {"form": "xlsx"}, name="hotline-template-xlsx"),
    path("desk/hotline/template.csv", hotline.hotline_template, {"form": "csv"}, name="hotline-template-csv"),
    path("desk/hotline/import/<uuid:uid>/", hotline.hotline_preview, name="hotline-preview"),
    path("desk/record/", record.issue_record, name="issue-record"),
    path("desk/record/places/", record.record_places, name="record-places"),
    path("desk/record/question/", record.record_question, name="record-question"),
    path(f"{_ISSUE}/", detail.issue_detail, name="issue-detail"),
    path(f"{_ISSUE}/slip/", record.issue_slip, name="issue-slip"),
    path(f"{_ISSUE}/reveal/", detail.issue_reveal, name="issue-reveal"),
    path(f"{_ISSUE}/photos/<int:photo_id>/cover/", photos.photo_cover, name="photo-cover"),
    path(f"{_ISSUE}/photos/<int:photo_id>/withhold/", photos.photo_withhold, name="photo-withhold"),
    path("desk/tasks/", tasks.task_list, name="task-list"),
    path("desk/tasks/<str:number>/", tasks.task_detail, name="task-detail"),
    *(
        path(f"desk/tasks/<str:number>/{verb}/", tasks.task_step, {"verb": verb}, name=f"task-{verb}")
        for verb in tasks.STEPS
    ),
    *(path(f"{_ISSUE}/{verb}/", detail.issue_step, {"verb": verb}, name=f"issue-{verb}") for verb in STEPS),
    # enlarged committees
    path("desk/committee/", committees.committee_list, name="committee-list"),
    path("desk/committee/new/", committees.committee_new, name="committee-new"),
    path(f"{_COMMITTEE}/", committees.committee_detail, name="committee-detail"),
    path(f"{_COMMITTEE}/meetings/<str:number>/unlink/", committees.meeting_unlink, name="committee-unlink"),
    *(
        path(f"{_COMMITTEE}/{verb}/", committees.committee_step, {"verb": verb}, name=f"committee-{verb}")
        for verb in COMMITTEE_VERBS
    ),
    *(
        path(f"{_MEMBER}/{verb}/", committees.member_step, {"verb": verb}, name=f"member-{verb}")
        for verb in MEMBER_VERBS
    ),
    *(
        path(f"{_PROMISE}/{verb}/", committees.promise_step, {"verb": verb}, name=f"promise-{verb}")
        for verb in PROMISE_VERBS
    ),
    # matters
    path("desk/matters/", matters.matter_list, name="matter-list"),
    path("desk/matters/new/", matter_new.matter_new, name="matter-new"),
    path("desk/matters/places/", matter_new.matter_places, name="matter-places"),
    path(f"{_MATTER}/", matters.matter_detail, name="matter-detail"),
    path(f"{_MATTER}/unlink/<str:issue_number>/", matters.matter_unlink, name="matter-unlink"),
    *(path(f"{_MATTER}/{verb}/", matters.matter_step, {"verb": verb}, name=f"matter-{verb}") for verb in MATTER_STEPS),
    # meetings and topics
    path("desk/meetings/", meeting_lists.meeting_list, name="meeting-list"),
    path("desk/meetings/calendar/", meeting_lists.meeting_calendar, name="meeting-calendar"),
    path("desk/meetings/new/", meeting_lists.meeting_new, name="meeting-new"),
    path(f"{_MEETING}/", meeting_detail.meeting_detail, name="meeting-detail"),
    path(f"{_MEETING}/agenda/", meeting_agenda.meeting_agenda, name="meeting-agenda"),
    path(f"{_MEETING}/roll/", meeting_roll.meeting_roll, name="meeting-roll"),
    path(f"{_MEETING}/roll/<int:line_id>/", meeting_roll.meeting_presence, name="meeting-presence"),
    path(f"{_MEETING}/code/", meeting_roll.meeting_code, name="meeting-code"),
    path(f"{_MEETING}/minutes/", meeting_minutes.meeting_minutes, name="meeting-minutes"),
    path(f"{_MEETING}/minutes/print/", meeting_paper.meeting_minutes_sheet, name="meeting-minutes-sheet"),
    path(f"{_MEETING}/minutes/word/", meeting_paper.meeting_minutes_word, name="meeting-minutes-word"),
    path(f"{_MEETING}/notice/print/", meeting_paper.meeting_notice_sheet, name="meeting-notice-sheet"),
    path(f"{_MEETING}/outcome/", meeting_minutes.meeting_outcome, name="meeting-outcome"),
    path(f"{_MEETING}/resolve/", meeting_minutes.meeting_resolve, name="meeting-resolve"),
    path(f"{_MEETING}/resolve/<int:resolution_id>/inform/", meeting_minutes.meeting_inform, name="meeting-inform"),
    path(f"{_MEETING}/resolve/<int:resolution_id>/task/", meeting_follow_up.meeting_task, name="meeting-task"),
    *(
        path(f"{_MEETING}/{verb}/", meeting_detail.meeting_step, {"verb": verb}, name=f"meeting-{verb}")
        for verb in MEETING_STEPS
    ),
    path("desk/topics/", topics.topic_list, name="topic-list"),
    path("desk/topics/new/", topics.topic_new, name="topic-new"),
    path(f"{_TOPIC}/", topics.topic_detail, name="topic-detail"),
    path(f"{_TOPIC}/accept/", topics.topic_accept, name="topic-accept"),
    path(f"{_TOPIC}/decline/", topics.topic_decline, name="topic-decline"),
    path(f"{_TOPIC}/settle/", topics.topic_settle, name="topic-settle"),
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
