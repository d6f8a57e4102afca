"""The first page, and whom to call in my community."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.selectors.choosing import Place, place_at, streets
from governance.selectors.counting import capped_counts
from governance.selectors.home import contacts_of, duty_of, emergency, figures_of_year
from governance.selectors.public import Filters, public_issues, rows_of
from governance.views.steps import remember_place, remembered_place
from neighborhoods.actors import Level
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.setup import is_new_portal

SHOWN = 4


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """Three doors, what is going on nearby, three figures, the numbers to call."""
    place = remembered_place(request)
    community = place.community if place else None
    issues = public_issues(Filters(community=community))
    context = {
        "place": place,
        "community": community,
        "rows": rows_of(issues[:SHOWN]),
        "total": capped_counts({"all": issues})["all"],
        "figures": figures_of_year(community),
        "duty": duty_of(place.path if place else ()),
        "emergency": emergency(),
        "list_query": f"?community={community.code}" if community else "",
    }
    if not place and not context["total"] and is_new_portal():
        return HttpResponseRedirect(reverse("neighborhoods:setup"))
    return render(request, "governance/home.html", context)


@require_safe
def places(request: PortalRequest) -> HttpResponse:
    """Whom to call: the duty phones of my community and the desks above it. Choosing one is remembered."""
    chosen = _chosen(request)
    place = chosen or (None if "choose" in request.GET else remembered_place(request))
    if place is None or place.community is None:
        context = {"streets": streets(), "duty": duty_of(()), "emergency": emergency()}
        return render(request, "governance/places.html", context)
    context = {"place": place, "contacts": contacts_of(place), "duty": duty_of(place.path), "emergency": emergency()}
    response = render(request, "governance/places.html", context)
    return remember_place(response, place) if chosen else response


def _chosen(request: PortalRequest) -> Place | None:
    code = request.GET.get("community", "")
    if not code:
        return None
    place = place_at(code)
    if place is None or place.area.level != Level.COMMUNITY:
        raise Http404
    return place
