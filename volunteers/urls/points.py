"""Addresses of points: mine, and at the desk."""

from django.urls import URLPattern, path

from volunteers.views import points
from volunteers.views.desk import points as desk

_REDEMPTION = "desk/points/<int:redemption_id>"

urlpatterns: list[URLPattern] = [
    path("volunteer/points/", points.points, name="points"),
    path("volunteer/points/give/", points.give, name="points-give"),
    path("volunteer/points/<int:reward_id>/take/", points.take, name="points-take"),
    path("volunteer/points/<int:redemption_id>/back/", points.give_back, name="points-back"),
    path("desk/points/", desk.points_desk, name="points-desk"),
    path("desk/points/gifts/<int:gift_id>/", desk.gift_decide, name="gift-decide"),
    path("desk/points/rewards/new/", desk.reward_edit, name="reward-new"),
    path("desk/points/rewards/<int:reward_id>/", desk.reward_edit, name="reward-edit"),
    path("desk/points/rewards/<int:reward_id>/counter/", desk.reward_counter, name="reward-counter"),
    *(
        path(f"{_REDEMPTION}/{verb}/", desk.redemption_step, {"verb": verb}, name=f"redemption-{verb}")
        for verb in desk.STEPS
    ),
]
