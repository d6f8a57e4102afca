"""Keys of systems that pass requests on: issued once in clear, kept as a digest, revoked for good."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from core import events
from governance.lifecycle.hotline import HOTLINE_KEY_ISSUED, HOTLINE_KEY_REVOKED
from governance.models import HotlineToken
from governance.selectors.hotline import live_token
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.models import Area


def digest_of_key(key: str) -> str:
    """What is kept of a key. It is long and random, so a plain digest is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def issue_token(*, actor: Actor, name: str, street: Area | None = None) -> tuple[HotlineToken, str]:
    """A new key and its clear text, which is shown once and stored nowhere."""
    key = f"mulin_{secrets.token_urlsafe(32)}"
    token = HotlineToken.objects.create(
        name=name, street=street, digest=digest_of_key(key), start=key[:8], issued_by_label=actor.label
    )
    events.record(HOTLINE_KEY_ISSUED, actor=actor, subject=token, system=name)
    return token, key


@transaction.atomic
def revoke_token(*, token_id: int, actor: Actor) -> HotlineToken:
    """From now on nobody comes in with it; once is enough."""
    token = HotlineToken.objects.select_for_update(of=("self",)).get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        events.record(HOTLINE_KEY_REVOKED, actor=actor, subject=token, system=token.name)
    return token


def token_of(key: str) -> HotlineToken | None:
    """The live key somebody shows; notes that it was used, once a minute at most."""
    token = live_token(digest_of_key(key)) if key else None
    now = timezone.now()
    if token and (token.used_at is None or (now - token.used_at).total_seconds() > 60):
        HotlineToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def actor_of(token: HotlineToken) -> Actor:
    """What a system may do: take in requests in its street, or in the district."""
    if token.street_id:
        grant = Grant(Role.STREET_DISPATCHER, Level.STREET, token.street_id)
    else:
        grant = Grant(Role.DISTRICT_DUTY, Level.DISTRICT, 0)
    return Actor(user_id=None, label=f"{token.name}", grants=frozenset({grant}))
