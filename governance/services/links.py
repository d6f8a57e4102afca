"""Private links: derived from a secret, so the database never holds one."""

from django.conf import settings
from django.urls import reverse

from core.tokens import token_of
from governance.models import Issue


def follow_token(issue: Issue) -> str:
    """The token of the private link, `7KQ2-M9XD-4TRP`: derived from the submission."""
    return token_of(f"follow:{issue.submission_key}:{issue.follow_version}")


def follow_path(issue: Issue) -> str:
    """The path of the private link."""
    return reverse("governance:issue-follow", args=[follow_token(issue)])


def follow_url(issue: Issue) -> str:
    """The whole private link, as printed and sent."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{follow_path(issue)}"
