"""What administrators do to accounts."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.lifecycle import ACCOUNT_DISABLED, ACCOUNT_ENABLED, ACCOUNT_OPENED, SECOND_STEP_REMOVED
from accounts.models import User
from core import events
from core.errors import RuleError
from core.events import ActorLike


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def _require_other(user: User, actor: ActorLike) -> None:
    if user.pk == actor.user_id:
        raise RuleError(_("Nobody does this to their own account. Ask another administrator."))


@transaction.atomic
def open_account(*, actor: ActorLike, name: str, phone: str, email: str, is_staff: bool) -> User:
    """A new account without a password: its person signs in with a code and sets one, so nobody else ever knows it."""
    if not phone and not email:
        raise RuleError(_("Give a mobile number or an e-mail address: without one nobody can sign in."), field="phone")
    user = User.objects.create_user(name=name, phone=phone, email=email, is_staff=is_staff)
    events.record(ACCOUNT_OPENED, actor=actor, subject=user)
    return user


@transaction.atomic
def vouch_for_address(*, user: User) -> None:
    """An administrator corrected the address: the new one signs in, and the mailbox of the former one no more."""
    EmailAddress.objects.filter(user=user).delete()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@transaction.atomic
def disable_account(*, actor: ActorLike, user_id: int) -> User:
    """Whoever leaves is signed out at once and cannot sign in again. What they did stays theirs."""
    user = _locked(user_id)
    _require_other(user, actor)
    if not user.is_active:
        raise RuleError(_("This account is disabled already."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    events.record(ACCOUNT_DISABLED, actor=actor, subject=user)
    return user


@transaction.atomic
def enable_account(*, actor: ActorLike, user_id: int) -> User:
    """Somebody came back."""
    user = _locked(user_id)
    if user.is_active:
        raise RuleError(_("This account is in use already."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    events.record(ACCOUNT_ENABLED, actor=actor, subject=user)
    return user


@transaction.atomic
def remove_second_step(*, actor: ActorLike, user_id: int) -> User:
    """A phone was lost. The way back in is the password or a code; the second step is set up anew."""
    user = _locked(user_id)
    _require_other(user, actor)
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise RuleError(_("This account has no second step."))
    events.record(SECOND_STEP_REMOVED, actor=actor, subject=user)
    return user
