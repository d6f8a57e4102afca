"""Addresses of members checking in: the desk, their own page, the page for the employer, what neighbours read."""

from django.urls import URLPattern, path

from volunteers.views.checkins import desk, feedback, mine, posts, public

_CHECKIN = "desk/checkins/<str:number>"
_POST = "desk/duty-posts/<int:post_id>"
_FEEDBACK = "my/feedback/<str:number>"

urlpatterns: list[URLPattern] = [
    path("desk/checkins/", desk.checkin_list, name="checkin-list"),
    path("desk/checkins/new/", desk.checkin_new, name="checkin-new"),
    path(f"{_CHECKIN}/", desk.checkin_detail, name="checkin-detail"),
    path(f"{_CHECKIN}/reveal/", desk.checkin_reveal, name="checkin-reveal"),
    *(path(f"{_CHECKIN}/{verb}/", desk.checkin_step, {"verb": verb}, name=f"checkin-{verb}") for verb in desk.STEPS),
    path("desk/duty-posts/", posts.post_list, name="post-list"),
    path("desk/duty-posts/new/", posts.post_new, name="post-new"),
    path(f"{_POST}/", posts.post_detail, name="post-detail"),
    path(f"{_POST}/close/", posts.post_close, name="post-close"),
    # a member's own
    path("my/checkin/", mine.my_checkin, name="my-checkin"),
    path("my/checkin/apply/", mine.apply, name="my-checkin-apply"),
    path("my/checkin/move/", mine.move, name="my-checkin-move"),
    path("my/checkin/pledge/withdraw/", mine.withdraw_pledge, name="my-pledge-withdraw"),
    path("my/checkin/pledge/agree/", mine.agree_pledge, name="my-pledge-agree"),
    path("my/checkin/posts/<int:post_id>/", mine.take_or_leave, name="my-post"),
    *(path(f"my/checkin/{verb}/", mine.my_step, {"verb": verb}, name=f"my-checkin-{verb}") for verb in mine.STEPS),
    # the year's page, for the member and the community; by link for the employer it was given to
    path(f"{_FEEDBACK}/", feedback.feedback_sheet, name="feedback-sheet"),
    path(f"{_FEEDBACK}/word/", feedback.feedback_word, name="feedback-word"),
    *(
        path(f"{_FEEDBACK}/{verb}/", feedback.feedback_step, {"verb": verb}, name=f"feedback-{verb}")
        for verb in feedback.STEPS
    ),
    path("feedback/<str:token>/", feedback.feedback_link, name="feedback-link"),
    # everybody
    path("members/", public.branch_list, name="member-branches"),
    path("members/<int:branch_id>/", public.branch_page, name="member-branch"),
]
