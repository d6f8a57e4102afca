"""Report, last step: everything once more, what neighbours would read, who receives it, send."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleError
from core.fields import plain_text
from core.limits import client_address, too_many
from core.masking import mask_name, mask_phone
from core.models import Attachment
from governance.forms.draft import Draft
from governance.forms.proof import challenge_for, is_proved
from governance.lifecycle import Channel
from governance.models import Category, Issue
from governance.selectors.choosing import Place
from governance.selectors.home import duty_of
from governance.selectors.photos import photo_ticket
from governance.selectors.public import (
    Glimpse,
    joinable,
    may_be_read_by_all,
    parts_of,
    public_place,
    public_place_of,
    similar_open,
)
from governance.selectors.reference import category_by_code
from governance.services.links import follow_token
from governance.services.preview import expect
from governance.services.submit import Report, submit_issue
from governance.views.steps import (
    draft_of,
    forget,
    keep,
    missing_step,
    place_of,
    refuse,
    refused_before,
    remember_place,
    see,
    step_page,
)
from neighborhoods.actors import NOBODY, Level
from neighborhoods.middleware import PortalRequest

# Nobody reads five pages in less; a program does.
LEAST_SECONDS = 4
UNPROVED_SHARE = 5


@require_http_methods(["GET", "HEAD", "POST"])
def report_check(request: PortalRequest) -> HttpResponse:
    """Check the answers, then send; what is sent is what this page showed."""
    draft = draft_of(request)
    place, category = place_of(draft), category_by_code(draft.category)
    step = missing_step(draft, place)
    if step or place is None or category is None:
        return keep(see(step or "issue-report"), draft)
    whole = Whole(draft, place, category)
    if request.method == "POST":
        return send(request, whole, lambda error: _check_again(request, whole, error))
    refusal = refused_before(request, draft)
    return _check_page(request, whole, error=refusal.faults[0][1] if refusal else "")


@dataclass(frozen=True)
class Whole:
    """A draft with nothing missing."""

    draft: Draft
    place: Place
    category: Category

    def report(self, same_as: Issue | None, photos: tuple[Attachment, ...]) -> Report:
        draft = self.draft
        return Report(
            area=self.place.area,
            category=self.category,
            text=draft.text,
            submission_key=draft.submission_key,
            place_note=self.note,
            channel=Channel(draft.channel),
            name=draft.name,
            phone=draft.phone,
            door=draft.door,
            is_danger=bool(draft.danger),
            is_public=draft.public,
            hide_requester=draft.hide,
            photos=photos,
            same_as=same_as.pk if same_as else None,
        )

    @property
    def note(self) -> str:
        """Where exactly; a whole compound is named here, because the area that gets the work is its branch."""
        name = self.place.name if self.place.is_whole_compound else ""
        return f"{name} {self.draft.place_note}".strip()

    def glimpse(self, at: datetime) -> Glimpse:
        """The same as the public page of the case will show."""
        place = self.place
        below = place.name
        if self.category.is_sensitive and place.area.level == Level.BUILDING:
            below = place.compound.name if place.compound else ""
        where = " ".join(f"{place.community or place.area} {below}".split())
        return Glimpse(
            parts_of(self.draft.text, self.category), public_place(self.category, where, self.draft.place_note), at
        )


def _check_again(request: PortalRequest, whole: Whole, error: str) -> HttpResponse:
    back = refuse(request, whole.draft, faults=[("", error)])
    return back or _check_page(request, whole, error=error, status=422)


def _check_page(request: PortalRequest, whole: Whole, *, error: str = "", status: int = 200) -> HttpResponse:
    at, draft, stamp = timezone.now(), whole.draft, whole.place.stamp
    urgency = whole.report(None, ()).urgency
    context: dict[str, Any] = {
        "place": whole.place,
        "step": 5,
        "error": error,
        "parts": parts_of(draft.text, whole.category),
        "masked_name": mask_name(draft.name),
        "masked_phone": mask_phone(draft.phone) if draft.phone else "",
        "glimpse": whole.glimpse(at) if draft.public else None,
        "photos": [(uid, photo_ticket(uid)) for uid in draft.photo_uids],
        "similar": [
            (issue, issue.public_summary if may_be_read_by_all(issue) else "", public_place_of(issue))
            for issue in similar_open(whole.category, stamp, at=at)
        ],
        "expected": expect(whole.category, stamp, urgency, at),
        "challenge": challenge_for(draft.submission_key.hex) if settings.ALTCHA_ENABLED else "",
    }
    return step_page(request, "issue_report_check.html", draft, context, status=status)


def send(
    request: PortalRequest, whole: Whole, ask_again: Callable[[str], HttpResponse], shown: Draft | None = None
) -> HttpResponse:
    """The report becomes a case.

    `shown`: a draft that lives on its page alone, as that page knew it, for which the proof of work was made.
    """
    draft = whole.draft
    if refusal := _suspicion(request, shown or draft):
        return ask_again(refusal)
    if _is_too_often(request, shown or draft):
        context = {"duty": duty_of(whole.place.path), "draft": draft}
        often = render(request, "governance/issue_report_often.html", context, status=429)
        return often if shown else keep(often, draft)
    number = plain_text(request.POST.get("same", ""))[:20] or draft.same_as
    try:
        return _sent(_submit(whole, number), whole, shown)
    except RuleError as error:
        # the case it was joined to may have been closed since the same form was sent before
        known = Issue.objects.filter(submission_key=draft.submission_key).first()
        return _sent(known, whole, shown) if known else ask_again(str(error))


def _submit(whole: Whole, number: str) -> Issue:
    same_as = None
    if number:
        same_as = joinable(number, whole.category, whole.place.stamp, at=timezone.now())
        if same_as is None:
            raise RuleError(_("That case is closed by now. Send yours as a new one."))
    uids = whole.draft.photo_uids
    kept = Attachment.objects.filter(uid__in=uids, issue_photo=None) if uids else []
    photos = tuple(sorted(kept, key=lambda photo: uids.index(photo.uid)))
    return submit_issue(actor=NOBODY, report=whole.report(same_as, photos))


def _sent(issue: Issue, whole: Whole, shown: Draft | None) -> HttpResponse:
    response = see("issue-receipt", follow_token(issue))
    return response if shown else remember_place(forget(response), whole.place)


def _suspicion(request: PortalRequest, draft: Draft) -> str:
    """What only a program does. The sentence tells a person who was taken for one what to do."""
    if request.POST.get("leave_empty"):
        return _("The last, hidden field must stay empty. Empty it, or call us.")
    if time.time() - draft.began < LEAST_SECONDS and not _has_proof(request, draft):
        return _("That was very quick. Please read it through once more, then send it.")
    return ""


def _has_proof(request: PortalRequest, draft: Draft) -> bool:
    return not settings.ALTCHA_ENABLED or is_proved(request.POST.get("altcha", ""), draft.submission_key.hex)


def _is_too_often(request: PortalRequest, draft: Draft) -> bool:
    """Counted once for each draft, however often its button is pressed; stricter without a proof of work."""
    key = f"report-allowed:{draft.submission_key.hex}"
    if not cache.add(key, "yes", timeout=3600):
        return cache.get(key) == "no"
    limit = settings.REPORTS_PER_ADDRESS_HOUR
    if not _has_proof(request, draft):
        limit = max(1, limit // UNPROVED_SHARE)
    refused = too_many("report", client_address(request), limit=limit, seconds=3600)
    if refused:
        cache.set(key, "no", timeout=600)
    return refused
