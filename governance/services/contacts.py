"""Contacts: kept encrypted, found by a keyed hash, shown in clear only with a reason that is logged."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.tokens import digits_of, keyed_hash
from governance import policies
from governance.lifecycle import CONTACT_REVEALED
from governance.models import Contact, Disclosure
from governance.services.moves import locked_issue, person, tell
from neighborhoods.actors import Actor


def build_contact(*, name: str, phone: str, door: str = "") -> Contact | None:
    """An unsaved contact; none when nothing was given."""
    name, phone, door = name.strip(), phone.strip(), door.strip()
    if not (name or phone or door):
        return None
    digits = digits_of(phone)
    return Contact(
        name=name,
        phone=digits,
        door=door,
        phone_hash=keyed_hash("phone", digits),
        tail_hash=keyed_hash("tail", digits[-4:]) if len(digits) >= 4 else "",
    )


def create_contact(*, name: str, phone: str, door: str = "") -> Contact | None:
    """Store a contact; nothing is stored when nothing was given."""
    contact = build_contact(name=name, phone=phone, door=door)
    if contact:
        contact.save()
    return contact


def empty_contacts(contacts: QuerySet[Contact], *, at: datetime) -> int:
    """Name, phone and door are gone for good; the rows stay, because disclosures point at them."""
    return contacts.update(
        name=None,
        phone=None,
        door=None,
        phone_hash="",
        tail_hash="",
        erased_at=at,
        hidden_at=Coalesce(F("hidden_at"), at),
    )


@transaction.atomic
def reveal_contact(*, issue_id: int, actor: Actor, reason: str) -> Contact:
    """Whoever works on an issue may see how to reach the resident, after saying why; the resident can read that."""
    issue = locked_issue(issue_id)
    require(policies.can_reveal_contact(actor, issue))
    if issue.contact is None or issue.contact.hidden_at or issue.contact.erased_at:
        raise RuleError(_("The contact is no longer kept."))
    if len(reason.strip()) < 2:
        raise RuleError(_("Say in a few words why you need it."), field="reason")
    Disclosure.objects.create(
        contact=issue.contact, issue=issue, by_id=person(actor), by_label=actor.label, reason=reason.strip()[:200]
    )
    tell(CONTACT_REVEALED, issue, actor, at=timezone.now().isoformat())
    return issue.contact
