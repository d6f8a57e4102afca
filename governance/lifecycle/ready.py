"""Ready answers: for which steps there are any, and the names that may stand in braces in them.

Names are looked up in a list, never followed into an object: a text an office keeps can only say what is listed here.
"""

import re
from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadyStep(models.TextChoices):
    """The steps in which a clerk may start from a ready text; the values are the verbs of the desk."""

    REPLY = "reply", _("Write the reply")
    RETURN = "return", _("Send it back")
    REFUSE = "refuse", _("Do not accept")
    ASK = "ask", _("Ask the resident")
    EXPLAIN = "explain", _("Close with an explanation")
    EXTEND = "extend", _("Ask for more time")
    PAUSE = "pause", _("Ask for a pause")
    PARK = "park", _("Set it aside")
    DISMISS = "dismiss", _("Propose to dismiss it")


# What may stand in braces, as an office writes it, and what it means.
PLACEHOLDERS = {"编号": "number", "地点": "place", "类别": "category", "办理单位": "holder"}
_BRACES = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and means nothing."""
    return [name for name in _BRACES.findall(text) if name not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; what is not in the list stays as it is written."""
    return _BRACES.sub(lambda found: values.get(PLACEHOLDERS.get(found[1], ""), found[0]), text)
