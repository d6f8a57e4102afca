"""The notice centre inside the portal: a row, and nothing can go wrong on the way."""

from collections.abc import Iterable

from notifications.models import Notice


def put(notices: Iterable[Notice]) -> None:
    """Store the notices; one that a first attempt has stored already is left as it is."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
