"""A task for what a meeting resolved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleError, require
from core.htmx import sent_before
from governance.forms.tasks import GiveForm
from governance.policies import meetings as policies
from governance.selectors.matters import HANDS, posts_near
from governance.services.meetings.follow_up import give_resolution_task
from governance.views.desk.detail import refuse
from governance.views.desk.meetings.detail import meeting_for
from neighborhoods.middleware import PortalRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_task(request: PortalRequest, number: str, resolution_id: int) -> HttpResponse:
    """Who does it, by when, and how one sees that it is done."""
    meeting = meeting_for(request, number)
    resolution = get_object_or_404(meeting.resolutions, pk=resolution_id)
    require(policies.can_organize_meeting(request.actor, meeting, "task"))
    posts = posts_near(meeting, HANDS)
    if request.method == "POST":
        form = GiveForm(request.POST, posts=posts)
    else:
        form = GiveForm(initial={"title": resolution.text[:120]}, posts=posts)
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("governance:meeting-detail", meeting.number)
        try:
            task = give_resolution_task(
                meeting_id=meeting.pk, actor=request.actor, resolution_id=resolution.pk, follow=form.follow()
            )
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("Given as task %(number)s. Whoever does it has been told.") % {"number": task.number}
            )
            return redirect("governance:meeting-detail", meeting.number)
    context = {"meeting": meeting, "resolution": resolution, "form": form}
    return render(request, "governance/meeting_task.html", context, status=422 if form.is_bound else 200)
