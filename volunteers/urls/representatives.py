"""Addresses of representatives: the desk, their own page, the household's page, names on notice."""

from django.urls import URLPattern, path

from volunteers.views.representatives import desk, household, incentives, mine, orders, plan, public
from volunteers.views.representatives.orders import STEPS as ORDER_STEPS
from volunteers.views.representatives.steps import STEPS

_TERM = "desk/representatives/<str:number>"
_BUILDING = "desk/doors/<int:building_id>"
_HOUSEHOLD = "desk/households/<int:household_id>"
_PAGE = "h/<str:token>"

urlpatterns: list[URLPattern] = [
    path("desk/representatives/", desk.representative_list, name="representative-list"),
    path("desk/representatives/orphans/", desk.orphan_list, name="orphan-list"),
    path(f"{_TERM}/", desk.representative_detail, name="representative-detail"),
    *(
        path(f"{_TERM}/{verb}/", desk.representative_step, {"verb": verb}, name=f"representative-{verb}")
        for verb in STEPS
    ),
    path("desk/incentives/", incentives.incentive_list, name="incentive-list"),
    *(
        path(
            f"desk/incentives/<int:incentive_id>/{verb}/",
            incentives.incentive_step,
            {"verb": verb},
            name=f"incentive-{verb}",
        )
        for verb in incentives.STEPS
    ),
    path("desk/doors/", plan.building_list, name="building-list"),
    path(f"{_BUILDING}/", plan.building_plan, name="building-plan"),
    path(f"{_BUILDING}/add/", plan.building_doors_add, name="building-doors-add"),
    path(f"{_BUILDING}/assign/", plan.building_assign, name="building-assign"),
    path(f"{_BUILDING}/nominate/", desk.representative_new, name="representative-new"),
    *(
        path(f"desk/links/<int:link_id>/{verb}/", plan.link_step, {"verb": verb}, name=f"link-{verb}")
        for verb in ("agree", "decline", "end")
    ),
    path(f"{_HOUSEHOLD}/card/", plan.household_card, name="household-card"),
    path(f"{_HOUSEHOLD}/card/revoke/", plan.household_card_revoke, name="household-card-revoke"),
    path(f"{_HOUSEHOLD}/consent/", plan.household_consent, name="household-consent"),
    path(f"{_HOUSEHOLD}/order/", orders.order_new, name="order-new"),
    path("desk/household-orders/", orders.order_list, name="order-list"),
    path("desk/household-orders/<str:number>/", orders.order_detail, name="order-detail"),
    *(
        path(f"desk/household-orders/<str:number>/{verb}/", orders.order_step, {"verb": verb}, name=f"order-{verb}")
        for verb in ORDER_STEPS
    ),
    # a representative's own
    path("my/households/", mine.my_households, name="my-households"),
    path("my/nomination/", mine.my_nomination, name="my-nomination"),
    path("my/households/visit/", mine.my_visit, name="my-visit"),
    path("my/households/<int:link_id>/order/", mine.my_order, name="my-order"),
    # a household, by its card
    path(f"{_PAGE}/", household.household_page, name="household-page"),
    path(f"{_PAGE}/answer/", household.household_answer, name="household-answer"),
    path(f"{_PAGE}/order/", household.household_order, name="household-order"),
    *(
        path(
            f"{_PAGE}/orders/<str:number>/{verb}/",
            household.household_order_step,
            {"verb": verb},
            name=f"household-order-{verb}",
        )
        for verb in ("confirm", "again", "withdraw")
    ),
    # everybody
    path("representatives/", public.notice_list, name="notice-list"),
    path("representatives/<str:number>/", public.notice_detail, name="notice-detail"),
]
