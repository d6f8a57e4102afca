"""A whole number in the search box opens what carries it, if one may see it. Otherwise nothing is revealed."""

import re

from django.urls import reverse

from governance.selectors.committees import promises_visible_to
from governance.selectors.detail import desk_issue
from governance.selectors.issues import issues_visible_to
from governance.selectors.matters import matters_visible_to
from governance.selectors.meetings.lists import meetings_visible_to, topics_visible_to
from governance.selectors.tasks import tasks_visible_to
from governance.selectors.whistles import whistles_visible_to
from neighborhoods.actors import Actor

_OURS = re.compile(r"[A-Z]{1,6}-\d{4}-\d{6}(-\d+)?")
_THEIRS = re.compile(r"(?=.*\d)[0-9A-Z][0-9A-Z/._-]{4,39}")  # of a hotline, as it was typed
# By the letter after the prefix of the district (core.numbers).
_KINDS = (
    (desk_issue, "governance:issue-detail"),
    (matters_visible_to, "governance:matter-detail"),
    (tasks_visible_to, "governance:task-detail"),
    (meetings_visible_to, "governance:meeting-detail"),
    (topics_visible_to, "governance:topic-detail"),
    (whistles_visible_to, "governance:whistle-detail"),
)


def address_of(actor: Actor, words: str) -> str | None:
    """The page of what has this number and may be seen, or of the one case that a hotline calls so."""
    plain = words.strip().upper()
    if _OURS.fullmatch(plain):
        for visible, name in _KINDS:
            if visible(actor).filter(number=plain).exists():
                return reverse(name, args=[plain])
        promised = promises_visible_to(actor).filter(number=plain).values_list("committee", flat=True).first()
        if promised:  # it has no page of its own
            return reverse("governance:committee-detail", args=[promised]) + f"#{plain}"
    if _THEIRS.fullmatch(plain):
        found = issues_visible_to(actor).filter(external_number__in={plain, words.strip()})
        numbers = list(found.values_list("number", flat=True)[:2])
        if len(numbers) == 1:
            return reverse("governance:issue-detail", args=numbers)
    return None
