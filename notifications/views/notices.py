"""The notice centre: a list, a way into the case, and the settings."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.htmx import go
from neighborhoods.middleware import PortalRequest
from notifications.forms import WishesForm
from notifications.selectors.notices import notices_of, preference_of
from notifications.services.notices import mark_all_read, mark_read, save_wishes
from notifications.subjects import page_of, with_subjects
from notifications.texts import staff_words

PAGE = 25


@require_safe
@login_required
def notice_list(request: PortalRequest) -> HttpResponse:
    """Everything that was told to this person, the newest first."""
    only_unread = request.GET.get("show") == "unread"
    notices = notices_of(request.actor)
    page = Paginator(notices.filter(read_at=None) if only_unread else notices, PAGE).get_page(request.GET.get("page"))
    shown = with_subjects(page)
    rows = [(notice, staff_words(notice.text, notice.about, notice.values, notice.at)) for notice in shown]
    context = {"page": page, "rows": rows, "only_unread": only_unread}
    return render(request, "notifications/notice_list.html", context)


@require_safe
@login_required
def notice_open(request: PortalRequest, notice_id: int) -> HttpResponse:
    """Into the case; the notice counts as read."""
    notice = get_object_or_404(notices_of(request.actor), pk=notice_id)
    mark_read(notice_id=notice.pk, actor=request.actor, at=timezone.now())
    (about,) = [notice.about for notice in with_subjects([notice])] or [None]
    return redirect(page_of(about) if about else reverse("notifications:notice-list"))


@require_POST
@login_required
def notice_read_all(request: PortalRequest) -> HttpResponse:
    """Everything that came in so far counts as read."""
    mark_all_read(actor=request.actor, at=timezone.now())
    return go(request, reverse("notifications:notice-list"))


@require_http_methods(["GET", "POST"])
@login_required
def notice_settings(request: PortalRequest) -> HttpResponse:
    """Which channels, the daily message, the language."""
    user = cast("User", request.user)
    form = WishesForm(request.POST) if request.method == "POST" else WishesForm(initial=_wishes_now(user))
    if form.is_valid():
        save_wishes(actor=request.actor, wishes=form.wishes())
        messages.success(request, _("Saved."))
        return go(request, request.path)
    context = {
        "form": form,
        "quiet_from": settings.QUIET_FROM,
        "quiet_until": settings.QUIET_UNTIL,
    }
    return render(request, "notifications/notice_settings.html", context, status=422 if form.is_bound else 200)


def _wishes_now(user: User) -> dict[str, Any]:
    wish = preference_of(user)
    return {
        "by_email": wish.by_email,
        "by_sms": wish.by_sms,
        "wants_digest": user.wants_digest,
        "language": wish.language,
    }
