"""Writing down a matter: one page, also on a phone on a round, also from a resident's request."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.masking import mask_text
from governance.actors import COLLECTORS, FILERS
from governance.forms.matters import CollectForm
from governance.lifecycle.matters import MatterSource
from governance.models import Issue
from governance.policies import matters as policies
from governance.selectors.issues import issues_visible_to
from governance.selectors.recording import find_places, own_places, record_areas
from governance.selectors.reference import categories
from governance.services.matters.collecting import TEXT_LIMIT, Sighting, collect_matter
from governance.views.desk.detail import refuse
from neighborhoods.actors import Actor, Role
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area, Post
from neighborhoods.selectors.finding import place_label


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matter_new(request: PortalRequest) -> HttpResponse:
    """What, where, how known, who helped. The button beside the place only fills the page in; nothing is lost."""
    require(policies.can_collect(request.actor))
    if request.method != "POST":
        return _page(request, _form(request, initial=_start(request)))
    if "find" in request.POST:
        return _page(request, _form(request, initial=request.POST.dict()))
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    area: Area = get_object_or_404(record_areas(request.actor, COLLECTORS), pk=form.cleaned_data["place"])
    try:
        matter = collect_matter(actor=request.actor, sighting=_sighting(request, form, area))
    except RuleError as error:
        refuse(form, error)
        return _page(request, form, status=422)
    messages.success(request, _("%(number)s is written down.") % {"number": matter.number})
    response = redirect("governance:matter-detail", matter.number)
    response.status_code = 303
    return response


def _sighting(request: PortalRequest, form: CollectForm, area: Area) -> Sighting:
    said = form.cleaned_data
    issue = _issue(request, said["issue"])
    return Sighting(
        area=area,
        category=next(c for c in categories() if c.code == said["category"]),
        text=said["text"],
        source=MatterSource(said["source"]),
        place_note=said["place_note"],
        helpers=form.helpers(),
        issue_ids=(issue.pk,) if issue else (),
        takes=said.get("takes", False),
        submission_key=said["submission_key"],
    )


def _issue(request: PortalRequest, number: str) -> Issue | None:
    """The request it is made from; one that is not the actor's does not exist."""
    if not number:
        return None
    rows = issues_visible_to(request.actor).select_related("category", "area__compound")
    issue = get_object_or_404(rows, number=number.replace("\x00", ""))
    require(policies.can_link_issue(request.actor, issue))
    return issue


def _start(request: PortalRequest) -> dict[str, Any]:
    """How somebody comes to know of things, by what they are; from a request, what it says."""
    sources = {Role.REPRESENTATIVE: MatterSource.VISIT, Role.GRID_WORKER: MatterSource.PATROL}
    source = next((each for role, each in sources.items() if role in request.actor.roles), MatterSource.PHONE)
    start: dict[str, Any] = {"submission_key": uuid.uuid4(), "source": source}
    issue = _issue(request, request.GET.get("issue", ""))
    if issue is None:
        return start
    return start | {
        "issue": issue.number,
        "source": MatterSource.ISSUE,
        "category": issue.category.code,
        "place": str(issue.area_id),
        "place_note": issue.place_note,
        "text": mask_text(issue.text, for_neighbours=True)[:TEXT_LIMIT],
    }


def _form(request: PortalRequest, **kwargs: Any) -> CollectForm:
    own = _own_post(request.actor)
    start = kwargs.get("initial", {})
    places = _places(request, str(start.get("place", "")))
    can_file = bool(request.actor.grants_of(FILERS))
    return CollectForm(categories=categories(), places=places, own_post=own, can_file=can_file, **kwargs)


def _own_post(actor: Actor) -> Post | None:
    """The representative's post of whoever types."""
    ids = sorted(grant.post_id for grant in actor.grants_of({Role.REPRESENTATIVE}) if grant.post_id)
    return Post.objects.select_related("title", "area", "unit", "user").filter(pk__in=ids).first() if ids else None


def _places(request: PortalRequest, start: str = "") -> list[tuple[str, str]]:
    """What was looked for, else where the actor serves; what is chosen stays in the list."""
    sent = request.POST if request.method == "POST" else request.GET
    words = sent.get("place_words", "").replace("\x00", "")[:60]
    found = find_places(request.actor, words, COLLECTORS) or own_places(request.actor, COLLECTORS)
    chosen = sent.get("place", "") or start
    if chosen.isdecimal() and len(chosen) < 16 and not any(str(area.pk) == chosen for area in found):
        known = record_areas(request.actor, COLLECTORS).select_related("compound", "parent__parent__parent")
        found = [*known.filter(pk=chosen), *found]
    return [(str(area.pk), place_label(area)) for area in found]


def _page(request: PortalRequest, form: CollectForm, *, status: int = 200) -> HttpResponse:
    return render(request, "governance/matter_new.html", {"form": form}, status=status)


@require_safe
@login_required
def matter_places(request: PortalRequest) -> HttpResponse:
    """The places found so far, while somebody types."""
    require(policies.can_collect(request.actor))
    form = _form(request, initial=request.GET.dict())
    return render(request, "governance/_matter_places.html", {"form": form})
