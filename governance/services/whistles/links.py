"""Links with which a unit without accounts answers: derived from a secret, kept as a digest, good for some days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import require
from core.tokens import digest_of, token_of
from governance.lifecycle.whistles import WHISTLE_LINKED
from governance.models import Call
from governance.policies import whistles as policies
from governance.services.whistles.moves import locked_call, tell, write_line
from neighborhoods.actors import Actor, Role, UnitGrant

LINK_DAYS = 14


def call_token(call: Call) -> str:
    """The token of the link given last."""
    return token_of(f"call:{call.pk}:{call.link_version}")


def call_url(call: Call) -> str:
    """The whole link, as printed on the notice and sent."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('governance:call-link', args=[call_token(call)])}"


def renew_link(call: Call, at: datetime) -> None:
    """A new link; the old one opens nothing from now on. The caller saves the call."""
    call.link_version += 1
    call.link_digest, call.link_expires_at = digest_of(call_token(call)), at + timedelta(days=LINK_DAYS)


@transaction.atomic
def give_link(*, call_id: int, actor: Actor) -> Call:
    """Make a link for a unit."""
    call, at = locked_call(call_id), timezone.now()
    require(policies.can_give_link(actor, call))
    renew_link(call, at)
    call.save()
    write_line(call.whistle, WHISTLE_LINKED, actor, at, call=call)
    tell(WHISTLE_LINKED, call.whistle, actor, call)
    return call


def link_is_alive(call: Call, at: datetime) -> bool:
    """Whether the link given last still opens something."""
    return bool(call.link_digest) and call.link_expires_at is not None and at < call.link_expires_at and call.is_live


def actor_of_link(call: Call) -> Actor:
    """Whoever holds the link speaks for the unit, and only about this call."""
    grant = UnitGrant(role=Role.UNIT_CLERK, unit_id=call.unit_id)
    return Actor(user_id=None, label=call.unit.short_name, units=frozenset({grant}))
