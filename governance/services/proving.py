"""Who looks a case up by its number proves with a code to the phone left with it that they may speak for it.

Number and last four digits are known to more people than whoever asked: a neighbour may have read both. They open the
page to read; the private link, with which one answers or takes a case back, is given to whoever holds the phone.
Counted in the database: the limits hold while the cache is away (docs/security.md).
"""

import hmac
import logging
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sms
from core.errors import RuleError
from core.tokens import keyed_hash
from governance.models import Contact, ContactCode, Issue

logger = logging.getLogger(__name__)

CODE_MINUTES = 10
CODES_PER_HOUR = 3
TRIES = 5


def send_code(issue: Issue) -> None:
    """Text a code of six digits to the phone of the case.

    Raises `RuleError` when there is no phone (any more), when three codes went out within the hour, or when no
    provider took the message.
    """
    phone, code = _new_code(issue)
    text = _("%(code)s is your code for case %(number)s, good for %(minutes)d minutes. Give it to nobody.")
    try:
        sms.send(phone=phone, text=text % {"code": code, "number": issue.number, "minutes": CODE_MINUTES})
    except Exception as error:  # whatever a provider raises
        logger.exception("a code for case %s could not be sent", issue.number)
        raise RuleError(
            _("The text message could not be sent. Please open the private link on your receipt, or call.")
        ) from error


@transaction.atomic
def _new_code(issue: Issue) -> tuple[str, str]:
    """A stored code and where it goes. The contact is locked, so that two requests do not send a fourth one."""
    contact = _locked(issue)
    if contact is None or not contact.phone:
        raise RuleError(_("No phone is kept with this case. Please open the private link on your receipt, or call."))
    at = timezone.now()
    if contact.codes.filter(sent_at__gt=at - timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise RuleError(_("Three codes were sent within the last hour. Please use the newest one, or try again later."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    ContactCode.objects.create(contact=contact, code_hash=_hash(contact, code), sent_at=at)
    return contact.phone, code


@transaction.atomic
def is_right_code(issue: Issue, code: str) -> bool:
    """Whether this is the newest code sent to the phone of the case: good for ten minutes, five tries and one use."""
    contact = _locked(issue)
    newest = contact.codes.last() if contact else None
    at = timezone.now()
    if contact is None or newest is None or newest.used_at or newest.sent_at <= at - timedelta(minutes=CODE_MINUTES):
        return False
    if newest.tries >= TRIES:
        return False
    newest.tries += 1
    if hmac.compare_digest(newest.code_hash, _hash(contact, code)):
        newest.used_at = at
    newest.save(update_fields=["tries", "used_at"])
    return newest.used_at is not None


def _locked(issue: Issue) -> Contact | None:
    return Contact.objects.select_for_update().filter(pk=issue.contact_id or 0, hidden_at=None).first()


def _hash(contact: Contact, code: str) -> str:
    return keyed_hash("code", f"{contact.pk}:{code}")
