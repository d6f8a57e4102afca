"""Duty posts at the desk: what the branch needs, who is on it, and whom it might suit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from core.htmx import sent_before
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.finding import place_label
from volunteers.actors import CHECKIN_KEEPERS
from volunteers.forms.base import refuse
from volunteers.forms.checkins import PostForm
from volunteers.models import DutyPost
from volunteers.policies import checkins as policies
from volunteers.selectors.checkins import fitting_members, posts_visible_to, with_taken
from volunteers.services.checkins.posts import close_post, open_post
from volunteers.views.places import chosen_area, open_areas, place_choices
from volunteers.views.steps import pressed

PAGE, SHOWN = 25, 30


@require_safe
@login_required
def post_list(request: PortalRequest) -> HttpResponse:
    """Open posts, by branch; those with free places are needs."""
    require(policies.can_read_checkins(request.actor))
    rows = with_taken(posts_visible_to(request.actor).filter(closed_at=None)).select_related("area__compound")
    page = Paginator(rows.order_by("branch_id", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/checkins/post_list.html", {"page": page})


def _post(request: PortalRequest, post_id: int) -> DutyPost:
    rows = posts_visible_to(request.actor).select_related("area__compound", "area__parent__parent__parent")
    found: DutyPost = get_object_or_404(rows, pk=post_id)
    return found


@require_safe
@login_required
def post_detail(request: PortalRequest, post_id: int) -> HttpResponse:
    """One post: who is on it and whom one might ask, in the order they checked in."""
    post = _post(request, post_id)
    takings = post.takings.filter(left_at=None).select_related("checkin__resident").order_by("pk")
    context = {
        "post": post,
        "place": place_label(post.area),
        "takings": list(takings),
        "fitting": list(fitting_members(post)[:SHOWN]) if post.closed_at is None else [],
    }
    return render(request, "volunteers/checkins/post_detail.html", context)


@login_required
@require_POST
def post_close(request: PortalRequest, post_id: int) -> HttpResponse:
    """Not needed any more."""
    post = _post(request, post_id)
    pressed(request, lambda: close_post(post_id=post.pk, actor=request.actor), _("Closed."))
    return redirect("volunteers:post-detail", post.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post_new(request: PortalRequest) -> HttpResponse:
    """Say what the branch needs."""
    require(policies.can_read_checkins(request.actor))
    grants = request.actor.grants_of(CHECKIN_KEEPERS)
    areas = open_areas(grants)
    places = place_choices(request, areas, grants)
    if request.method != "POST" or "find" in request.POST:
        start = {**request.POST.dict(), "skills": request.POST.getlist("skills")}
        start["free_times"] = request.POST.getlist("free_times")
        return render(request, "volunteers/checkins/post_new.html", {"form": PostForm(places=places, initial=start)})
    form = PostForm(request.POST, places=places)
    if form.is_valid():
        if sent_before(request):
            return redirect("volunteers:post-list")
        try:
            area = chosen_area(areas, form.cleaned_data["place"])
            post = open_post(actor=request.actor, area=area, need=form.need())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Opened. Members of the branch can take it."))
            return redirect("volunteers:post-detail", post.pk)
    return render(request, "volunteers/checkins/post_new.html", {"form": form}, status=422)
