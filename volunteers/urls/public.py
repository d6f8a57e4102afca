"""Addresses volunteers open on their phones."""

from django.urls import URLPattern, path

from volunteers.views import certificates, mine, register, shifts

urlpatterns: list[URLPattern] = [
    path("volunteer/", register.landing, name="landing"),
    path("volunteer/register/", register.where, name="register"),
    path("volunteer/register/who/", register.who, name="register-who"),
    path("volunteer/register/offer/", register.offer, name="register-offer"),
    path("volunteer/me/", mine.me, name="me"),
    *(
        path(f"volunteer/me/<str:number>/{verb}/", mine.my_step, {"verb": verb}, name=f"my-{verb}")
        for verb in mine.STEPS
    ),
    path("volunteer/activities/<str:number>/", mine.activity, name="activity"),
    path("volunteer/shifts/<int:shift_id>/take/", mine.take, name="shift-take"),
    path("volunteer/seats/<int:seat_id>/cancel/", mine.give_back, name="seat-cancel"),
    path("volunteer/teams/<int:team_id>/join/", mine.join_team, name="team-join"),
    # certificates: the volunteer's sheet, and the check by strangers
    path("volunteer/certificates/<str:number>/", certificates.certificate_sheet, name="certificate-sheet"),
    path("volunteer/certificates/<str:number>/word/", certificates.certificate_word, name="certificate-word"),
    path("volunteer/check/", certificates.certificate_find, name="certificate-find"),
    path("volunteer/check/<str:code>/", certificates.certificate_find, name="certificate-check"),
    # a shift, on the phone of whoever leads it and of whoever comes
    path("volunteer/shifts/<int:shift_id>/list/", shifts.shift_list, name="shift-list"),
    path("volunteer/shifts/<int:shift_id>/code/", shifts.shift_code, name="shift-code"),
    path("volunteer/here/<int:shift_id>/<str:code>/", shifts.here, name="here"),
]
