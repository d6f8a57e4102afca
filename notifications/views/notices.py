"""The notice centre: a list, a way into the case, and the settings."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from neighborhoods.middleware import PortalRequest
from notifications.forms import WishesForm
from notifications.selectors.notices import notices_of, preference_of, unread_count
from notifications.services.notices import mark_all_read, mark_read, save_wishes
from notifications.texts import staff_words

PAGE = 25


@require_GET
@login_required
def notice_list(request: PortalRequest) -> HttpResponse:
    """Everything that was told to this person, the newest first."""
    only_unread = request.GET.get("show") == "unread"
    notices = notices_of(request.actor)
    page = Paginator(notices.filter(read_at=None) if only_unread else notices, PAGE).get_page(request.GET.get("page"))
    rows = [(notice, staff_words(notice.text, notice.issue, notice.values, notice.at)) for notice in page]
    context = {"page": page, "rows": rows, "only_unread": only_unread}
    return render(request, "notifications/notice_list.html", context)


@require_GET
@login_required
def notice_open(request: PortalRequest, notice_id: int) -> HttpResponse:
    """Into the case; the notice counts as read."""
    notice = get_object_or_404(notices_of(request.actor), pk=notice_id)
    mark_read(notice_id=notice.pk, actor=request.actor, at=timezone.now())
    return redirect("governance:issue-detail", notice.issue.number)


@require_POST
@login_required
def notice_read_all(request: PortalRequest) -> HttpResponse:
    """Everything that came in so far counts as read."""
    mark_all_read(actor=request.actor, at=timezone.now())
    return HttpResponse(status=303, headers={"Location": reverse("notifications:notice-list")})


@require_GET
@login_required
def notice_count(request: PortalRequest) -> HttpResponse:
    """The number in the head of the desk, for a page that stays open."""
    count = unread_count(request.actor.user_id or 0)
    return render(request, "notifications/_notice_count.html", {"count": count})


@require_http_methods(["GET", "POST"])
@login_required
def notice_settings(request: PortalRequest) -> HttpResponse:
    """Which channels, the daily message, the language."""
    user = cast("User", request.user)
    if request.method == "POST":
        form = WishesForm(request.POST)
        if form.is_valid():
            save_wishes(actor=request.actor, wishes=form.wishes())
            messages.success(request, _("Saved."))
            return HttpResponse(status=303, headers={"Location": request.path})
        return render(request, "notifications/notice_settings.html", {"form": form, "person": user}, status=422)
    wish = preference_of(user)
    now = {"by_email": wish.by_email, "by_sms": wish.by_sms, "language": wish.language}
    form = WishesForm(initial={**now, "wants_digest": user.wants_digest})
    return render(request, "notifications/notice_settings.html", {"form": form, "person": user})
