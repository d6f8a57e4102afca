"""Orders of households that become cases: what `volunteers` asks of the app that owns cases (docs/adr/0010)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import RuleError
from governance.lifecycle import ISSUE_NOTED, Channel
from governance.models import Issue, Reply
from governance.models.issues import Audience
from governance.selectors.reference import categories, category_by_code
from governance.selectors.wording import plain_state
from governance.services.moves import write_line
from governance.services.submit import Report, submit_issue
from neighborhoods.actors import Actor, Role
from volunteers.models import HelpOrder
from volunteers.policies.orders import is_mine
from volunteers.selectors.order_history import order_lines
from volunteers.services.representatives.orders import CaseDesk, CaseView


def open_case(actor: Actor, order: HelpOrder, kind: str) -> str:
    """A case with the order's words and door, and every line of its history before the case began.

    The order's own key is the case's: passed up twice, it is one case. A representative who passes it up collected it.
    """
    category = category_by_code(kind)
    if category is None:
        raise RuleError(_("Choose what it is about."), field="kind")
    report = Report(
        area=order.area,
        category=category,
        text=order.text,
        submission_key=order.client_key,
        channel=Channel.VISIT,
        door=order.household.door,
        collector_role=Role.REPRESENTATIVE if is_mine(actor, order) else "",
    )
    issue = submit_issue(actor=actor, report=report)
    for line in order_lines(order):
        who = Actor(user_id=line.actor_id, label=line.who)
        text = f"{order.number} {line.title}。{line.text}" if line.text else f"{order.number} {line.title}"
        write_line(issue, kind=ISSUE_NOTED, actor=who, at=line.at, text=text, audience=Audience.STAFF)
    return issue.number


def case_kinds() -> list[tuple[str, str | Promise]]:
    """Codes and names of the categories in use."""
    return [(category.code, category.name) for category in categories()]


def cases_seen(numbers: Iterable[str]) -> dict[str, CaseView]:
    """How these cases stand, in the words of the follow page, with the last answer."""
    issues = list(Issue.objects.filter(number__in=list(numbers)))
    newest = Reply.objects.filter(issue__in=issues).order_by("issue", "-at", "-pk").distinct("issue")
    answers = dict(newest.values_list("issue", "text"))
    return {
        issue.number: CaseView(issue.number, plain_state(issue.state), issue.look, answers.get(issue.pk, ""))
        for issue in issues
    }


CASE_DESK = CaseDesk(open_case, case_kinds, cases_seen)
