"""My own page: who I am here, where I serve, how I sign in."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from neighborhoods.mfa import must_have_second_step
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.actors import posts_of


@require_safe
@never_cache
@login_required
def me(request: PortalRequest) -> HttpResponse:
    """What the portal knows about my account, and where to change it."""
    context = {
        "posts": posts_of(request.user),
        "has_second_step": is_mfa_enabled(request.user),
        "needs_second_step": must_have_second_step(request),
        "sessions": UserSession.objects.filter(user_id=request.user.pk).count(),
    }
    return render(request, "neighborhoods/me.html", context)
