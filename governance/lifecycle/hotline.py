"""Who passes requests on to us, each with numbers of its own."""

import unicodedata

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExternalChannel(models.TextChoices):
    """Where a request was taken in first. Its number there and this are unique together."""

    HOTLINE = "12345", _("hotline 12345")
    CITY = "city", _("digital city management")
    MAILBOX = "mailbox", _("mailbox of the mayor or the district")
    PEOPLE = "people", _("message board for leaders")
    PETITION = "petition", _("petition office")
    OTHER = "other", _("another office")


HOTLINE_KEY_ISSUED = "hotline.key_issued"
HOTLINE_KEY_REVOKED = "hotline.key_revoked"
HOTLINE_LOADED = "hotline.loaded"
HOTLINE_EVENTS = frozenset({HOTLINE_KEY_ISSUED, HOTLINE_KEY_REVOKED, HOTLINE_LOADED})


def plain_number(typed: str) -> str:
    """A number as it is kept, so that １２３ of a system and 123 of a table are the same slip (docs/hotline.md)."""
    return unicodedata.normalize("NFKC", typed).strip()
