"""Selects written in one go say the same as Django's templates."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core.rendering import Renderer

CHOICES = [
    ("", "---"),
    (1, "一 & 二"),
    ("<b>", "<script>alert('1')</script>"),
    ("x", gettext_lazy("today")),
    ("組", [("a", "A"), ('"', mark_safe("<i>kept</i>"))]),
    (True, False),
]


@pytest.mark.parametrize("value", [None, "", 1, "1", "<b>", '"', "x", ["a", "x"]])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
@pytest.mark.parametrize("attrs", [{}, {"class": 'a"b', "required": True, "hidden": False, "data-n": 3}])
def test_same_html_as_django(widget, value, attrs):
    select = widget(choices=CHOICES, attrs=attrs)
    ours, theirs = (select.render("na<me", value, renderer=renderer()) for renderer in (Renderer, DjangoTemplates))
    assert parse_html(ours) == parse_html(theirs)
