"""Form widgets as Django writes them, except that a select is written in one go.

Django includes a template for every option; a filter over forty categories and a hundred places then costs more than
the list below it (docs/performance.md).
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """The renderer of all forms (settings.FORM_RENDERER)."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = "\n".join(_group(name, options) for name, options, _index in widget["optgroups"])
    attributes = flatatt(widget["attrs"])
    return mark_safe(f'<select name="{escaped(widget["name"])}"{attributes}>\n{groups}\n</select>')  # noqa: S308 - escaped


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    inside = "\n".join(map(_option, options))
    return f'<optgroup label="{escaped(name)}">\n{inside}\n</optgroup>' if name else inside


def _option(option: dict[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    return f'<option value="{escaped(option["value"])}"{attributes}>{escaped(option["label"])}</option>'


def escaped(value: Any) -> str:
    """Text for HTML, unless it is markup already; without Django's detour over lazy strings, which costs as much."""
    text = str(value)
    return text if hasattr(text, "__html__") else escape(text)
