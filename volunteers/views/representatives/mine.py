"""My households: a representative's own doors, on a phone. One tap is a visit, with or without a connection."""

import contextlib
import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.residents import resident_of
from volunteers.forms.representatives import OrderForm, SelfForm
from volunteers.lifecycle.links import Method
from volunteers.lifecycle.orders import OrderChannel
from volunteers.lifecycle.representatives import NominationSource, RepresentativeState
from volunteers.models import HouseholdLink, Representative
from volunteers.selectors.households import links_of, visited_this_month
from volunteers.selectors.orders import open_orders
from volunteers.selectors.representatives import reminder_of, representative_of
from volunteers.services.representatives.nominating import Nomination, nominate
from volunteers.services.representatives.orders import place_order
from volunteers.services.representatives.visits import Tap, visit
from volunteers.views.representatives.desk import refuse


def _my_term(request: PortalRequest) -> Representative:
    term = representative_of(request.user) if request.user.is_authenticated else None
    if term is None:
        raise Http404
    return term


def _my_links(term: Representative) -> QuerySet[HouseholdLink]:
    """My doors; while the term rests they are nobody's to read."""
    return links_of(term) if term.state == RepresentativeState.ACTIVE else HouseholdLink.objects.none()


@require_safe
@never_cache
@login_required
def my_households(request: PortalRequest) -> HttpResponse:
    """By door: who was visited this month (for my eyes only), what they asked for, and the five words."""
    term = _my_term(request)
    links, today = list(_my_links(term)), timezone.localdate()
    seen = visited_this_month(term, today)
    linked = {link.household_id for link in links}
    context = {
        "term": term,
        "rows": [(link, link.household_id in seen, uuid.uuid4()) for link in links],
        "orders": list(open_orders(request.actor).filter(representative=term)[:30]),
        "methods": Method.choices,
        "seen": len(seen & linked),
        "reminder": reminder_of(term, today),
    }
    return render(request, "volunteers/my_households.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_nomination(request: PortalRequest) -> HttpResponse:
    """Put oneself forward; whoever is not written down yet asks the community first."""
    person = resident_of(request.user) if request.user.is_authenticated else None
    term = Representative.objects.filter(resident=person, ended_at=None).first() if person else None
    form = SelfForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and person and form.is_valid():
        data = form.cleaned_data
        nomination = Nomination(NominationSource.SELF, data["qualities"], data["capacity"])
        try:
            nominate(actor=request.actor, resident_id=person.pk, nomination=nomination)
            return redirect("volunteers:my-nomination")
        except RuleError as error:
            refuse(form, error)
    context = {"form": form, "person": person, "term": term}
    return render(request, "volunteers/my_nomination.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def my_visit(request: PortalRequest) -> HttpResponse:
    """A visit from the form, or from the phone's queue, which asks for a short answer and may ask twice."""
    term, data, problem = _my_term(request), request.POST, ""
    try:
        tap = Tap(
            household_id=int(data.get("household", "")[:12]),
            methods=data.getlist("methods"),
            key=uuid.UUID(data.get("key", "")),
            words=data.get("words", "").replace("\x00", ""),
            at=_hour_of(data.get("at", "")),
        )
        visit(representative_id=term.pk, actor=request.actor, tap=tap)
    except ValueError:
        problem = _("This visit could not be read. Please try again.")
    except RuleError as error:
        problem = str(error)
    if data.get("queued"):
        return JsonResponse({"problem": problem}, status=422 if problem else 200)
    (messages.error if problem else messages.success)(request, problem or _("The visit is written down."))
    return redirect("volunteers:my-households")


def _hour_of(milliseconds: str) -> datetime | None:
    """The phone's own hour, if it is one."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(milliseconds[:15]) / 1000, UTC)
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_order(request: PortalRequest, link_id: int) -> HttpResponse:
    """A household told me what it needs."""
    link = get_object_or_404(_my_links(_my_term(request)), pk=link_id)
    form = OrderForm(request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            order = place_order(
                actor=request.actor,
                household_id=link.household_id,
                channel=OrderChannel.VISIT,
                **form.cleaned_data,
            )
        except RuleError as error:
            refuse(form, error)
        else:
            return redirect("volunteers:order-detail", order.number)
    context = {"form": form, "link": link}
    return render(request, "volunteers/my_order.html", context, status=422 if form.is_bound else 200)
