"""Teams at the desk: the list, one team with its members and who is interested, its steps."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from volunteers.actors import ORGANISERS
from volunteers.forms.activities import MemberForm, NewTeamForm, TeamForm
from volunteers.forms.base import refuse
from volunteers.lifecycle.teams import TEAM_FITS
from volunteers.models import Team
from volunteers.policies import teams as policies
from volunteers.selectors.activities import TEAM_TABS, interested, listed_teams, members_of, teams_open_to
from volunteers.services import teams as services
from volunteers.views.places import chosen_area, open_areas, place_choices
from volunteers.views.steps import Step, Where, open_steps, pressed, step_page, steps_by_verb

PAGE = 25


def _facts(team: Team) -> dict[str, Any]:
    return {name: getattr(team, name) for name in ("name", "kind", "about", "needs_insurance")}


STEPS = steps_by_verb(
    Step(
        "activate", gettext_lazy("Begin work"), "run", policies.can_organise, services.activate_team,
        gettext_lazy("The team is at work."), fits=TEAM_FITS["activate"],
    ),
    Step(
        "lead", gettext_lazy("Name the lead"), "person", policies.can_organise, services.name_lead,
        gettext_lazy("Saved."), form=MemberForm, fits=TEAM_FITS["lead"],
    ),
    Step(
        "add", gettext_lazy("Add a member"), "plus", policies.can_organise, services.ask_to_join,
        gettext_lazy("Saved."), form=MemberForm, fits=TEAM_FITS["join"],
    ),
    Step(
        "edit", gettext_lazy("Change"), "write", policies.can_organise, services.revise_team, gettext_lazy("Saved."),
        form=TeamForm, fits=TEAM_FITS["edit"], initial=_facts,
    ),
    Step(
        "rest", gettext_lazy("Let it rest"), "wait", policies.can_organise, services.rest_team,
        gettext_lazy("The team rests."), fits=TEAM_FITS["rest"],
    ),
    Step(
        "close", gettext_lazy("Close the team"), "x", policies.can_organise, services.close_team,
        gettext_lazy("Closed."), fits=TEAM_FITS["close"], stops=True,
    ),
)  # fmt: skip


@require_safe
@login_required
def team_list(request: PortalRequest) -> HttpResponse:
    """By place and name."""
    require(policies.can_read_teams(request.actor))
    tab = TEAM_TABS.get(request.GET.get("tab", ""), TEAM_TABS["now"])
    page = Paginator(listed_teams(request.actor, tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": TEAM_TABS.values(), "tab": tab, "page": page,
        "can_form": policies.can_organise_somewhere(request.actor),
    }  # fmt: skip
    return render(request, "volunteers/team_list.html", context)


def _team(request: PortalRequest, team_id: int) -> Team:
    rows = teams_open_to(request.actor).select_related("area", "lead__resident__guardian")
    found: Team = get_object_or_404(rows, pk=team_id)
    return found


@require_safe
@login_required
def team_detail(request: PortalRequest, team_id: int) -> HttpResponse:
    """Who leads, who is in it, who has asked, who would like to."""
    team = _team(request, team_id)
    context = {
        "team": team,
        "steps": open_steps(STEPS, request.actor, team, "team", team.pk),
        "members": members_of(team),
        "interested": interested(request.actor, team) if team.is_open else [],
        "activities": list(team.activities.order_by("-pk")[:10]),
        "can_open": policies.can_read_teams(request.actor),
        "can_take_in": policies.can_take_in(request.actor, team) and team.is_open,
    }
    return render(request, "volunteers/team_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_step(request: PortalRequest, team_id: int, verb: str) -> HttpResponse:
    """One step of a team."""
    team = _team(request, team_id)
    back = reverse("volunteers:team-detail", args=[team.pk])
    where = Where(back, team.name, ((reverse("volunteers:team-list"), _("Teams")),))
    return step_page(request, STEPS[verb], team, where, team_id=team.pk)


@require_POST
@login_required
def team_member(request: PortalRequest, team_id: int) -> HttpResponse:
    """Take in who has asked, or take somebody off the list."""
    team = _team(request, team_id)
    require(policies.can_take_in(request.actor, team))
    member = get_object_or_404(team.members, volunteer__number=request.POST.get("number", "").replace("\x00", ""))
    run = services.leave_team if "off" in request.POST else services.ask_to_join
    keys: dict[str, Any] = {"team_id": team.pk, "volunteer_id": member.volunteer_id, "actor": request.actor}
    pressed(request, lambda: run(**keys), _("Saved."))
    return redirect("volunteers:team-detail", team.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: PortalRequest) -> HttpResponse:
    """A new team of a place."""
    require(policies.can_organise_somewhere(request.actor))
    grants = request.actor.grants_of(ORGANISERS)
    areas = open_areas(grants)
    places = place_choices(request, areas, grants)
    if request.method != "POST" or "find" in request.POST:
        form = NewTeamForm(places=places, initial=request.POST.dict())
        return render(request, "volunteers/team_new.html", {"form": form})
    form = NewTeamForm(request.POST, places=places)
    if form.is_valid():
        area = chosen_area(areas, form.cleaned_data["place"])
        try:
            team = services.form_team(actor=request.actor, area=area, facts=form.facts())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved. Name a lead, then it can begin."))
            return redirect("volunteers:team-detail", team.pk)
    return render(request, "volunteers/team_new.html", {"form": form}, status=422)
