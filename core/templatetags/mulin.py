"""Everything templates say in the look of the portal. Built in: no {% load %} needed (docs/frontend.md)."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import segno
from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import pieces, wording
from core.rendering import escaped
from core.templatetags import fields

register = template.Library()

# The icon that stands for a tone when a tag names none: colour never speaks alone.
TONE_ICONS = {"": "info", "run": "run", "done": "done", "soon": "wait", "late": "late"}
LEVELS = {"success": "done", "warning": "soon", "error": "late"}
QUIET_ZONE = 4  # modules of white a reader needs around a QR code (ISO/IEC 18004)
LONGEST_CLAUSE = 9
CLAUSE = re.compile(r"[^，。、；：？！,;:?!]+[，。、；：？！,;:?!]*”?|.+")


# ---- pieces of pages ----
@register.simple_tag
def piece(template_name: str, **values: Any) -> SafeString:
    """`{% piece "core/_find.html" words=words %}`: an include with these values only, drawn once for the same values.

    The values compare by content (numbers, texts, times, tuples of them; never a record) and are all the piece shows.
    """
    return pieces.draw(template_name, values)


# ---- forms ----
@register.simple_tag
def once() -> SafeString:
    """`{% once %}` beside the CSRF token: the form has a name of its own, by which `core.htmx.sent_before` knows it."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4().hex)


# ---- files of the portal ----
@register.simple_tag
def asset(path: str) -> str:
    """`{% asset "css/tokens.css" %}`: like {% static %}, but a page for a broken portal must not break on it."""
    try:
        return static(path)
    except ValueError:  # the manifest is missing or older than the templates
        return f"{settings.STATIC_URL}{path}"


# ---- words with an icon ----
@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "lamp" %}`: a symbol of static/icons.svg, always beside a word."""
    return _drawn(asset("icons.svg"), name)


@lru_cache(maxsize=500)
def _drawn(sheet: str, name: str) -> SafeString:
    return format_html('<svg class="mu-i" aria-hidden="true"><use href="{}#i-{}"/></svg>', sheet, name)


@register.simple_tag
def tag(label: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """`{% tag label tone icon %}`: the state of a case. Tone is run, done, soon, late or nothing."""
    drawn = _drawn(asset("icons.svg"), icon_name or TONE_ICONS.get(tone, "info"))
    modifier = f" mu-tag--{tone}" if tone else ""
    return mark_safe(f'<span class="mu-tag{modifier}">{drawn}{escaped(label)}</span>')  # noqa: S308 - escaped


@register.simple_tag
def note(text: Any, tone: str = "") -> SafeString:
    """`{% note text tone %}`: said in passing. Also takes the levels of Django's messages."""
    shown = LEVELS.get(tone, tone)
    return format_html(
        '<div class="mu-note{} mu-gap-b" role="status">{}<p>{}</p></div>',
        f" mu-note--{shown}" if shown in {"done", "soon", "late"} else "",
        icon(TONE_ICONS.get(shown, "info")),
        text,
    )


@register.simple_tag(name="comma")
def comma_tag() -> str:
    """`{% comma %}`: between two things in a line."""
    return wording.comma()


@register.simple_tag(name="gap")
def gap_tag() -> str:
    """`{% gap %}`: between two sentences in a line."""
    return wording.gap()


# ---- time ----
@register.simple_tag
def clock(
    due_at: datetime | None,
    now: datetime | None = None,
    *,
    done_at: datetime | None = None,
    tone: str | None = None,
    in_row: bool = False,
) -> SafeString | str:
    """`{% clock due_at now done_at=... %}`: the deadline in words, the exact time on hover, focus or in elder mode.

    `in_row=True` inside a table or list row that shows the time when the row has the focus; `tone` overrides.
    """
    if due_at is None:
        return ""
    face = wording.clock_face(due_at, now or timezone.now(), done_at)
    shown = face.tone if tone is None else tone
    modifier = f" mu-clock--{shown}" if shown else ""
    focus = "" if in_row else ' tabindex="0"'
    exact = f'<span class="mu-clock__at">{escaped(wording.in_one_piece(face.exact))}</span>'
    drawn = f"{icon(face.icon)}{escaped(wording.in_one_piece(face.words))}{exact}"
    stamp = timezone.localtime(done_at or due_at).isoformat(timespec="minutes")
    return mark_safe(f'<time class="mu-clock{modifier}" datetime="{stamp}"{focus}>{drawn}</time>')  # noqa: S308 - escaped


@register.simple_tag(name="moment")
def moment_tag(at: datetime | None, now: datetime | None = None, *, weekday: bool = False) -> SafeString | str:
    """`{% moment at %}`: a `<time>` with 今天 9:05 or 6 月 15 日 16:20."""
    if at is None:
        return ""
    stamp = timezone.localtime(at).isoformat(timespec="minutes")
    words = wording.in_one_piece(wording.say_moment(at, now, weekday=weekday))
    return format_html('<time datetime="{}">{}</time>', stamp, words)


@register.filter(name="moment")
def moment_filter(at: datetime | None) -> str:
    """`{{ at|moment }}`: the words alone, for use inside a sentence."""
    return wording.in_one_piece(wording.say_moment(at)) if at else ""


@register.filter
def day(on: date | None, style: str = "") -> str:
    """`{{ on|day }}` gives 6 月 18 日, `{{ on|day:"weekday" }}` 6 月 18 日（周四）."""
    return wording.in_one_piece(wording.say_day(on, weekday=style == "weekday")) if on else ""


# ---- headings ----
@register.simple_tag
def clauses(text: Any) -> SafeString:
    """`{% clauses text %}`: a heading that breaks between clauses. Takes a sentence, or a list of ready clauses."""
    parts = [str(p) for p in text] if isinstance(text, list | tuple) else CLAUSE.findall(str(text))
    pieces: list[str] = []
    for index, part in enumerate(parts):
        if index:
            # Latin words are parted by a space, Chinese clauses by nothing
            pieces.append(" " if parts[index - 1].rstrip()[-1:].isascii() or part.startswith(" ") else "<wbr>")
        pieces.append(_clause(part.strip()))
    return mark_safe("".join(pieces))  # noqa: S308 - each clause was escaped by _clause


def _clause(part: str) -> str:
    if len(part.rstrip("，。、；：？！")) > LONGEST_CLAUSE or part.isascii():
        return conditional_escape(part)
    return format_html('<span class="mu-nb">{}</span>', part)


# ---- forms ----
@register.inclusion_tag("core/_field.html")
def field(
    bound: BoundField, *, heading: bool = False, caption: Any = "", note: Any = "", low: bool = False
) -> dict[str, Any]:
    """`{% field form.text %}`: label, hint, error and input.

    `heading=True` makes the label the h1 of a one-question page, `caption` stands small above it, `note` below the
    input, `low=True` gives a text area for a few words.
    """
    return {**fields.dressed(bound, low=low), "heading": heading, "caption": caption, "note": note}


@register.inclusion_tag("core/_errors.html")
def errors(*forms: BaseForm) -> dict[str, Any]:
    """`{% errors form %}`: the summary first in main; it takes the focus and links to each field."""
    found = [problem for form in forms for problem in fields.problems(form)]
    return {"problems": found, "count": len(found)}


@register.simple_tag
def error_prefix(*forms: BaseForm) -> str:
    """`{% error_prefix form %}` first in the title block: who only hears the title learns that something is wrong."""
    return pgettext("page title", "Error: ") if any(form is not None and form.errors for form in forms) else ""


# ---- lists ----
@register.inclusion_tag("core/_pager.html", takes_context=True)
def pager(
    context: Context, page: Page, query: QueryDict | str | None = None, *, param: str = "page", target: str = ""
) -> dict[str, Any]:
    """`{% pager page %}`: pages, keeping the rest of the address. With `target` htmx swaps only that element.

    `query` replaces the query of the address, where a list drops empty filters.
    """
    request = context.get("request")
    kept = QueryDict(query) if isinstance(query, str) else query or (request.GET if request else QueryDict())
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "target": target,
        "links": [(n, _address(kept, param, n) if isinstance(n, int) else "") for n in numbers],
        "previous": _address(kept, param, page.number - 1) if page.has_previous() else "",
        "following": _address(kept, param, page.number + 1) if page.has_next() else "",
    }


def _address(query: QueryDict, param: str, number: int) -> str:
    changed = query.copy()
    changed[param] = str(number)
    return f"?{changed.urlencode()}"


# ---- paper ----
@register.simple_tag
def qr(text: str, label: Any = "") -> SafeString:
    """`{% qr text %}`: a QR code as inline SVG; `label` says to a screen reader where it leads."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = len(rows) + 2 * QUIET_ZONE
    path = "".join(f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z" for y, run in _runs(rows))
    return format_html(
        '<svg class="mu-slip__qr" viewBox="-{z} -{z} {size} {size}" role="img" aria-label="{label}" '
        'shape-rendering="crispEdges"><path fill="currentColor" d="{path}"/></svg>',
        z=QUIET_ZONE,
        size=size,
        label=label or _("QR code"),
        path=path,
    )


def _runs(rows: Sequence[bytes]) -> Iterable[tuple[int, re.Match[bytes]]]:
    """The dark stretches of each row."""
    for y, row in enumerate(rows):
        for run in re.finditer(rb"\x01+", row):
            yield y, run


# ---- the portal itself ----
@register.simple_tag
def service(what: str) -> str:
    """`{% service "phone" %}`, `{% service "name" %}`: needs no request, so the page for a broken portal has it too."""
    return {"phone": settings.SERVICE_PHONE, "name": settings.SERVICE_NAME}[what]


@register.filter
def tel(number: str) -> str:
    """`{{ number|tel }}`: a number as it stands in a tel: link."""
    return re.sub(r"[^\d+*#-]", "", str(number))


@register.simple_tag
def lines(text: str) -> SafeString:
    """`{% lines text %}`: what a person typed, in paragraphs, escaped."""
    return format_html_join("", "<p>{}</p>", ((part,) for part in re.split(r"\s*\n\s*", str(text).strip()) if part))
