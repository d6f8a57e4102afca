"""The administration speaks Chinese, also where a package does not."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.utils import translation

from core import labels

CHINESE = re.compile("[\u4e00-\u9fff]")
KNOWN = {"ID", "IP"}


def shown_fields(model, model_admin) -> list[str]:
    """What lists and pages of a model show of its own fields."""
    names = [*model_admin.list_display, *(model_admin.fields or ())]
    if not model_admin.fields:
        names += [field.name for field in model._meta.fields if field.editable and not field.auto_created]
    found = []
    for name in names:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        found.append(name)
    return found


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=lambda model: model._meta.label)
def test_every_field_has_a_chinese_name(model):
    model_admin = admin.site._registry[model]
    with translation.override("zh-hans"):
        assert CHINESE.search(str(model._meta.verbose_name_plural))
        named = {name: str(label_for_field(name, model, model_admin)) for name in shown_fields(model, model_admin)}
    assert {name: words for name, words in named.items() if not CHINESE.search(words) and words not in KNOWN} == {}


def test_heads_of_the_side_table_have_chinese_words():
    with translation.override("zh-hans"):
        assert all(CHINESE.search(translation.gettext(words)) for words in labels.HEARD)
