"""A step of anything: a page with a form, whose POST runs its service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.htmx import sent_before
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from volunteers.forms.base import StepForm, refuse

Initial = Callable[[Any], dict[str, Any]]


def _nothing(_thing: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Step:
    """A verb: when it fits, who may, what is asked, what it runs. The service asks again."""

    verb: str
    label: Promise
    icon: str
    allowed: Callable[[Actor, Any], bool]
    run: Callable[..., Any]
    done: Promise
    form: type[StepForm] = StepForm
    fits: frozenset[Any] | None = None  # states; None fits always
    stops: bool = False
    hint: Promise | str = ""
    initial: Initial = _nothing
    more: Initial = field(default=_nothing)  # what else the form is made with

    def fits_now(self, thing: Any) -> bool:
        """Whether the state allows it."""
        return self.fits is None or thing.state in self.fits

    def is_open_to(self, actor: Actor, thing: Any) -> bool:
        """Fits, and this person may."""
        return self.fits_now(thing) and self.allowed(actor, thing)


def steps_by_verb(*steps: Step) -> dict[str, Step]:
    """In their order on the page."""
    return {step.verb: step for step in steps}


def open_steps(steps: dict[str, Step], actor: Actor, thing: Any, prefix: str, *args: Any) -> list[tuple[Step, str]]:
    """Those this person may take now, each with the address of its page."""
    allowed = [step for step in steps.values() if step.is_open_to(actor, thing)]
    return [(step, reverse(f"volunteers:{prefix}-{step.verb}", args=args)) for step in allowed]


@dataclass(frozen=True)
class Where:
    """Where a step belongs: the way back, what the thing is called, and the lists above it."""

    back: str
    name: str
    crumbs: tuple[tuple[str, str], ...] = ()
    template: str = "volunteers/desk_step.html"


def step_page(request: PortalRequest, step: Step, thing: Any, where: Where, **keys: Any) -> HttpResponse:
    """The form of a step; after it worked, back to the thing."""
    if not step.fits_now(thing):
        messages.info(request, _("This step does not fit any more: it is “%(state)s”.") % {"state": _state(thing)})
        return redirect(where.back)
    require(step.allowed(request.actor, thing))
    if request.method == "POST":
        form = step.form(request.POST, **step.more(thing))
    else:
        form = step.form(initial=step.initial(thing), **step.more(thing))
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect(where.back)
        try:
            step.run(actor=request.actor, **keys, **form.arguments())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, str(step.done))
            return redirect(where.back)
    context = {"step": step, "form": form, "where": where, "thing": thing}
    return render(request, where.template, context, status=422 if form.is_bound else 200)


def _state(thing: Any) -> str:
    return str(thing.get_state_display())


def pressed(request: PortalRequest, run: Callable[[], Any], done: str) -> bool:
    """A press without questions: says what came of it."""
    try:
        run()
    except RuleError as error:
        messages.warning(request, str(error))
        return False
    messages.success(request, done)
    return True
