"""What everybody may open: names on public notice, and what somebody has against one."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError
from core.htmx import sent_before
from core.limits import client_address, too_many
from neighborhoods.actors import NOBODY
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.finding import place_label
from volunteers.forms.representatives import ObjectForm
from volunteers.models import Representative
from volunteers.selectors.incentives import incentives_on_notice
from volunteers.selectors.representatives import on_notice
from volunteers.services.representatives.terms import object_to
from volunteers.views.representatives.desk import refuse


@require_safe
def notice_list(request: PortalRequest) -> HttpResponse:
    """Who is to become a representative, masked, until when one may object."""
    rows = [(term, place_label(term.area)) for term in on_notice(timezone.now())[:200]]
    rewards = [(row, place_label(row.area)) for row in incentives_on_notice(timezone.now())[:200]]
    return render(request, "volunteers/notice_list.html", {"rows": rows, "rewards": rewards})


@require_http_methods(["GET", "HEAD", "POST"])
def notice_detail(request: PortalRequest, number: str) -> HttpResponse:
    """One name, and the form to object; no account."""
    term: Representative = get_object_or_404(on_notice(timezone.now()), number=number)
    form, done = ObjectForm(request.POST if request.method == "POST" else None), False
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            done = True
        elif too_many("objection", client_address(request), limit=settings.REPORTS_PER_ADDRESS_HOUR, seconds=3600):
            form.add_error(None, _("That was a lot within an hour. Please try again later, or call us."))
        else:
            try:
                object_to(representative_id=term.pk, actor=NOBODY, **form.cleaned_data)
                done = True
            except RuleError as error:
                refuse(form, error)
    context = {"term": term, "place": place_label(term.area), "form": form, "done": done}
    status = 422 if form.is_bound and not done else 200
    return render(request, "volunteers/notice_detail.html", context, status=status)
