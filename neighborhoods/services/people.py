"""Finding the account behind a phone number or address, or making one for somebody who gets a post."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.contacts import is_proved, release_contact
from core import events
from core.errors import RuleError, require
from neighborhoods.actors import LOCAL_KEEPERS, Actor, Role
from neighborhoods.lifecycle import ACCOUNT_INVITED
from neighborhoods.policies import is_admin
from neighborhoods.services.district_file.people import phone_of


@transaction.atomic
def find_or_invite(*, actor: Actor, contact: str, name: str) -> User:
    """Whoever appoints names a person by mobile number or e-mail; an unknown one gets an account without a password.

    Anybody can open an account with somebody else's number and wait for a post to come. So an account that never proved
    the contact and has a password of its own loses it, and the person gets a new one.
    """
    require(is_admin(actor) or bool(actor.roles & {*LOCAL_KEEPERS, Role.UNIT_LEAD}))
    phone, email = phone_of(contact), contact.strip() if "@" in contact else ""
    if not phone and not email:
        raise RuleError(_("Write a mobile number of 11 digits, or an e-mail address."), field="contact")
    known = User.objects.filter(phone=phone) if phone else User.objects.filter(email__iexact=email)
    user = known.select_for_update().first()
    if user and is_proved(user=user, phone=phone, email=email):
        return user
    if not name.strip():
        raise RuleError(_("Nobody has an account with this contact yet. Write the name to make one."), field="name")
    if user:
        release_contact(user=user, actor=actor)
    user = User.objects.create_user(name=name.strip()[:60], phone=phone or None, email=email or None)
    events.record(ACCOUNT_INVITED, actor=actor, subject=user)
    return user
