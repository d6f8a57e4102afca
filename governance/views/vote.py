"""Voting on a phone: the slip's link opens the ballot; choose, look again, send, read the receipt."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError
from core.htmx import go
from core.limits import client_address, too_many
from core.tokens import digest_of
from governance.decisions import Choice
from governance.forms.votes import BallotForm
from governance.lifecycle.motions import MotionState
from governance.models import Entitled, Motion
from governance.selectors.votes import (
    ballot_of,
    entries_of_user,
    entry_by_digest,
    motions_for_voter,
    public_votes,
    result_of_public,
    shown_to_voter,
)
from governance.services.voting.ballots import cast_ballot
from governance.services.voting.links import vote_path, vote_token
from governance.services.voting.voters import is_link_open
from governance.views.desk.detail import refuse
from governance.views.follow import keep_private
from neighborhoods.middleware import PortalRequest

VoterView = Callable[..., HttpResponse]
TRIES = 30  # of one address in ten minutes at links that lead nowhere


def personal_page(view: VoterView) -> VoterView:
    """Loads the voter of the link. The page is not kept, not indexed, and its address is told to nobody."""

    @wraps(view)
    def opened(request: PortalRequest, token: str, **kwargs: Any) -> HttpResponse:
        entry = entry_by_digest(digest_of(token)) if len(token) <= 40 else None
        if entry is None:
            often = too_many("vote-link", client_address(request), limit=TRIES, seconds=600)
            response = _unknown(request, 429 if often else 404)
        elif not entry.list.is_frozen or not is_link_open(entry.list, timezone.now()):
            response = _unknown(request, 410)
        else:
            response = view(request, entry, **kwargs)
        return keep_private(response)

    return opened


def _unknown(request: PortalRequest, status: int) -> HttpResponse:
    return render(request, "governance/vote_unknown.html", {"is_expired": status == 410}, status=status)


def _motion(entry: Entitled, order: int) -> Motion:
    motion = next((one for one in motions_for_voter(entry) if one.order == order), None)
    if motion is None:
        raise Http404
    return motion


@require_safe
@personal_page
def vote(request: PortalRequest, entry: Entitled) -> HttpResponse:
    """What this voter can vote on, and what they have voted on already."""
    shown = motions_for_voter(entry)
    context = {
        "entry": entry,
        "meeting": entry.list.meeting,
        "token": vote_token(entry),
        "open": [motion for motion in shown if motion.state == MotionState.OPEN and not ballot_of(motion)],
        "rest": [motion for motion in shown if motion.state != MotionState.OPEN or ballot_of(motion)],
    }
    return render(request, "governance/vote.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def vote_cast(request: PortalRequest, entry: Entitled, order: int) -> HttpResponse:
    """Choose; then the choice is shown once more, and only “send” casts it. What was chosen is in no address."""
    motion = _motion(entry, order)
    receipt = reverse("governance:vote-receipt", args=[vote_token(entry), order])
    if ballot_of(motion):
        if "send" in request.POST:
            messages.info(request, _("You had voted on this already. Only that first ballot counts."))
        return go(request, receipt)
    form = BallotForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or "change" in request.POST:
        return _cast_page(request, entry, motion, BallotForm())
    if not form.is_valid():
        return _cast_page(request, entry, motion, form, status=422)
    choice = Choice(form.cleaned_data["choice"])
    if "send" not in request.POST:
        return _cast_page(request, entry, motion, form, chosen=choice)
    try:
        cast_ballot(
            motion_id=motion.pk,
            entitled_id=entry.pk,
            version=entry.token_version,
            choice=choice,
            actor=request.actor,
        )
    except RuleError as error:
        refuse(form, error)
        return _cast_page(request, entry, _motion(entry, order), form, status=422)
    messages.success(request, _("Your ballot has been taken."))
    return go(request, receipt)


def _cast_page(
    request: PortalRequest,
    entry: Entitled,
    motion: Motion,
    form: BallotForm,
    *,
    chosen: Choice | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": entry,
        "meeting": entry.list.meeting,
        "motion": motion,
        "form": form,
        "chosen": chosen,
        "token": vote_token(entry),
        "is_open": motion.state == MotionState.OPEN,
    }
    page = "governance/vote_check.html" if chosen else "governance/vote_cast.html"
    return render(request, page, context, status=status)


@require_safe
@personal_page
def vote_receipt(request: PortalRequest, entry: Entitled, order: int) -> HttpResponse:
    """That the ballot counts, since when; what was said only in an open vote; the result once there is one."""
    motion = _motion(entry, order)
    context = {
        "entry": entry,
        "meeting": entry.list.meeting,
        "motion": motion,
        "ballot": ballot_of(motion),
        "result": shown_to_voter(motion),
        "token": vote_token(entry),
    }
    return render(request, "governance/vote_receipt.html", context)


@require_safe
@login_required
def votes_mine(request: PortalRequest) -> HttpResponse:
    """Whoever is signed in needs no slip: the meetings at which this account may vote."""
    now = timezone.now()
    entries = [entry for entry in entries_of_user(request.user.pk) if is_link_open(entry.list, now)]
    context = {"entries": [(entry, vote_path(entry)) for entry in entries]}
    return keep_private(render(request, "governance/votes_mine.html", context))


@require_safe
def vote_results(request: PortalRequest, number: str) -> HttpResponse:
    """What was voted on at a meeting whose result has been made known, with the sums."""
    meeting = public_votes(number, timezone.localdate())
    if meeting is None:
        raise Http404
    context = {"meeting": meeting, "results": result_of_public(meeting)}
    return render(request, "governance/vote_results.html", context)
