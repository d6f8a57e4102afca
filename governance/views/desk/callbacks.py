"""The list of calls: who waits to be asked whether it is solved, the earliest due first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.errors import require
from governance import policies
from governance.selectors.callbacks import calls_to_make
from neighborhoods.middleware import PortalRequest


@require_safe
@login_required
def callback_list(request: PortalRequest) -> HttpResponse:
    """One call after the other; the script opens under the line and the list comes back."""
    require(policies.can_call_back(request.actor))
    context = {
        "calls": calls_to_make(request.actor, timezone.now()),
        "here": reverse("governance:callback-list"),
    }
    return render(request, "governance/callback_list.html", context)
