"""A case in a row of a list: its state, its clock, its address. Lists are long, so these are tags and not includes."""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags import mulin
from governance.lifecycle import Urgency
from governance.models import Issue
from governance.selectors.places import place_of
from governance.selectors.rows import IssueRow
from governance.selectors.wording import plain_state
from neighborhoods.models import AreaStamped

register = template.Library()


@register.simple_tag
def state_tag(issue: Issue | IssueRow) -> SafeString:
    """`{% state_tag row %}`: the state; danger to life stands before it."""
    if issue.urgency == Urgency.CRITICAL and issue.is_open:
        return mulin.tag(_("critical"), "late", "late")
    return mulin.tag(issue.state_label, issue.look.tone, issue.look.icon)


@register.simple_tag
def plain_tag(issue: Issue) -> SafeString:
    """`{% plain_tag issue %}`: the state for neighbours, in words no office needs to explain."""
    return mulin.tag(plain_state(issue.state), issue.look.tone, issue.look.icon)


@register.filter
def plain(issue: Issue) -> str:
    """`{{ issue|plain }}`: the same words inside a sentence."""
    return plain_state(issue.state)


@register.simple_tag
def due(issue: Issue | IssueRow) -> SafeString | str:
    """`{% due row %}`: the running clock, or when the case was closed."""
    if issue.due_at:
        return mulin.clock(issue.due_at, in_row=True)
    if issue.closed_at:
        closed = mulin.moment_tag(issue.closed_at)
        return format_html('<span class="mu-small mu-dim">{} {}</span>', _("closed"), closed)
    return format_html('<span class="mu-small mu-dim">{}</span>', _("no running clock"))


@register.filter
def whereabouts(thing: AreaStamped) -> str:
    """`{{ task|whereabouts }}`: a building alone says nothing, there are many with its number."""
    return place_of(thing)


@register.filter
@lru_cache(maxsize=5000)
def case_url(number: str, name: str = "governance:issue-detail") -> str:
    """`{{ issue.number|case_url }}`, `{{ issue.number|case_url:step.url_name }}`: the page of a case, or of a step."""
    return reverse(name, args=[number])
