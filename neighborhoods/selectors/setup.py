"""Whether anybody has been here before."""

from accounts.models import User
from neighborhoods.models import Area


def is_new_portal() -> bool:
    """True until the first account exists."""
    return not User.objects.exists()


def is_empty_district() -> bool:
    """True until the first area exists."""
    return not Area.objects.exists()
