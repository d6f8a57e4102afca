"""One meeting, and every step that can be taken on it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.errors import RuleError, require
from core.htmx import go, page_or_part, sent_before
from governance.forms.meetings import MeetingStepForm
from governance.lifecycle.meetings import MEETING_FITS, MeetingState
from governance.models import Meeting
from governance.policies import meetings as policies
from governance.selectors.meetings.detail import desk_meeting, officers_for, people_to_invite, view_of
from governance.selectors.meetings.lists import meetings_visible_to, proposed_for
from governance.selectors.meetings.public import masked_result
from governance.selectors.meetings.votes_of_minutes import frozen_motions, vote_words
from governance.services.meetings.notices import days_needed
from governance.views.desk.meetings.steps import MEETING_STEPS, MeetingStep, open_meeting_steps
from neighborhoods.middleware import PortalRequest


def meeting_for(request: PortalRequest, number: str) -> Meeting:
    """The meeting with this number, if the actor may see it at all: everything else is 404."""
    return get_object_or_404(desk_meeting(meetings_visible_to(request.actor)), number=number)


@require_safe
@login_required
def meeting_detail(request: PortalRequest, number: str) -> HttpResponse:
    """Agenda and resolutions in the middle, roll and facts at the side, the next step in its corner."""
    meeting = meeting_for(request, number)
    context = detail_context(request, meeting)
    return page_or_part(request, "governance/meeting_detail.html", "governance/_meeting_next.html", context)


def detail_context(request: PortalRequest, meeting: Meeting) -> dict[str, Any]:
    """What the page needs."""
    actor, view = request.actor, view_of(meeting)
    is_organizer = policies.is_organizer(actor, meeting)
    plans = meeting.state in MEETING_FITS["agenda"] and is_organizer
    writes = policies.can_write_minutes(actor, meeting) or (
        view.draft is not None and policies.can_write_minutes(actor, meeting, "correct")
    )
    return {
        "meeting": meeting,
        "view": view,
        "buttons": open_meeting_steps(actor, meeting, has_draft=view.draft is not None),
        "is_organizer": is_organizer,
        "can_plan": plans,
        "proposed": list(proposed_for(meeting)[:20]) if plans else [],
        "can_roll": policies.can_keep_roll(actor, meeting, "roll"),
        "can_write": writes,
        "other_first": writes or (plans and not view.items),
        "can_inform": policies.can_organize_meeting(actor, meeting, "inform"),
        "has_roll": meeting.state not in MEETING_FITS["edit"],
        "public_url": _public_url(meeting),
        "link_to_publish": meeting.state == MeetingState.CONFIRMED,
        "days_needed": days_needed(meeting, [one.item for one in view.items]),
    }


def _public_url(meeting: Meeting) -> str:
    told = meeting.noticed_at is not None or meeting.published_at is not None
    return reverse("governance:meeting-public", args=[meeting.number]) if told else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs the step's service."""
    meeting, step = meeting_for(request, number), MEETING_STEPS[verb]
    if meeting.state not in MEETING_FITS[verb]:
        return _too_late(request, meeting)
    require(step.allowed(request.actor, meeting, verb))
    form = _form(request, meeting, step)
    if request.method != "POST":
        return _step_page(request, meeting, step, form)
    if not form.is_valid():
        return _step_page(request, meeting, step, form, status=422)
    if sent_before(request):
        return redirect("governance:meeting-detail", meeting.number)
    try:
        changed = step.run(meeting_id=meeting.pk, actor=request.actor, **form.arguments())
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _step_page(request, meeting_for(request, number), step, form, status=422)
    return _after(request, meeting, step, changed)


def _form(request: PortalRequest, meeting: Meeting, step: MeetingStep) -> MeetingStepForm:
    people: dict[User, str] = {}
    if step.verb in {"edit", "officers"}:
        people = officers_for(meeting)
    elif step.verb == "invite":
        people = people_to_invite(meeting)
    kinds = policies.kinds_to_call(request.actor)
    return step.form(request.POST if request.method == "POST" else None, meeting=meeting, people=people, kinds=kinds)


def _too_late(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    messages.info(
        request,
        _("%(number)s is now “%(state)s”, so this step does not fit any more.")
        % {"number": meeting.number, "state": meeting.state_label},
    )
    return redirect("governance:meeting-detail", meeting.number)


def _step_page(
    request: PortalRequest, meeting: Meeting, step: MeetingStep, form: MeetingStepForm, *, status: int = 200
) -> HttpResponse:
    context = {"meeting": meeting, "step": step, "form": form, **_shown_with(meeting, step)}
    return page_or_part(
        request, "governance/meeting_step.html", "governance/_meeting_step.html", context, status=status
    )


def _shown_with(meeting: Meeting, step: MeetingStep) -> dict[str, Any]:
    """What is read before the step is taken."""
    if step.verb == "notice":
        return {"view": view_of(meeting)}
    if step.verb == "confirm":  # the votes are frozen with the text, so they are read with it
        votes = frozen_motions(meeting)
        view = view_of(meeting)
        said = [(one, [vote_words(vote) for vote in votes.get(one.item.pk, [])]) for one in view.items]
        return {"view": view, "said": said}
    if step.verb == "publish":
        minutes = view_of(meeting).confirmed
        return {"result": masked_result(minutes) if minutes else None}
    return {}


def _after(request: PortalRequest, meeting: Meeting, step: MeetingStep, changed: Any) -> HttpResponse:
    number = changed.number if isinstance(changed, Meeting) else meeting.number
    messages.success(request, _("%(number)s: %(done)s") % {"number": number, "done": step.done})
    name = "governance:meeting-minutes" if step.verb in {"hold", "correct"} else "governance:meeting-detail"
    return go(request, reverse(name, args=[number]))
