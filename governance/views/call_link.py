"""The page of a unit without accounts: its link signs, says that it talked, came, and what it did. Nothing else."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotAllowedError, RuleError
from core.limits import client_address, too_many
from core.tokens import digest_of
from governance.forms.calls import ReportForm
from governance.models import Call
from governance.selectors.places import place_of
from governance.selectors.whistles import call_by_digest
from governance.services.whistles.links import actor_of_link, call_token, link_is_alive
from governance.views.desk.detail import refuse
from governance.views.desk.whistle_steps import CALL_VERBS
from governance.views.follow import keep_private
from governance.views.steps import duty_for, see
from neighborhoods.middleware import PortalRequest

VERBS = ("sign", "contact", "arrive", "report")
TRIES_PER_HOUR = 60
CallView = Callable[..., HttpResponse]


def unit_page(view: CallView) -> CallView:
    """Loads the call of the link; expired, replaced or invented ones open a friendly page and write nothing."""

    @wraps(view)
    def opened(request: PortalRequest, token: str, **more: str) -> HttpResponse:
        if too_many("call-link", client_address(request), limit=TRIES_PER_HOUR, seconds=3600):
            return keep_private(_gone(request, 429))
        call = call_by_digest(digest_of(token)) if len(token) <= 40 else None
        if call is None:
            return keep_private(_gone(request, 404))
        if not link_is_alive(call, timezone.now()) or not call.whistle.is_open:
            return keep_private(_gone(request, 410))
        return keep_private(view(request, call, **more))

    return opened


def _gone(request: PortalRequest, status: int) -> HttpResponse:
    return render(request, "governance/call_link_gone.html", {"code": status, "duty": duty_for(request)}, status=status)


@require_safe
@unit_page
def call_link(request: PortalRequest, call: Call) -> HttpResponse:
    """What the street asks, where and when, and the next thing to say."""
    return _page(request, call)


def _page(request: PortalRequest, call: Call, *, bad: str = "", form: object = None, status: int = 200) -> HttpResponse:
    actor = actor_of_link(call)
    steps = [CALL_VERBS[verb] for verb in VERBS if CALL_VERBS[verb].allowed(actor, call)]
    forms = [(step, form if step.verb == bad else _form(step.verb)(prefix=step.verb)) for step in steps]
    context = {
        "call": call,
        "whistle": call.whistle,
        "place": place_of(call.whistle),
        "forms": forms,
        "bad_form": form,
        "token": call_token(call),
        "duty": duty_for(request),
    }
    return render(request, "governance/call_link.html", context, status=status)


def _form(verb: str) -> type:
    """By link no photos come in: whoever holds it is known to nobody."""
    return ReportForm if verb == "report" else CALL_VERBS[verb].form


@require_http_methods(["POST"])
@unit_page
def call_link_step(request: PortalRequest, call: Call, verb: str) -> HttpResponse:
    """One of the four things a unit says."""
    step, form = CALL_VERBS[verb], _form(verb)(request.POST, prefix=verb)
    if form.is_valid():
        try:
            step.run(call_id=call.pk, actor=actor_of_link(call), **form.arguments())
        except RuleError as error:
            refuse(form, error)
        except NotAllowedError:
            form.add_error(None, _("This does not fit any more."))
        else:
            messages.success(request, str(step.done))
            return see("call-link", call_token(call))
    fresh = call_by_digest(call.link_digest) or call
    return _page(request, fresh, bad=verb, form=form, status=422)
