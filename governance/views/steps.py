"""What the pages of a report share: the draft they build on, the place a reader is remembered by, the way on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from governance.forms.draft import (
    COOKIE,
    KEEP_SECONDS,
    REFUSED_COOKIE,
    REFUSED_LIMIT,
    REFUSED_SECONDS,
    Draft,
    Refusal,
)
from governance.models import Category
from governance.selectors.choosing import Place, place_at
from governance.selectors.home import Duty, duty_of, emergency, sounds_dangerous
from governance.selectors.reference import category_by_code
from neighborhoods.middleware import PortalRequest

PLACE_COOKIE = "mulin_place"
_YEAR = 365 * 24 * 3600
STEPS = 5


def see(name: str, *args: str) -> HttpResponse:
    """After a form: the page to look at, so that a reload sends nothing again."""
    return HttpResponseRedirect(reverse(f"governance:{name}", args=args), status=303)


def draft_of(request: PortalRequest) -> Draft:
    """The draft this page was built on; else the one this browser keeps; else a new one."""
    for token in (request.POST.get("draft", ""), request.COOKIES.get(COOKIE, "")):
        draft = Draft.from_token(token) if token else None
        if draft:
            return draft
    return Draft()


def keep(response: HttpResponse, draft: Draft) -> HttpResponse:
    """Leave the draft with the browser until it is sent."""
    _leave(response, COOKIE, draft.token, KEEP_SECONDS)
    return response


def _leave(response: HttpResponse, name: str, token: str, seconds: int) -> None:
    response.set_cookie(
        name,
        token,
        max_age=seconds,
        path=reverse("governance:issue-report"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> HttpResponse:
    """The draft has done its work."""
    for name in (COOKIE, REFUSED_COOKIE):
        response.delete_cookie(name, path=reverse("governance:issue-report"), samesite="Lax")
    return response


def remember_place(response: HttpResponse, place: Place) -> HttpResponse:
    """The first page shows what goes on there next time. Only a code, no person, and for this browser alone."""
    code = f"c:{place.compound.code}" if place.is_whole_compound and place.compound else f"a:{place.area.code}"
    response.set_cookie(
        PLACE_COOKIE, code, max_age=_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def remembered_place(request: PortalRequest) -> Place | None:
    """The place this browser was last used for, if it still stands."""
    kind, _colon, code = request.COOKIES.get(PLACE_COOKIE, "").partition(":")
    if not code.isascii() or len(code) > 20 or "\x00" in code:
        return None
    return place_at(code if kind == "a" else "", code if kind == "c" else "")


def duty_for(request: PortalRequest) -> Duty:
    """Whom the foot of the page names: the desk of the reader's own community, once it is known."""
    place = remembered_place(request)
    return duty_of(place.path if place else ())


def go_on(draft: Draft, step: str) -> HttpResponse:
    """To the next step. What was refused before has been put right, and shows up no more when somebody goes back."""
    response = keep(see(step), draft)
    response.delete_cookie(REFUSED_COOKIE, path=reverse("governance:issue-report"), samesite="Lax")
    return response


# ---- a form with something wrong ----
def refuse(
    request: PortalRequest, draft: Draft | None, form: forms.Form | None = None, faults: Iterable[tuple[str, str]] = ()
) -> HttpResponse | None:
    """Back to the page of the form, which shows what was typed and what is wrong; see `refused_before`.

    None when it is more than a browser keeps: then the answer to the form has to say it.
    """
    typed = {name: request.POST[name] for name in form.fields if name in request.POST} if form else {}
    token = Refusal(*_page_of(request, draft), typed, list(faults)).token
    if len(token) > REFUSED_LIMIT:
        return None
    address = f"{request.path}?again=1{'&change=1' if request.GET.get('change') else ''}"
    response: HttpResponse = HttpResponseRedirect(address, status=303)
    if draft:
        keep(response, draft)
    _leave(response, REFUSED_COOKIE, token, REFUSED_SECONDS)
    return response


def refused_before(request: PortalRequest, draft: Draft | None) -> Refusal | None:
    """What this very page refused a moment ago, in this draft."""
    token = request.COOKIES.get(REFUSED_COOKIE, "")
    refusal = Refusal.from_token(token) if token and "again" in request.GET else None
    return refusal if refusal and (refusal.key, refusal.step) == _page_of(request, draft) else None


def sent_to(request: PortalRequest, draft: Draft | None) -> dict[str, Any] | None:
    """What a form is bound to: what is being sent, or what was refused before."""
    if request.method == "POST":
        return request.POST
    refusal = refused_before(request, draft)
    return refusal.values if refusal else None


def with_faults(form: forms.Form, refusal: Refusal | None) -> None:
    """Adds to a form the faults it cannot find by itself, such as a photo that could not be opened."""
    form.full_clean()  # faults are added to those it finds
    for name, words in refusal.faults if refusal else ():
        form.add_error(name or None, words)


def _page_of(request: PortalRequest, draft: Draft | None) -> tuple[str, str]:
    """Of which report, and which step of it. The page that joins a case belongs to no draft: its address is enough."""
    step = request.resolver_match.url_name or "" if request.resolver_match else ""
    return (draft.key if draft else request.path), step


def missing_step(draft: Draft, place: Place | None) -> str:
    """The first step that has not been answered yet; empty when the report may be sent."""
    category = category_by_code(draft.category)
    if place is None:
        return "issue-report"
    if category is None:
        return "issue-report-category"
    if category.danger_question and draft.danger is None:
        return "issue-report-danger"
    if not draft.text:
        return "issue-report-text"
    return "" if draft.told else "issue-report-contact"


_ORDER = ["issue-report", "issue-report-category", "issue-report-danger", "issue-report-text", "issue-report-contact"]


def must_answer_first(draft: Draft, place: Place | None, step: str) -> str:
    """The earlier step that somebody who opened this one by its address has skipped."""
    missing = missing_step(draft, place)
    before = _ORDER[: _ORDER.index(step)] if step in _ORDER else _ORDER
    return missing if missing in before else ""


def place_of(draft: Draft) -> Place | None:
    """The chosen place, read anew: it may have been closed since."""
    return place_at(draft.area, draft.compound) if draft.has_place else None


def numbers_to_call(draft: Draft, category: Category | None) -> list[tuple[str, str]]:
    """Whom to call before anything else, when the answers or the words speak of danger to life."""
    if draft.danger and category:
        return emergency(category.danger_numbers or "110 119 120")
    return emergency("110 119 120") if sounds_dangerous(draft.text) else []


def step_page(
    request: PortalRequest, template: str, draft: Draft, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """One page of a report, with what all of them show."""
    place, category = context.get("place"), category_by_code(draft.category)
    shared = {
        "draft": draft,
        "place": place,
        "category": category,
        "dial": numbers_to_call(draft, category),
        "steps": STEPS,
        "duty": duty_of(place.path if place else ()),
    }
    response = render(request, f"governance/{template}", {**shared, **context}, status=status)
    response["Cache-Control"] = "no-store"  # what somebody typed stays out of caches, and Back asks for it anew
    return response
