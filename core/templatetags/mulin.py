"""The portal's components as template tags: icon, tag, clock, moment, field, errors, pager, QR code."""

import re
from datetime import datetime
from typing import Any

import segno
from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, FileInput, Form, RadioSelect, Select, Textarea
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import wording

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the sprite; always beside a word, so it is hidden from screen readers."""
    return format_html(
        '<svg class="mu-i" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def tag(label: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """A state: icon and word."""
    return format_html(
        '<span class="mu-tag{}">{}{}</span>', f" mu-tag--{tone}" if tone else "", icon(icon_name) if icon_name else "", label
    )


@register.simple_tag
def moment(at: datetime | None) -> str:
    """A moment as a person says it: 今天 9:05, 6 月 15 日 16:20."""
    return wording.say_moment(at, timezone.now()) if at else ""


@register.simple_tag
def clock(
    due_at: datetime | None, now: datetime | None = None, *, done_at: datetime | None = None, focusable: bool = True
) -> SafeString:
    """A deadline: human words, the exact time on hover and focus."""
    if due_at is None:
        return mark_safe("")  # noqa: S308 - a constant
    now = now or timezone.now()
    tone, words = wording.say_deadline(due_at, now, done_at)
    exact = wording.say_exact(due_at, done_at, now)
    symbol = {"done": "done", "late": "late"}.get(tone, "clock")
    return format_html(
        '<time class="mu-clock{}" datetime="{}"{}>{}{}<span class="mu-clock__at">{}</span></time>',
        f" mu-clock--{tone}" if tone else "",
        due_at.isoformat(timespec="minutes"),
        mark_safe(' tabindex="0"') if focusable else "",  # noqa: S308 - a constant
        icon(symbol),
        words,
        exact,
    )


@register.simple_tag
def clauses(text: Any) -> SafeString:
    """A heading that breaks between clauses, never inside a short one."""
    parts = re.findall(r"[^，。；：？、]+[，。；：？、]?", str(text)) or [str(text)]
    return format_html_join(
        mark_safe("<wbr>"),  # noqa: S308 - a constant
        "{}",
        ((format_html('<span class="mu-nb">{}</span>', p) if len(p) <= 9 else p,) for p in parts),
    )


@register.simple_tag
def qr(text: str, label: str = "") -> SafeString:
    """A QR code drawn in place; it needs no image request and prints sharp."""
    code = segno.make(text, error="m")
    size = code.symbol_size(border=0)[0]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="mu-slip__qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<path fill="currentColor" d="{}"/></svg>',
        size,
        size,
        label or _("QR code"),
        path,
    )


@register.inclusion_tag("core/_field.html")
def field(bound: BoundField, heading: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template flag
    """A form field as the look wants it: label, hint, error, input, all tied together for screen readers."""
    widget = bound.field.widget
    kind = "input"
    if isinstance(widget, RadioSelect):  # includes CheckboxSelectMultiple's parents only when single
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "tick"
    elif getattr(widget, "input_type", "") == "checkbox":
        kind = "choices"
    described = " ".join(
        part
        for part in (f"{bound.id_for_label}-h" if bound.help_text else "", f"{bound.id_for_label}-e" if bound.errors else "")
        if part
    )
    attrs: dict[str, Any] = {"class": _input_class(widget)}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "kind": kind,
        "heading": heading,
        "described": described,
        "control": bound.as_widget(attrs={**widget.attrs, **attrs}) if kind in {"input", "tick"} else "",
    }


def _input_class(widget: Any) -> str:
    own = widget.attrs.get("class", "")
    if isinstance(widget, FileInput):
        base = "mu-file"
    elif isinstance(widget, CheckboxInput):
        base = "mu-tick"
    elif isinstance(widget, Textarea | Select) or hasattr(widget, "input_type"):
        base = "mu-input"
    else:
        base = ""
    return f"{base} {own}".strip()


@register.inclusion_tag("core/_errors.html")
def errors(*forms: Form | None) -> dict[str, Any]:
    """What is wrong with a form, summed up on top, each line leading to its field."""
    lines = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        lines += [("", message) for message in form.non_field_errors()]
        lines += [(bound.id_for_label, message) for bound in form for message in bound.errors]
    count = len(lines)
    title = ngettext("%(count)d thing needs changing", "%(count)d things need changing", count) % {"count": count}
    return {"lines": lines, "title": title}


@register.inclusion_tag("core/_pager.html")
def pager(page: Page, query: QueryDict | dict[str, Any] | str | None = None) -> dict[str, Any]:
    """Pages of a list, keeping the filters of the address."""
    kept = query.copy() if isinstance(query, QueryDict) else QueryDict(mutable=True)
    if isinstance(query, str):
        kept = QueryDict(query, mutable=True)
    elif isinstance(query, dict) and not isinstance(query, QueryDict):
        kept.update({key: value for key, value in query.items() if value not in {None, ""}})
    kept.pop("page", None)
    base = kept.urlencode()
    return {"page": page, "prefix": f"?{base}&page=" if base else "?page=", "gap": getattr(page.paginator, "ELLIPSIS", "…")}


@register.filter
def elided(page: Page) -> Any:
    """Page numbers with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
