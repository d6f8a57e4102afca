"""The first run: whoever reads the set-up code from the start of an empty portal becomes its administrator."""

import base64
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.database import LOCK_SETUP, lock_for_transaction
from core.errors import RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.lifecycle import PORTAL_SET_UP
from neighborhoods.models import Post, Title
from neighborhoods.selectors.setup import is_new_portal

ADMIN_TITLE = "system_admin"


@dataclass(frozen=True)
class FirstAccount:
    """Who the first administrator is."""

    name: str
    email: str
    phone: str
    password: str


def set_up_code() -> str:
    """Printed when an empty portal starts (`7KQ2-M9XD-4TRP`): an open address alone makes nobody its owner."""
    signs = base64.b32encode(hmac.digest(settings.SECRET_KEY.encode(), b"set-up", "sha256")).decode()[:12]
    return "-".join(signs[at : at + 4] for at in (0, 4, 8))


def is_set_up_code(typed: str) -> bool:
    """Read from a log and typed by hand: capitals, hyphens and spaces do not matter."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(plain.encode(), set_up_code().replace("-", "").encode())


@transaction.atomic
def set_up_portal(*, account: FirstAccount) -> User:
    """Without signing in, while there is no administrator. Two at once: the lock lets one through."""
    lock_for_transaction(LOCK_SETUP)
    if not is_new_portal():
        raise RuleError(_("This portal has been set up already. Sign in instead."))
    user = User.objects.create_user(
        name=account.name,
        email=account.email or None,
        phone=account.phone or None,
        password=account.password,
        is_staff=True,
        is_superuser=True,
    )
    title = Title.objects.get(code=ADMIN_TITLE)
    Post.objects.create(user=user, title=title, starts_on=timezone.localdate())
    events.record(PORTAL_SET_UP, actor=SYSTEM, subject=user)
    return user
