"""Addresses of votes on the desk: the list of voters of a meeting, and its motions."""

from django.urls import URLPattern, path

from governance.views.desk import motions, voters
from governance.views.desk.motions import STEPS

_MEETING = "desk/meetings/<str:number>"
_MOTION = "desk/motions/<int:motion_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_MEETING}/votes/", voters.voter_list, name="voter-list"),
    *(
        path(f"{_MEETING}/votes/{verb}/", voters.voter_step, {"verb": verb}, name=f"voter-{verb}")
        for verb in voters.ONE_PRESS
    ),
    path(f"{_MEETING}/votes/came/", voters.voter_came, name="voter-came"),
    path(f"{_MEETING}/votes/slips/", voters.voter_slips, name="voter-slips"),
    path(f"{_MEETING}/votes/ballots/", voters.voter_ballots, name="voter-ballots"),
    path(f"{_MEETING}/votes/<int:position>/renew/", voters.voter_renew, name="voter-renew"),
    path(f"{_MEETING}/items/<int:item_id>/motion/", motions.motion_new, name="motion-new"),
    path(f"{_MOTION}/", motions.motion_detail, name="motion-detail"),
    path(f"{_MOTION}/carry/", motions.motion_carry, name="motion-carry"),
    *(path(f"{_MOTION}/{verb}/", motions.motion_step, {"verb": verb}, name=f"motion-{verb}") for verb in STEPS),
]
