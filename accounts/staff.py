"""Who counts as being at work while signed in. Posts live in a higher app, which registers its check here."""

from collections.abc import Callable
from typing import Any

_checks: list[Callable[[Any], bool]] = []


def register_check(check: Callable[[Any], bool]) -> None:
    """`check(user)` says whether the account holds something that makes it staff."""
    if check not in _checks:
        _checks.append(check)


def is_at_work(user: Any) -> bool:
    """People who may enter the administration, and whoever a registered check knows."""
    return bool(user.is_staff) or any(check(user) for check in _checks)
