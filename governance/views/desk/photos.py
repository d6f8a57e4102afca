"""Covering faces and plates by hand before neighbours see a photo."""

from collections.abc import Iterable
from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import RuleError, require
from core.models import Attachment
from governance import policies
from governance.forms.photos import COLUMNS, ROWS, CoverForm
from governance.models import Issue, IssuePhoto
from governance.selectors.detail import desk_issue
from governance.services.photos import cover_photo, store_photo, unpublish_photo
from neighborhoods.middleware import PortalRequest


def stored_photos(uploads: Iterable[Any]) -> tuple[Attachment, ...]:
    """Uploads as cleaned photos."""
    return tuple(store_photo(upload=_stream(upload), size=upload.size) for upload in uploads)


def _stream(upload: Any) -> IO[bytes]:
    return upload.file


def _photo(request: PortalRequest, number: str, photo_id: int) -> tuple[Issue, IssuePhoto]:
    issue = get_object_or_404(desk_issue(request.actor), number=number)
    photo = get_object_or_404(issue.photos.select_related("attachment"), pk=photo_id)
    return issue, photo


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photo_cover(request: PortalRequest, number: str, photo_id: int) -> HttpResponse:
    """Draw rectangles, or choose the cells of a grid; both end as boxes over the photo."""
    issue, photo = _photo(request, number, photo_id)
    require(policies.can_publish_issue(request.actor, issue))
    form, status = CoverForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                cover_photo(photo_id=photo.pk, actor=request.actor, boxes=form.boxes())
            except RuleError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The covered copy is what neighbours see now."))
                return redirect_to_photos(issue)
    context = {
        "issue": issue,
        "photo": photo,
        "form": form,
        "cells": form.grid(),
        "columns": range(1, COLUMNS + 1),
        "rows": range(1, ROWS + 1),
    }
    return render(request, "governance/photo_cover.html", context, status=status)


def redirect_to_photos(issue: Issue) -> HttpResponse:
    """Back to the photos of the case."""
    response = redirect("governance:issue-detail", issue.number)
    response["Location"] += "?tab=photos"
    response.status_code = 303
    return response


@require_POST
@login_required
def photo_withhold(request: PortalRequest, number: str, photo_id: int) -> HttpResponse:
    """Take a photo back from the public page."""
    issue, photo = _photo(request, number, photo_id)
    require(policies.can_publish_issue(request.actor, issue))
    unpublish_photo(photo_id=photo.pk, actor=request.actor)
    messages.success(request, _("Neighbours do not see it any more."))
    return redirect_to_photos(issue)
