"""Pieces of a page that are drawn once for the same values (`{% piece %}`, docs/frontend.md).

A list shows rows that hardly ever change; writing them costs far more than reading them. What a piece shows is handed
to it in values that compare by content, so a kept piece cannot be out of date: another value is another piece.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import get_language

from core.reference import when_forgetting

MOST = 4_000  # of one to four kilobytes each, so at most 16 MB a process; the least used go first


def draw(template_name: str, values: Mapping[str, Any]) -> SafeString:
    """The template with these values and nothing else; drawn anew in another language and in the next minute."""
    minute = int(timezone.now().timestamp() // 60)  # deadlines are told in minutes
    return _drawn(template_name, tuple(values.items()), get_language(), minute)


@lru_cache(maxsize=MOST)
def _drawn(template_name: str, values: tuple[tuple[str, Any], ...], _language: str | None, _minute: int) -> SafeString:
    for name, value in values:
        _check(name, value)
    return mark_safe(render_to_string(template_name, dict(values)))  # noqa: S308 - the template escapes


def _check(name: str, value: Any) -> None:
    """Refuse values whose equality says too little.

    Two records are equal when their ids are, whatever else changed; markup equals the text that looks like it.
    """
    if isinstance(value, tuple):
        for part in value:
            _check(name, part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _check(name, getattr(value, field.name))
    elif isinstance(value, Model | SafeData):
        raise TypeError(f"a piece cannot be kept by {name}: {type(value).__name__} does not compare by content")


when_forgetting(_drawn.cache_clear)
