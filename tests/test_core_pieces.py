"""Pieces of pages: kept for equal values, never for anything whose equality says too little."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
import time_machine
from django.utils import translation
from django.utils.safestring import mark_safe

from core import pieces
from tests.factories import UserFactory

NOTICES = "core/_notices.html"
FIND = "core/_find.html"


class Row(NamedTuple):
    """A row that carries something it must not carry."""

    number: str
    what: object


@pytest.fixture
def drawn(monkeypatch):
    """The templates that were really written, in their order."""
    seen = []
    render = pieces.render_to_string
    monkeypatch.setattr(pieces, "render_to_string", lambda name, values: seen.append(name) or render(name, values))
    return seen


def test_equal_values_are_drawn_once_and_others_anew(drawn):
    with time_machine.travel(datetime(2026, 6, 10, 9, 0, 5, tzinfo=UTC), tick=False) as clock:
        first = pieces.draw(NOTICES, {"unread": 3})
        assert pieces.draw(NOTICES, {"unread": 3}) == first
        assert len(drawn) == 1
        assert "3<span" in first
        assert "4<span" in pieces.draw(NOTICES, {"unread": 4})
        clock.shift(60)
        assert pieces.draw(NOTICES, {"unread": 3}) == first
        assert len(drawn) == 3


def test_each_language_has_its_own(drawn):
    with time_machine.travel(datetime(2026, 6, 10, 9, 0, 5, tzinfo=UTC), tick=False):
        with translation.override("zh-hans"):
            chinese = pieces.draw(NOTICES, {"unread": 0})
        with translation.override("en"):
            assert pieces.draw(NOTICES, {"unread": 0}) != chinese
    assert len(drawn) == 2


def test_values_are_escaped():
    assert "<b>" not in pieces.draw(FIND, {"words": "<b>路灯"})


@pytest.mark.django_db
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: (value,), lambda value: Row("1", value)])
def test_records_and_markup_are_refused_wherever_they_hide(wrap):
    for value in (UserFactory(), mark_safe("<b>路灯</b>")):
        with pytest.raises(TypeError, match="does not compare by content"):
            pieces.draw(FIND, {"words": wrap(value)})


def test_text_that_looks_like_markup_is_not_taken_for_it():
    assert "<b>" not in pieces.draw(FIND, {"words": "<b>x</b>"})
    with pytest.raises(TypeError):
        pieces.draw(NOTICES, {"unread": mark_safe("<b>x</b>")})
