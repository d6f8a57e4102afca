"""What a program, a curious person or a broken browser sends, and reading the forms it is sent into."""

import inspect
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.urls import URLPattern

BIG = 10**20
MARKUP = "\"'><script>mulin(1)</script>"
NUL, STRANGE = "a\x00b", "🔥👩‍🚒𠮷\u202eabc\u200f\ufeff"
CODE = "1' OR '1'='1'; DROP TABLE governance_issue; --{{ settings.SECRET_KEY }}{% debug %}%s%(x)s{0}"
MIXED = f"{CODE} {STRANGE} {MARKUP}"  # what a program tries, what a phone writes, what a page must not give back
LONG = "长" * 350_000  # a megabyte

# As they stand in an address, already quoted where they must be.
IN_PATHS = [
    "-1", str(BIG), "1e9", "..%2F..%2Fetc%2Fpasswd", "..", "%00", "%2500", "%F0%9F%94%A5%E2%80%AE", "%ff%fe",
    "%ED%A0%BD", "%27%20OR%201%3D1%20--", "%3Cscript%3Emulin(1)%3C%2Fscript%3E", "%0d%0aSet-Cookie:x", "a" * 5000,
    "１２", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
IN_QUERIES = ["", "-1", str(BIG), "²", NUL, MIXED + "长" * 5000, "2026-02-30", "//evil.example"]
IN_ONE_QUERY = [str(BIG), MIXED]
IN_FIELDS = ["²", str(BIG), NUL, MIXED, LONG]
# One field alone, the others in order: what gets past the form and reaches the rules. Markup comes back from there.
IN_ONE_TEXT = [NUL, MIXED]
IN_ONE_CHOICE = ["-1", str(BIG), NUL]  # of what is chosen, counted or dated
# For whoever meets the same code with other rights.
FEW_IN_PATHS = [str(BIG), "%00", "%3Cscript%3Emulin(1)%3C%2Fscript%3E"]
FEW = [str(BIG), NUL]

_IN_ADDRESS = re.compile(r"""GET(?:\.get\(|\.getlist\(|\[)"(\w+)"|"(\w+)" (?:not )?in request\.GET""")
_IN_FORM = re.compile(r"""(?:POST|data)(?:\.get\(|\.getlist\(|\[)"(\w+)"()""")


@dataclass
class FormSeen:
    """One form of a page: where it is sent, and what a person who changes nothing would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)  # those for free words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[FormSeen] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.seen.append(FormSeen(said.get("action", ""), said.get("method", "get").lower()))
        name = said.get("name", "")
        if tag == "select":
            self._select = name
        if not self.seen:
            return
        fields = self.seen[-1].fields
        if tag == "option" and self._select and not fields.get(self._select):
            fields[self._select] = said.get("value", "")
        elif name and tag in {"input", "textarea", "button", "select"} and said.get("type") != "file":
            fields[name] = fields.get(name) or said.get("value", "") or ("文字" if tag != "select" else "")
            if tag == "textarea" or (tag == "input" and said.get("type", "text") in {"text", "search"}):
                self.seen[-1].texts.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_in(page: str) -> list[FormSeen]:
    reader = _Reader()
    reader.feed(page)
    return reader.seen


def names_read_by(entry: URLPattern) -> tuple[set[str], set[str]]:
    """Parameters of the address and fields that the view's module reads, with those of the forms it knows."""
    module = inspect.getmodule(inspect.unwrap(entry.callback)) or sys.modules[entry.callback.__module__]
    known = [value for value in vars(module).values() if _is_form(value)]
    in_address = _names(_IN_ADDRESS, module)
    in_form = _names(_IN_FORM, module)
    for form in known:
        is_filter = "Filter" in form.__name__
        (in_address if is_filter else in_form).update(form.base_fields)
        if is_filter:
            in_address |= _names(_IN_FORM, inspect.getmodule(form))
    return in_address, in_address | in_form


def _names(pattern: re.Pattern[str], module: Any) -> set[str]:
    return {name for found in pattern.findall(inspect.getsource(module)) for name in found if name}


def _is_form(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, forms.BaseForm) and hasattr(value, "base_fields")
