"""Whether anybody has been here before."""

from django.db.models import Q

from accounts.models import User
from neighborhoods.models import Area


def is_new_portal() -> bool:
    """True until there is an administrator or anybody with a post.

    A resident may open an account before the portal is set up; that must not take the set-up page away.
    """
    at_work = Q(is_superuser=True) | Q(is_staff=True) | Q(posts__isnull=False)
    return not User.objects.filter(at_work).exists()


def is_empty_district() -> bool:
    """True until the first area exists."""
    return not Area.objects.exists()
