"""The two ways a service says no."""

from typing import Any


class RuleError(Exception):
    """A rule of the domain forbids it. The message is translated and fit to be shown; nothing has been written."""

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowedError(Exception):
    """The actor may not do this. The middleware answers 403."""


def require(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence: require(policies.can_close_issue(...))
    """Raise NotAllowedError unless the policy said yes."""
    if not allowed:
        raise NotAllowedError
