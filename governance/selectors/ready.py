"""Ready answers that fit a step of a case, and their texts with number and place filled in."""

from django.db.models import Q

from governance.lifecycle.ready import ReadyStep, filled
from governance.models import Issue, ReadyAnswer
from governance.selectors.places import place_of


def ready_answers(issue: Issue, verb: str) -> list[ReadyAnswer]:
    """Those that are offered for this step: of the case's category or of all, of its street or of the district."""
    if verb not in ReadyStep.values:
        return []
    mine = Q(owner=None) | Q(owner=issue.street_id)
    fitting = ReadyAnswer.objects.filter(mine, step=verb, is_active=True)
    fitting = fitting.filter(Q(category=None) | Q(category=issue.category_id))
    return list(fitting.order_by("order", "pk"))


def texts_of(answer: ReadyAnswer, issue: Issue) -> tuple[str, str]:
    """Its texts, ready to be read over and sent."""
    values = {
        "number": issue.number,
        "place": place_of(issue),
        "category": issue.category.name_zh,
        "holder": issue.holder_name,
    }
    return filled(answer.text, values), filled(answer.second, values)
