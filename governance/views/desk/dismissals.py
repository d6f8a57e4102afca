"""Dismissed requests as a list: who proposed and decided, why, what became of it and of the appeal."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.errors import require
from governance import policies
from governance.selectors.dismissals import SHOWN, dismissals_visible_to, figures_for, listed_dismissals
from neighborhoods.middleware import PortalRequest


@require_safe
@login_required
def dismissal_list(request: PortalRequest) -> HttpResponse:
    """Numbers of the year on top, then every proposal, those that wait for somebody first."""
    require(policies.can_read_dismissals(request.actor))
    at = timezone.now()
    context = {
        "figures": figures_for(request.actor, at),
        "rows": listed_dismissals(dismissals_visible_to(request.actor)),
        "year": timezone.localdate(at).year,
        "shown": SHOWN,
    }
    return render(request, "governance/dismissal_list.html", context)
