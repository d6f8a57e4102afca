"""Form widgets as Django writes them, except that a select is written in one go.

Django includes a template for every option; a filter over forty categories and a hundred places then costs more than
the list below it (docs/performance.md).
"""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """The renderer of all forms (settings.FORM_RENDERER)."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = [(name, _options(options)) for name, options, _index in widget["optgroups"]]
    inside = mark_safe("\n".join(_group(name, options) for name, options in groups))  # noqa: S308 - both are escaped
    return format_html('<select name="{}"{}>\n{}\n</select>', widget["name"], flatatt(widget["attrs"]), inside)


def _group(name: str | None, options: SafeString) -> SafeString:
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', name, options) if name else options


def _options(options: list[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((str(o["value"]), flatatt(o["attrs"]), o["label"]) for o in options),
    )
