"""Meetings for everybody: notices and results, propose a topic and follow it, register, sign in at the door."""

import contextlib
import uuid
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError, RuleError
from core.htmx import go
from core.limits import client_address, too_many
from core.tokens import digest_of
from governance.forms.meetings import ComeForm, ProposeForm
from governance.lifecycle.meetings import MEETING_FITS, NOT_HELD, SHOWN, TOPIC_FITS
from governance.models import Meeting, Topic
from governance.selectors.meetings.places import neighbourhoods
from governance.selectors.meetings.public import (
    announced_meetings,
    masked_agenda,
    public_meeting,
    result_of,
    shown_results,
    topic_by_digest,
)
from governance.selectors.meetings.words import lines_of_topic, sentence_of_topic
from governance.selectors.votes import has_public_votes
from governance.services.meetings.roll import Person, check_in, checkin_code, register
from governance.services.meetings.topics import Proposal, propose_topic, topic_token, withdraw_topic
from governance.views.follow import keep_private
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area

PER_PAGE = 10
COMING = 20


@require_safe
def meeting_public_list(request: PortalRequest) -> HttpResponse:
    """What is to come, then results."""
    results = Paginator(shown_results(timezone.localdate()), PER_PAGE)
    page = results.get_page(request.GET.get("page"))
    context = {"coming": list(announced_meetings()[:COMING]), "page": page, "rows": list(page.object_list)}
    return render(request, "governance/public_meeting_list.html", context)


def _public(number: str) -> Meeting:
    meeting = public_meeting(number, timezone.localdate())
    if meeting is None:
        raise Http404
    return meeting


@require_safe
def meeting_public(request: PortalRequest, number: str) -> HttpResponse:
    """The notice, or the result."""
    meeting = _public(number)
    notice = meeting.notices.order_by("-version").first()
    agenda = masked_agenda(notice) if notice else []
    context = {
        "meeting": meeting,
        "notice": notice,
        "agenda": agenda,
        "votes": any(item["is_vote"] for item in agenda) and meeting.state not in NOT_HELD,
        "result": result_of(meeting) if meeting.state in SHOWN else None,
        "can_register": meeting.state in MEETING_FITS["register"] and timezone.now() < meeting.starts_at,
        "is_over": meeting.state in NOT_HELD,
        "has_votes": has_public_votes(meeting),
    }
    return render(request, "governance/public_meeting_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_register(request: PortalRequest, number: str) -> HttpResponse:
    """Say that one comes; no account."""
    meeting = _public(number)
    if meeting.state not in MEETING_FITS["register"]:
        return go(request, reverse("governance:meeting-public", args=[number]))

    def run(who: Person) -> None:
        register(meeting_id=meeting.pk, who=who)

    return _come(request, meeting, run, {"title": _("I want to come"), "is_door": False})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_check_in(request: PortalRequest, number: str, code: str) -> HttpResponse:
    """Opened by the code that hangs at the door."""
    meeting = Meeting.objects.filter(number=number).first()
    if meeting is None or code != checkin_code(meeting):
        raise Http404
    if meeting.state not in MEETING_FITS["check-in"]:
        raise Http404

    def run(who: Person) -> None:
        check_in(meeting_id=meeting.pk, code=code, who=who)

    return keep_private(_come(request, meeting, run, {"title": _("I am here"), "is_door": True}))


def _come(request: PortalRequest, meeting: Meeting, run: Any, context: dict[str, Any]) -> HttpResponse:
    form = ComeForm(request.POST or None, initial={"key": uuid.uuid4()})
    done = False
    if request.method == "POST" and form.is_valid():
        if too_many("meeting-come", client_address(request), limit=settings.REPORTS_PER_ADDRESS_HOUR * 5, seconds=3600):
            form.add_error(None, _("Too many at once from here. Ask at the door."))
        else:
            data = form.cleaned_data
            try:
                run(Person(name=data["name"], door=data["door"], key=data["key"]))
                done = True
            except RuleError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            except NotAllowedError as error:
                raise Http404 from error
    status = 422 if request.method == "POST" and not done else 200
    context = {**context, "meeting": meeting, "form": form, "done": done}
    return render(request, "governance/public_meeting_come.html", context, status=status)


# ---- propose a topic ----
@require_http_methods(["GET", "HEAD", "POST"])
def topic_propose(request: PortalRequest) -> HttpResponse:
    """One page: place, topic, contact if one likes."""
    areas = neighbourhoods()
    initial = {"key": uuid.uuid4(), "area": request.GET.get("area", "")}
    form = ProposeForm(request.POST or None, areas=areas, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _proposed(request, form)
        if answer is not None:
            return answer
    status = 422 if request.method == "POST" else 200
    return render(request, "governance/topic_propose.html", {"form": form}, status=status)


def _proposed(request: PortalRequest, form: ProposeForm) -> HttpResponse | None:
    data = form.cleaned_data
    if data["leave_empty"]:
        form.add_error(None, _("The last, hidden field must stay empty. Empty it, or call us."))
        return None
    if too_many("topic", client_address(request), limit=settings.REPORTS_PER_ADDRESS_HOUR, seconds=3600):
        form.add_error(None, _("That was a lot within an hour. Please try again later, or call us."))
        return None
    proposal = Proposal(
        area=Area.objects.get(code=data["area"]),
        title=data["title"],
        text=data["text"],
        theme=data["theme"],
        name=data["name"],
        phone=data["phone"],
        submission_key=data["key"],
    )
    try:
        topic = propose_topic(proposal=proposal)
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    return go(request, reverse("governance:topic-follow", args=[topic_token(topic)]))


def _topic(token: str) -> Topic:
    topic = topic_by_digest(digest_of(token)) if len(token) <= 40 else None
    if topic is None:
        raise Http404
    return topic


@require_safe
def topic_follow(request: PortalRequest, token: str) -> HttpResponse:
    """How the topic stands; the private link is the key."""
    topic = _topic(token)
    entries = topic.history.select_related("meeting").order_by("-at", "-pk")
    context = {
        "topic": topic,
        "token": token,
        "sentence": sentence_of_topic(topic),
        "lines": lines_of_topic(entries),
        "url": f"{settings.PUBLIC_URL.rstrip('/')}{reverse('governance:topic-follow', args=[token])}",
        "can_withdraw": topic.state in TOPIC_FITS["withdraw"],
        "meeting_url": _meeting_url(topic),
    }
    return keep_private(render(request, "governance/topic_follow.html", context))


def _meeting_url(topic: Topic) -> str:
    meeting = topic.meeting
    if meeting is None or public_meeting(meeting.number, timezone.localdate()) is None:
        return ""
    return reverse("governance:meeting-public", args=[meeting.number])


@require_POST
def topic_withdraw(request: PortalRequest, token: str) -> HttpResponse:
    """Taken back by whoever proposed it."""
    topic = _topic(token)
    with contextlib.suppress(RuleError):  # the page says how it stands
        withdraw_topic(topic_id=topic.pk)
    return keep_private(go(request, reverse("governance:topic-follow", args=[token])))
