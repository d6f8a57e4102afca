"""What every page of a signed-in person shows: how many notices they have not read."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from notifications.selectors.notices import unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`, counted only where a template prints it."""
    user = getattr(request, "user", None)  # an error page may come before authentication
    if user is None:
        return {"unread_notices": 0}
    return {"unread_notices": cache(lambda: unread_count(user.pk) if user.is_authenticated else 0)}
