"""The same step for several issues, each through its own service and in its own transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from core.errors import NotAllowedError, RuleError, require
from governance import policies
from governance.lifecycle import Urgency
from governance.models import Issue
from governance.selectors.issues import issues_visible_to
from governance.services.dispatch import Goal, dispatch_issue
from governance.services.handling import change_urgency
from governance.services.merging import merge_issue
from governance.services.nudges import nudge_issue
from neighborhoods.actors import Actor

BULK_LIMIT = 100


@dataclass(frozen=True)
class RowResult:
    """What became of one issue."""

    number: str
    done: bool
    message: str


def dispatch_many(*, numbers: Iterable[str], actor: Actor, goal: Goal, reason: str) -> list[RowResult]:
    """Dispatch several issues to the same goal, with one reason; danger to life is nobody's one of many."""
    return _each(numbers, actor, partial(_dispatch, actor=actor, goal=goal, note=reason))


def _dispatch(*, issue_id: int, actor: Actor, goal: Goal, note: str) -> Issue:
    if Issue.objects.filter(pk=issue_id, urgency=Urgency.CRITICAL).exists():
        raise RuleError(_("Danger to life: open the case and dispatch it by itself."))
    return dispatch_issue(issue_id=issue_id, actor=actor, goal=goal, note=note)


def nudge_many(*, numbers: Iterable[str], actor: Actor, reason: str) -> list[RowResult]:
    """Remind the holders of several issues."""
    return _each(numbers, actor, partial(nudge_issue, actor=actor, words=reason))


def change_urgency_of_many(*, numbers: Iterable[str], actor: Actor, urgency: Urgency, reason: str) -> list[RowResult]:
    """Give several issues another urgency, with one reason."""
    return _each(numbers, actor, partial(change_urgency, actor=actor, urgency=urgency, reason=reason))


def merge_many(*, numbers: Iterable[str], actor: Actor, into: str, reason: str) -> list[RowResult]:
    """Join several issues to one of them, which stays as it is."""
    others = [number for number in numbers if number != into]
    return _each(others, actor, partial(merge_issue, actor=actor, into=into, reason=reason))


def _each(numbers: Iterable[str], actor: Actor, verb: Callable[..., Issue]) -> list[RowResult]:
    """One transaction for each issue: a refused one must not undo the others."""
    require(policies.can_act_on_many(actor))
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise RuleError(_("Choose at least one case."))
    if len(wanted) > BULK_LIMIT:
        raise RuleError(_("At most %(limit)d cases at once.") % {"limit": BULK_LIMIT})
    known = dict(issues_visible_to(actor).filter(number__in=wanted).values_list("number", "pk"))
    return [_one(number, known.get(number), verb) for number in wanted]


def _one(number: str, issue_id: int | None, verb: Callable[..., Issue]) -> RowResult:
    if issue_id is None:
        return RowResult(number, done=False, message=_("There is no such case in your area."))
    try:
        verb(issue_id=issue_id)
    except RuleError as error:
        return RowResult(number, done=False, message=str(error))
    except NotAllowedError:
        return RowResult(number, done=False, message=_("Your post does not allow this step now."))
    return RowResult(number, done=True, message=_("Done."))
