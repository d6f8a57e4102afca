"""Report: place, category, danger, words and photos, contact. One question a page; `report_check` sends it."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError
from core.limits import client_address, too_many
from core.models import Attachment
from governance.forms.draft import Draft
from governance.forms.report import CategoryForm, ContactForm, DangerForm, PlaceForm, TextForm
from governance.lifecycle import Channel
from governance.selectors.choosing import (
    Place,
    buildings_in,
    inside_community,
    place_at,
    place_of_poster,
    places_named,
    streets,
)
from governance.selectors.grouping import category_groups, commonest_kinds, kinds_named
from governance.selectors.home import emergency, sounds_dangerous
from governance.selectors.photos import photo_ticket
from governance.selectors.reference import category_by_code
from governance.services.photos import store_photo
from governance.views.steps import (
    draft_of,
    forget,
    go_on,
    keep,
    missing_step,
    must_answer_first,
    numbers_to_call,
    place_of,
    refuse,
    refused_before,
    remember_place,
    remembered_place,
    see,
    sent_to,
    step_page,
    with_faults,
)
from neighborhoods.middleware import PortalRequest

form_page = require_http_methods(["GET", "HEAD", "POST"])


# ---- 1: where ----
@require_safe
def report_from_code(request: PortalRequest, code: str) -> HttpResponse:
    """The code on the stairwell fills in the place; a code that is no longer valid leads to choosing by hand."""
    found = place_of_poster(code)
    if found is None:
        return render(request, "governance/issue_report_code.html", status=404)
    place, entrance = found
    note = _("Entrance %(number)d") % {"number": entrance} if entrance else ""
    draft = draft_of(request).having(area=place.area.code, compound="", place_note=note, channel=Channel.QR.value)
    return remember_place(go_on(draft, "issue-report"), place)


@form_page
def report_place(request: PortalRequest) -> HttpResponse:
    """Confirm the place when it is known, else choose it."""
    draft = draft_of(request)
    if request.method == "POST":
        return _take_place(request, draft)
    if request.GET.get("new"):
        return forget(see("issue-report"))
    if refusal := refused_before(request, draft):
        return _place_again(request, draft, PlaceForm(refusal.values))
    place = _asked_place(request) or (None if "choose" in request.GET else place_of(draft) or remembered_place(request))
    if place is None:
        return _choose_page(request, draft)
    note = draft.place_note if place == place_of(draft) else ""
    form = PlaceForm(initial={"place_note": note})
    return step_page(request, "issue_report_place.html", draft, {"form": form, "place": place, "step": 1})


def _asked_place(request: PortalRequest) -> Place | None:
    """The place an address of the choosing pages names."""
    area, compound = request.GET.get("area", ""), request.GET.get("compound", "")
    if not area and not (compound and request.GET.get("whole")):
        return None
    place = place_at(area, compound)
    if place is None:
        raise Http404
    return place


def _choose_page(request: PortalRequest, draft: Draft, *, error: str = "") -> HttpResponse:
    """Community, then compound or grid, then building; or by name. Plain links: works in every browser."""
    words = request.GET.get("q", "").strip()
    context: dict[str, object] = {
        "q": words[:30],
        "hits": places_named(words) if words else None,
        "error": error,
        "step": 1,
    }
    status = _status(request)
    if request.GET.get("compound"):
        found = buildings_in(request.GET["compound"])
        if found is None:
            raise Http404
        context |= {"compound": found[0], "buildings": found[1]}
        return step_page(request, "issue_report_building.html", draft, context, status=status)
    if request.GET.get("in"):
        inside = inside_community(request.GET["in"])
        if inside is None:
            raise Http404
        return step_page(request, "issue_report_inside.html", draft, context | {"inside": inside}, status=status)
    context["streets"] = streets()
    return step_page(request, "issue_report_choose.html", draft, context, status=status)


def _take_place(request: PortalRequest, draft: Draft) -> HttpResponse:
    form = PlaceForm(request.POST)
    if form.is_valid() and form.place:
        same = form.place == place_of(draft)
        draft = draft.having(
            area=form.cleaned_data["area"] or ("" if form.place.is_whole_compound else form.place.area.code),
            compound="" if form.cleaned_data["area"] else form.cleaned_data["compound"],
            place_note=form.cleaned_data["place_note"],
            channel=draft.channel if same else Channel.WEB.value,
        )
        return remember_place(go_on(draft, _after_place(request, draft)), form.place)
    return refuse(request, draft, form) or _place_again(request, draft, form)


def _place_again(request: PortalRequest, draft: Draft, form: PlaceForm) -> HttpResponse:
    """The page with what is wrong: the answer to a form, or the page that form led back to."""
    form.is_valid()
    if form.place:
        context = {"form": form, "place": form.place, "step": 1}
        return step_page(request, "issue_report_place.html", draft, context, status=_status(request))
    return _choose_page(request, draft, error=str(form.non_field_errors()[0]) if form.non_field_errors() else "")


def _status(request: PortalRequest) -> int:
    """Of a page with a form that is not (or not yet) in order."""
    return 422 if request.method == "POST" else 200


def _after_place(request: PortalRequest, draft: Draft) -> str:
    return _back_to_check(request, draft) or "issue-report-category"


def _back_to_check(request: PortalRequest, draft: Draft) -> str:
    """Who came from the last page to change one answer goes back there."""
    return "issue-report-check" if request.GET.get("change") and draft.told else ""


# ---- 2: what it is about, and whether it is dangerous ----
@form_page
def report_category(request: PortalRequest) -> HttpResponse:
    """The commonest kinds, the others under headings or by a word; one press chooses."""
    draft = draft_of(request)
    place = place_of(draft)
    if step := must_answer_first(draft, place, "issue-report-category"):
        return see(step)
    form = CategoryForm(sent_to(request, draft))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["category"]
        if chosen != draft.category:
            draft = draft.having(category=chosen, danger=None)
        category = category_by_code(chosen)
        if category and category.danger_question:
            return go_on(draft, "issue-report-danger")
        return go_on(draft, _back_to_check(request, draft) or "issue-report-text")
    if request.method == "POST" and (back := refuse(request, draft, form)):
        return back
    words = request.GET.get("q", "").strip()[:20]
    context = {
        "form": form,
        "place": place,
        "groups": category_groups(),
        "common": commonest_kinds(place.community if place else None),
        "q": words,
        "hits": kinds_named(words) if words else None,
        "step": 2,
    }
    return step_page(request, "issue_report_category.html", draft, context, status=_status(request))


@form_page
def report_danger(request: PortalRequest) -> HttpResponse:
    """The one question that decides about minutes. Yes: the numbers to call, before anything else."""
    draft = draft_of(request)
    place, category = place_of(draft), category_by_code(draft.category)
    step = must_answer_first(draft, place, "issue-report-danger")
    if step or category is None or not category.danger_question:
        return see(step or "issue-report-text")
    said = {} if draft.danger is None else {"danger": "yes" if draft.danger else "no"}
    form = DangerForm(sent_to(request, draft), question=category.danger_question, initial=said)
    if request.method == "POST" and form.is_valid():
        danger = form.cleaned_data["danger"]
        draft = draft.having(danger=danger)
        return go_on(draft, "issue-report-call" if danger else _back_to_check(request, draft) or "issue-report-text")
    if request.method == "POST" and (back := refuse(request, draft, form)):
        return back
    context = {"form": form, "place": place, "numbers": emergency(category.danger_numbers), "step": 2}
    return step_page(request, "issue_report_danger.html", draft, context, status=_status(request))


@require_safe
def report_call(request: PortalRequest) -> HttpResponse:
    """Call first; the report waits."""
    draft = draft_of(request)
    numbers = numbers_to_call(draft, category_by_code(draft.category))
    if not numbers:
        return see("issue-report")
    place = place_of(draft)
    context = {
        "place": place,
        "numbers": numbers,
        "step": 2,
        "onward_url": f"governance:{missing_step(draft, place) or 'issue-report-check'}",
    }
    return step_page(request, "issue_report_call.html", draft, context)


# ---- 3: what is wrong, with photos ----
@form_page
def report_text(request: PortalRequest) -> HttpResponse:
    """Words, and photos if there are any. Photos that could be opened are kept even when something else is wrong."""
    draft = draft_of(request)
    place = place_of(draft)
    if step := must_answer_first(draft, place, "issue-report-text"):
        return see(step)
    if request.method == "POST" and request.POST.get("remove"):
        gone = request.POST["remove"]
        less = draft.having(photos=tuple(uid for uid in draft.photos if uid != gone))
        form = TextForm(request.POST, kept=len(less.photos))
        form.is_valid()
        with_words = less.having(text=form.cleaned_data.get("text", ""))
        return go_on(with_words if with_words.fits else less, "issue-report-text")
    if request.method == "POST":
        return _take_text(request, draft, place)
    refusal = refused_before(request, draft)
    said = {"initial": {"text": draft.text}} if refusal is None else {"data": refusal.values}
    form = TextForm(**said, kept=len(draft.photos))
    with_faults(form, refusal)
    return step_page(request, "issue_report_text.html", draft, _text_context(form, place, draft))


def _take_text(request: PortalRequest, draft: Draft, place: Place | None) -> HttpResponse:
    form = TextForm(request.POST, request.FILES, kept=len(draft.photos))
    if form.is_valid() or "photo" not in form.errors:
        address = client_address(request)
        limit = settings.REPORTS_PER_ADDRESS_HOUR * settings.PHOTO_MAX_COUNT
        if form.uploads and too_many("photos", address, limit=limit, seconds=3600):
            form.add_error("photo", _("Too many photos from this connection. Send the words now, the photos later."))
        else:
            photos, faults = store_photos(form.uploads)
            draft = draft.having(photos=(*draft.photos, *(photo.uid.hex for photo in photos)))
            for fault in faults:
                form.add_error("photo", fault)
    if form.is_valid():
        draft = draft.having(text=form.cleaned_data["text"])
        if draft.fits:
            if sounds_dangerous(draft.text) and not draft.danger:
                return go_on(draft, "issue-report-call")
            return go_on(draft, _back_to_check(request, draft) or "issue-report-contact")
        form.add_error("text", _("This is too long to be kept by your browser. Write a little less."))
        draft = draft.having(text="")
    # the files are not sent again, so what was wrong with them has to be remembered
    unseen = [("photo", str(words)) for words in form.errors.get("photo", [])]
    if back := refuse(request, draft, form, unseen):
        return back
    page = step_page(request, "issue_report_text.html", draft, _text_context(form, place, draft), status=422)
    return keep(page, draft)


def store_photos(uploads: Iterable[object]) -> tuple[list[Attachment], list[str]]:
    """What could be kept, and a sentence for each file that could not."""
    photos, faults = [], []
    for position, upload in enumerate(uploads, start=1):
        try:
            photos.append(store_photo(upload=upload.file, size=upload.size))  # type: ignore[attr-defined]
        except RuleError as error:
            faults.append(_("Photo %(position)d: %(reason)s") % {"position": position, "reason": str(error)})
    return photos, faults


def _text_context(form: TextForm, place: Place | None, draft: Draft) -> dict[str, object]:
    photos = [(uid.hex, uid, photo_ticket(uid)) for uid in draft.photo_uids]
    return {"form": form, "place": place, "photos": photos, "limit": settings.PHOTO_MAX_COUNT, "step": 3}


# ---- 4: how to reach you, what neighbours may see ----
@form_page
def report_contact(request: PortalRequest) -> HttpResponse:
    """Everything here may be left empty, and nothing is chosen beforehand."""
    draft = draft_of(request)
    place = place_of(draft)
    if step := must_answer_first(draft, place, "issue-report-contact"):
        return see(step)
    said = {"name": draft.name, "phone": draft.phone, "door": draft.door, "hide": draft.hide}
    if draft.told:
        said["public"] = "yes" if draft.public else "no"
    form = ContactForm(sent_to(request, draft), initial=said)
    if request.method == "POST" and form.is_valid():
        draft = draft.having(told=True, **form.cleaned_data)
        if draft.fits:
            return go_on(draft, "issue-report-check")
        messages.error(request, _("This is too long to be kept by your browser. Write a little less."))
        return go_on(draft.having(name="", door="", told=False), "issue-report-text")
    if request.method == "POST" and (back := refuse(request, draft, form)):
        return back
    context = {"form": form, "place": place, "step": 4}
    return step_page(request, "issue_report_contact.html", draft, context, status=_status(request))
