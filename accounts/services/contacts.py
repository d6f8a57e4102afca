"""Whose a phone number or address is: proved by a code, or vouched for by an office."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.lifecycle import ACCOUNT_CONTACT_RELEASED
from accounts.models import User
from core import events
from core.errors import RuleError
from core.events import ActorLike


def is_proved(*, user: User, phone: str = "", email: str = "") -> bool:
    """Whether this contact is certainly the person's: a code went there, or an office that knows them typed it in."""
    if phone:
        return user.phone_verified
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


@transaction.atomic
def forget_strangers_ways_in(user: User) -> None:
    """Whoever proves a contact by signing in with a code may not be whoever opened the account.

    The password and the second step of whoever did are gone, and with the password their sessions.
    """
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])


@transaction.atomic
def release_contact(*, user: User, actor: ActorLike) -> None:
    """Take contacts away that an account never proved. One that is left without any is closed.

    Never of people who run the portal: whoever appoints them would shut them out.
    """
    if user.is_superuser or user.is_staff:
        raise RuleError(_("This contact belongs to somebody who runs the portal. Ask an owner of the portal."))
    if not user.phone_verified:
        user.phone = None
    proved = EmailAddress.objects.filter(user=user, verified=True)
    if user.email and not proved.filter(email__iexact=user.email).exists():
        EmailAddress.objects.filter(user=user, verified=False).delete()
        user.email = None
    if not user.phone and not user.email:
        user.email = f"released-{user.pk}@invalid.invalid"  # the database wants one
        user.is_active = False
        user.set_unusable_password()
    user.save(update_fields=["phone", "email", "is_active", "password"])
    events.record(ACCOUNT_CONTACT_RELEASED, actor=actor, subject=user)
