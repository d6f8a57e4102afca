"""Tasks at the desk: the lists, one task, and its steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import sent_before
from governance.forms import tasks as forms
from governance.lifecycle.tasks import TASK_FITS
from governance.models import Task
from governance.policies import tasks as policies
from governance.selectors.places import place_of
from governance.selectors.task_history import task_lines
from governance.selectors.tasks import TABS, listed, tasks_visible_to
from governance.services import tasks as services
from governance.views.desk.detail import refuse
from governance.views.desk.photos import stored_photos
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest

PAGE = 25


@dataclass(frozen=True)
class TaskStep:
    """A verb. `lifecycle.tasks.TASK_FITS` says when it fits, `allowed` who may take it then."""

    verb: str
    label: Promise
    icon: str
    allowed: Callable[[Actor, Task], bool]
    form: type[forms.TaskStepForm]
    run: Callable[..., Task]
    done: Promise
    stops: bool = False

    @property
    def is_main(self) -> bool:
        """The one that moves the task on; a note or another day never is."""
        return self.verb in {"check", "claim", "start"}

    def is_open_to(self, actor: Actor, task: Task) -> bool:
        """Fits, and this person may. The service asks again."""
        return task.state in TASK_FITS[self.verb] and self.allowed(actor, task)

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:task-{self.verb}"


STEPS: dict[str, TaskStep] = {
    step.verb: step
    for step in (
        TaskStep(
            "check",
            _("Check it"),
            "eye",
            policies.can_check_task,
            forms.CheckForm,
            services.check_task,
            _("Saved. Whoever did it has been told."),
        ),
        TaskStep(
            "claim",
            _("Say it is done"),
            "done",
            services.may_claim_task,
            forms.ClaimForm,
            services.claim_task,
            _("Thank you. Somebody else looks at it now."),
        ),
        TaskStep(
            "start",
            _("Begin"),
            "run",
            policies.can_start_task,
            forms.StartForm,
            services.start_task,
            _("Noted: you have begun."),
        ),
        TaskStep(
            "move",
            _("Another day"),
            "wait",
            policies.can_move_task,
            forms.MoveForm,
            services.move_task,
            _("Moved. Whoever does it has been told."),
        ),
        TaskStep(
            "note",
            _("Note how far it is"),
            "write",
            policies.can_note_task,
            forms.NoteForm,
            services.note_task,
            _("Noted."),
        ),
        TaskStep(
            "cancel",
            _("Call it off"),
            "x",
            policies.can_cancel_task,
            forms.CancelForm,
            services.cancel_task,
            _("Called off."),
            stops=True,
        ),
    )
}


@require_safe
@login_required
def task_list(request: PortalRequest) -> HttpResponse:
    """By their day: what I have to do, what I have to check, everything open, overdue, over."""
    require(request.actor.is_somebody)
    at = timezone.now()
    tab = TABS.get(request.GET.get("tab", ""), TABS["todo"])
    page = Paginator(listed(request.actor, tab, at), PAGE).get_page(request.GET.get("page"))
    context = {"tabs": TABS.values(), "tab": tab, "page": page, "at": at}
    return render(request, "governance/task_list.html", context)


def _task_for(request: PortalRequest, number: str) -> Task:
    rows = tasks_visible_to(request.actor)
    shown = rows.select_related(
        "holder_area",
        "holder_unit",
        "owner_post__user",
        "owner_post__title",
        "area__compound",
        "issue",
        "whistle",
        "resolution__meeting",
    )
    return get_object_or_404(shown, number=number)


@require_safe
@login_required
def task_detail(request: PortalRequest, number: str) -> HttpResponse:
    """What is to be done, by whom, until when, and what happened."""
    return render(request, "governance/task_detail.html", _context(request, _task_for(request, number)))


def _context(request: PortalRequest, task: Task) -> dict[str, Any]:
    return {
        "task": task,
        "place": place_of(task),
        "steps": [step for step in STEPS.values() if step.is_open_to(request.actor, task)],
        "lines": task_lines(task),
        "reached": _("reached"),
        "missed": _("overdue"),
        "milestones": task.milestones.all(),
        "today": timezone.localdate(),
        "photos": task.photos.select_related("attachment"),
        "clocks": task.clocks.exclude(state="void").order_by("pk"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def task_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs its service."""
    task, step = _task_for(request, number), STEPS[verb]
    if task.state not in TASK_FITS[verb]:
        messages.info(request, _("This step does not fit any more: it is “%(state)s”.") % {"state": task.state_label})
        return redirect("governance:task-detail", task.number)
    require(step.allowed(request.actor, task))
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = step.form(**sent, task=task) if issubclass(step.form, forms.NoteForm) else step.form(**sent)
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("governance:task-detail", task.number)
        arguments = form.arguments()
        if arguments.get("photos"):
            arguments["photos"] = stored_photos(arguments["photos"])
        try:
            step.run(task_id=task.pk, actor=request.actor, **arguments)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, str(step.done))
            return redirect("governance:task-detail", task.number)
    context = {"task": task, "step": step, "form": form}
    return render(request, "governance/task_step.html", context, status=422 if form.is_bound else 200)
