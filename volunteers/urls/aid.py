"""Addresses of mutual aid: everybody's, one's own, the desk's."""

from django.urls import URLPattern, path

from volunteers.views.aid import calls, desk, mine, public

urlpatterns: list[URLPattern] = [
    path("volunteer/aid/", public.aid_list, name="aid-list"),
    path("volunteer/aid/ask/", public.aid_ask, name="aid-ask"),
    path("volunteer/aid/<str:number>/", public.aid_card, name="aid-card"),
    path("volunteer/aid/<str:number>/take/", public.aid_take, name="aid-take"),
    path("my/aid/", mine.my_aid, name="my-aid"),
    path("my/aid/offer/", mine.my_aid_offer, name="my-aid-offer"),
    path("my/aid/offers/<int:offer_id>/end/", mine.my_aid_offer_end, name="my-aid-offer-end"),
    path("my/aid/<str:number>/", mine.my_aid_need, name="my-aid-need"),
    *(
        path(f"my/aid/<str:number>/{verb}/", mine.my_aid_step, {"verb": verb}, name=f"my-aid-{verb}")
        for verb in mine.STEPS
    ),
    path("my/households/<int:link_id>/aid/", desk.my_household_aid, name="my-household-aid"),
    path("desk/aid/", desk.aid_desk, name="aid-desk"),
    path("desk/aid/new/", desk.aid_new, name="aid-new"),
    path("desk/aid/<str:number>/", desk.aid_detail, name="aid-detail"),
    *(
        path(f"desk/aid/<str:number>/{verb}/", desk.aid_step, {"verb": verb}, name=f"aid-desk-{verb}")
        for verb in desk.STEPS
    ),
    path("desk/aid/<str:number>/contact/", calls.aid_contact, name="aid-contact"),
    path("desk/calls/", calls.call_list, name="call-list"),
    path("desk/calls/<int:call_id>/", calls.call_done, name="call-done"),
    path("desk/calls/<int:call_id>/contact/", calls.call_contact, name="call-contact"),
]
