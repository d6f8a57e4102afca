"""Topics: screened with a reason, typed for somebody, from an issue, looked at when they should be settled."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from core.htmx import go
from governance.actors import RECORDERS
from governance.forms.meetings import DeclineForm, DeskTopicForm, SettleForm
from governance.models import Issue, Topic
from governance.policies import meetings as policies
from governance.selectors.detail import desk_issue
from governance.selectors.meetings.detail import topic_view
from governance.selectors.meetings.lists import TOPIC_TABS, listed_topics, topics_visible_to
from governance.services.meetings.topics import Proposal, accept_topic, decline_topic, propose_topic, settle_topic
from governance.views.desk.issues import CappedPaginator
from neighborhoods.actors import Level
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.selectors.areas import areas_within

PER_PAGE = 25
AREA_CHOICES = 400


@require_safe
@login_required
def topic_list(request: PortalRequest) -> HttpResponse:
    """What is to be looked at first."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TOPIC_TABS else "new"
    page = CappedPaginator(listed_topics(request.actor, tab), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "tabs": [(key, title) for key, (title, _states) in TOPIC_TABS.items()],
        "page": page,
        "rows": list(page.object_list),
        "can_record": policies.can_record_topic(request.actor),
    }
    return render(request, "governance/topic_list.html", context)


def topic_for(request: PortalRequest, number: str) -> Topic:
    """The topic with this number, if the actor may see it."""
    rows = topics_visible_to(request.actor).select_related("area", "meeting", "issue", "contact")
    return get_object_or_404(rows, number=number)


@require_safe
@login_required
def topic_detail(request: PortalRequest, number: str) -> HttpResponse:
    """Who proposed it, which meetings talked about it, what is next."""
    return _page(request, topic_for(request, number))


def _page(
    request: PortalRequest,
    topic: Topic,
    *,
    decline: DeclineForm | None = None,
    settle: SettleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "topic": topic,
        "view": topic_view(topic),
        "can_accept": policies.can_screen_topic(request.actor, topic, "accept"),
        "decline": decline or (DeclineForm() if policies.can_screen_topic(request.actor, topic, "decline") else None),
        "settle": settle or (SettleForm() if policies.can_settle_topic(request.actor, topic) else None),
    }
    return render(request, "governance/topic_detail.html", context, status=status)


@login_required
@require_POST
def topic_accept(request: PortalRequest, number: str) -> HttpResponse:
    """Taken up."""
    topic = topic_for(request, number)
    try:
        accept_topic(topic_id=topic.pk, actor=request.actor)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken up. It can be put on an agenda now."))
    return go(request, reverse("governance:topic-detail", args=[topic.number]))


@login_required
@require_POST
def topic_decline(request: PortalRequest, number: str) -> HttpResponse:
    """Not taken up, with a reason."""
    topic = topic_for(request, number)
    require(policies.can_screen_topic(request.actor, topic, "decline"))
    form = DeclineForm(request.POST)
    if not _ran(form, lambda data: decline_topic(topic_id=topic.pk, actor=request.actor, **data)):
        return _page(request, topic, decline=form, status=422)
    messages.success(request, _("Whoever proposed it can read why."))
    return go(request, reverse("governance:topic-detail", args=[topic.number]))


@login_required
@require_POST
def topic_settle(request: PortalRequest, number: str) -> HttpResponse:
    """Somebody has looked."""
    topic = topic_for(request, number)
    require(policies.can_settle_topic(request.actor, topic))
    form = SettleForm(request.POST)

    def run(data: dict[str, Any]) -> None:
        settle_topic(topic_id=topic.pk, actor=request.actor, settled=data["settled"] == "yes", note=data["note"])

    if not _ran(form, run):
        return _page(request, topic, settle=form, status=422)
    messages.success(request, _("Noted."))
    return go(request, reverse("governance:topic-detail", args=[topic.number]))


def _ran(form: Form, run: Any) -> bool:
    """Whether the form was whole and the service agreed; else the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        run(form.cleaned_data)
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic_new(request: PortalRequest) -> HttpResponse:
    """Typed for somebody; with `?issue=` a case is put to a meeting, and its residents are told what comes of it."""
    require(policies.can_record_topic(request.actor))
    issue = _issue_of(request)
    areas = _areas(request, issue)
    initial = {"title": issue.summary, "text": issue.text, "area": str(issue.area_id)} if issue else {}
    form = DeskTopicForm(request.POST or None, areas=areas, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        proposal = Proposal(
            area=form.areas[data["area"]],
            title=data["title"],
            text=data["text"],
            theme=data["theme"],
            name="" if issue else data["name"],
            phone="" if issue else data["phone"],
            issue=issue,
            submission_key=uuid.UUID(request.POST["key"]) if _is_key(request) else uuid.uuid4(),
        )
        try:
            topic = propose_topic(actor=request.actor, proposal=proposal)
        except RuleError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Written down. Whoever calls meetings there looks at it."))
            return go(request, reverse("governance:topic-detail", args=[topic.number]))
    context = {"form": form, "issue": issue, "key": request.POST.get("key") or uuid.uuid4()}
    return render(request, "governance/topic_new.html", context, status=422 if request.method == "POST" else 200)


def _is_key(request: PortalRequest) -> bool:
    try:
        uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return False
    return True


def _issue_of(request: PortalRequest) -> Issue | None:
    number = request.GET.get("issue") or request.POST.get("issue")
    if not number:
        return None
    issue = desk_issue(request.actor).filter(number=number).first()
    if issue is None:
        raise Http404
    return issue


def _areas(request: PortalRequest, issue: Issue | None) -> list[Area]:
    """Where the actor may type one; a topic from a case is about the place of the case."""
    if issue is not None:
        return [issue.area]
    rows = areas_within(request.actor.grants_of(RECORDERS)).open().filter(level__gt=int(Level.STREET))
    return list(rows[:AREA_CHOICES])
