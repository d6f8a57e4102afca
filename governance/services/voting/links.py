"""Personal links to vote: derived from a secret, so the database never holds one; they end with the list."""

from django.conf import settings
from django.urls import reverse

from core.tokens import token_of
from governance.models import Entitled


def vote_token(entitled: Entitled) -> str:
    """The token of the personal link, `7KQ2-M9XD-4TRP`: 60 bits of an HMAC over the entry and its version."""
    return token_of(f"vote:{entitled.list_id}:{entitled.pk}:{entitled.token_version}")


def vote_path(entitled: Entitled) -> str:
    """The path of the personal link."""
    return reverse("governance:vote", args=[vote_token(entitled)])


def vote_url(entitled: Entitled) -> str:
    """The whole personal link, as printed on the slip."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{vote_path(entitled)}"
