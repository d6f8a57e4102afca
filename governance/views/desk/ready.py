"""Ready answers in the form of a step: the list to choose from, and the chosen one as what the boxes begin with."""

from typing import Any

from governance.models import Issue
from governance.selectors.ready import ready_answers, texts_of
from governance.views.desk.step_kind import StepKind
from neighborhoods.middleware import PortalRequest


def ready_texts(request: PortalRequest, issue: Issue, step: StepKind) -> dict[str, str]:
    """What the boxes begin with when a text was chosen (`?ready=7`); one that is not offered here fills nothing."""
    chosen = request.GET.get("ready", "")
    answer = next((one for one in ready_answers(issue, step.verb) if str(one.pk) == chosen), None) if chosen else None
    if answer is None:
        return {}
    return {box: text for box, text in zip(step.form.ready_boxes, texts_of(answer, issue), strict=False) if text}


def ready_choices(request: PortalRequest, issue: Issue, step: StepKind) -> dict[str, Any]:
    """For the page: what is offered, and which one was chosen."""
    return {"ready": ready_answers(issue, step.verb), "ready_chosen": request.GET.get("ready", "")}
