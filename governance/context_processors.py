"""What every desk page shows: the side navigation."""

from typing import Any

from django.http import HttpRequest


def desk(_request: HttpRequest) -> dict[str, Any]:
    """The navigation of the desk; empty for everybody else."""
    return {"desk_nav": []}
