"""Addresses residents open. No account is needed for any of them."""

from django.urls import URLPattern, path

from governance.views import (
    call_link,
    committees,
    find,
    follow,
    home,
    hotline_api,
    meetings,
    photos,
    public,
    report,
    report_check,
    report_same,
    vote,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("places/", home.places, name="places"),
    # report
    path("report/", report.report_place, name="issue-report"),
    path("report/category/", report.report_category, name="issue-report-category"),
    path("report/danger/", report.report_danger, name="issue-report-danger"),
    path("report/call/", report.report_call, name="issue-report-call"),
    path("report/text/", report.report_text, name="issue-report-text"),
    path("report/contact/", report.report_contact, name="issue-report-contact"),
    path("report/same/<str:number>/", report_same.report_same, name="issue-report-same"),
    path("report/check/", report_check.report_check, name="issue-report-check"),
    path("q/<str:code>/", report.report_from_code, name="report-from-code"),
    # follow
    path("follow/", find.follow_find, name="issue-follow-find"),
    path("follow/case/", find.looked_up, name="issue-looked-up"),
    path("follow/code/send/", find.ask_code, name="issue-code-send"),
    path("follow/code/", find.type_code, name="issue-code"),
    path("f/<str:token>/", follow.follow, name="issue-follow"),
    path("f/<str:token>/receipt/", follow.receipt, name="issue-receipt"),
    path("f/<str:token>/answer/", follow.answer, name="issue-follow-answer"),
    path("f/<str:token>/question/", follow.question, name="issue-follow-question"),
    path("f/<str:token>/add/", follow.add, name="issue-follow-add"),
    path("f/<str:token>/urge/", follow.urge, name="issue-follow-urge"),
    path("f/<str:token>/reopen/", follow.reopen, name="issue-follow-reopen"),
    path("f/<str:token>/appeal/", follow.appeal, name="issue-follow-appeal"),
    path("f/<str:token>/withdraw/", follow.withdraw, name="issue-follow-withdraw"),
    path("f/<str:token>/hide/", follow.hide, name="issue-follow-hide"),
    # vote
    path("v/<str:token>/", vote.vote, name="vote"),
    path("v/<str:token>/<int:order>/", vote.vote_cast, name="vote-cast"),
    path("v/<str:token>/<int:order>/receipt/", vote.vote_receipt, name="vote-receipt"),
    path("votes/", vote.votes_mine, name="votes-mine"),
    path("votes/<str:number>/", vote.vote_results, name="vote-results"),
    # other systems, with a key
    path("api/hotline/issues/", hotline_api.hotline_issues, name="hotline-api"),
    # a unit without accounts
    path("w/<str:token>/", call_link.call_link, name="call-link"),
    *(
        path(f"w/<str:token>/{verb}/", call_link.call_link_step, {"verb": verb}, name=f"call-link-{verb}")
        for verb in call_link.VERBS
    ),
    # what is going on
    path("issues/", public.public_list, name="public-list"),
    path("issues/parked/", public.parked_list, name="parked-list"),
    path("issues/<str:number>/", public.public_detail, name="public-detail"),
    path("photo/<uuid:uid>/", photos.photo, name="photo"),
    # enlarged committees
    path("committee/", committees.committee_public_list, name="committee-public-list"),
    path("committee/<int:committee_id>/", committees.committee_public, name="committee-public"),
    # meetings
    path("meetings/", meetings.meeting_public_list, name="meeting-public-list"),
    path("meetings/<str:number>/", meetings.meeting_public, name="meeting-public"),
    path("meetings/<str:number>/register/", meetings.meeting_register, name="meeting-register"),
    path("meetings/<str:number>/in/<str:code>/", meetings.meeting_check_in, name="meeting-check-in"),
    path("topics/new/", meetings.topic_propose, name="topic-propose"),
    path("t/<str:token>/", meetings.topic_follow, name="topic-follow"),
    path("t/<str:token>/withdraw/", meetings.topic_withdraw, name="topic-withdraw"),
]
