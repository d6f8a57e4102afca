"""The list of voters of a meeting: pasted and looked through, frozen, printed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from core.htmx import go
from governance.forms.votes import CameForm, VotersForm
from governance.models import EntitledList, Meeting
from governance.policies import voting as policies
from governance.selectors.meetings.lists import meetings_visible_to
from governance.selectors.votes import motions_with_all, statutory_rule, voters_list, voters_page
from governance.services.voting import voters as service
from governance.services.voting.links import vote_url
from governance.services.voting.reading import read_positions, read_voters
from governance.views.desk.detail import refuse
from neighborhoods.middleware import PortalRequest

PREVIEW = 20  # lines shown before they are written
ONE_PRESS: dict[str, tuple[Callable[..., Any], Promise]] = {
    "freeze": (service.freeze_voters, gettext_lazy("Frozen. The slips can be printed now.")),
    "take-over": (service.take_over_voters, gettext_lazy("The list is written. Look at it once more, then freeze it.")),
    "thaw": (service.thaw_voters, gettext_lazy("The list can be written again. Slips already printed are void.")),
    "roll": (service.take_over_roll, gettext_lazy("Whoever signed in at the meeting is marked as present.")),
}


def meeting_for(request: PortalRequest, number: str) -> Meeting:
    """The meeting with this number, if the actor may see it at all: everything else is 404."""
    return get_object_or_404(meetings_visible_to(request.actor).select_related("voters", "area"), number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def voter_list(request: PortalRequest, number: str) -> HttpResponse:
    """The list, and the form that writes it: first looked through, then written."""
    meeting = meeting_for(request, number)
    require(policies.can_see_votes(request.actor, meeting))
    if request.method != "POST":
        return _page(request, meeting)
    require(policies.can_keep_voters(request.actor, meeting))
    form = VotersForm(request.POST, request.FILES, is_statutory=meeting.is_statutory)
    if not form.is_valid():
        return _page(request, meeting, form=form, status=422)
    base, text = form.cleaned_data["base"], form.cleaned_data["text"]
    reading = read_voters(text, base)
    if "write" not in request.POST or reading.mistakes or not reading.voters:
        checked = VotersForm(initial={"base": base, "text": text}, is_statutory=meeting.is_statutory)
        status = 422 if reading.mistakes or not reading.voters else 200
        return _page(request, meeting, form=checked, reading=reading, status=status)
    try:
        service.list_voters(meeting_id=meeting.pk, actor=request.actor, base=base, voters=reading.voters)
    except RuleError as error:
        refuse(form, error)
        return _page(request, meeting, form=form, status=422)
    messages.success(request, _("The list is written. Look at it once more, then freeze it."))
    return go(request, reverse("governance:voter-list", args=[number]))


def _page(
    request: PortalRequest,
    meeting: Meeting,
    *,
    form: VotersForm | None = None,
    came: CameForm | None = None,
    reading: Any = None,
    status: int = 200,
) -> HttpResponse:
    listed = voters_list(meeting)
    can_keep = policies.can_keep_voters(request.actor, meeting)
    found = list(motions_with_all(meeting.pk))
    context = {
        "meeting": meeting,
        "voters": listed,
        "motions": found,
        "items": meeting.agenda.order_by("order"),
        "can_keep": can_keep,
        "can_write": can_keep and not (listed and listed.is_frozen),
        "can_thaw": can_keep and not any(motion.opened_at for motion in found),
        "can_propose": policies.can_propose_motion(request.actor, meeting),
        "form": form
        or VotersForm(initial={"base": service.suggested_base(meeting)}, is_statutory=meeting.is_statutory),
        "can_take_over": can_keep and not listed and service.last_assembly_list(meeting) is not None,
        "statutory_rule": statutory_rule(timezone.localdate()) if meeting.is_statutory else None,
        "came": came or CameForm(),
        "reading": reading,
        "preview": reading.voters[:PREVIEW] if reading else [],
        "can_confirm": reading and reading.voters and not reading.mistakes,
        **(voters_page(listed, request.GET.get("page", "1")) if listed else {}),
    }
    return render(request, "governance/voter_list.html", context, status=status)


@login_required
@require_POST
def voter_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """Freeze it, take it up again, take over who signed in: one press each."""
    meeting = meeting_for(request, number)
    run, done = ONE_PRESS[verb]
    try:
        run(meeting_id=meeting.pk, actor=request.actor)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return go(request, reverse("governance:voter-list", args=[number]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def voter_came(request: PortalRequest, number: str) -> HttpResponse:
    """Note who is there, by the numbers of the list."""
    meeting = meeting_for(request, number)
    require(policies.can_keep_voters(request.actor, meeting))
    if request.method != "POST":
        return _page(request, meeting)
    form = CameForm(request.POST)
    if form.is_valid():
        try:
            new = service.mark_came(meeting_id=meeting.pk, actor=request.actor, positions=form.cleaned_data["came"])
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Noted: %(number)d more are there.") % {"number": new})
            return go(request, reverse("governance:voter-list", args=[number]))
    return _page(request, meeting, came=form, status=422)


def _frozen_list(request: PortalRequest, number: str) -> tuple[Meeting, EntitledList]:
    """The frozen list, for slips and new links, which vote: only whoever runs the votes."""
    meeting = meeting_for(request, number)
    require(policies.can_keep_voters(request.actor, meeting))
    listed = voters_list(meeting)
    if listed is None or not listed.is_frozen:
        raise Http404
    return meeting, listed


@never_cache
@login_required
@require_safe
def voter_slips(request: PortalRequest, number: str) -> HttpResponse:
    """Slips to cut apart: who, the number, the code that opens the ballot on a phone."""
    meeting, listed = _frozen_list(request, number)
    try:
        wanted = read_positions(request.GET.get("only", ""))
    except ValueError:
        wanted = []
    page = voters_page(listed, request.GET.get("page", "1"), only=wanted)
    slips = [(entry, vote_url(entry)) for entry in page["page"]]
    context = {"meeting": meeting, "voters": listed, "slips": slips, "only": wanted, **page}
    return render(request, "governance/voter_slips.html", context)


@login_required
@require_safe
def voter_ballots(request: PortalRequest, number: str) -> HttpResponse:
    """Paper ballots to print: with the voter's number for an open vote, without any for a secret one."""
    meeting, listed = _frozen_list(request, number)
    motions = [motion for motion in motions_with_all(meeting.pk) if not motion.closed_at]
    page = voters_page(listed, request.GET.get("page", "1"))
    context = {"meeting": meeting, "voters": listed, "motions": motions, **page}
    return render(request, "governance/voter_ballots.html", context)


@login_required
@require_POST
def voter_renew(request: PortalRequest, number: str, position: int) -> HttpResponse:
    """A lost slip: a new link, shown on a fresh slip at once."""
    meeting, _listed = _frozen_list(request, number)
    try:
        service.renew_link(meeting_id=meeting.pk, actor=request.actor, position=position)
    except RuleError as error:
        messages.error(request, str(error))
        return go(request, reverse("governance:voter-list", args=[number]))
    messages.success(request, _("The old link opens nothing any more. Here is the new slip."))
    return go(request, f"{reverse('governance:voter-slips', args=[number])}?only={position}")
