"""Numbers people read out on the phone: ZY-2026-001234."""

from django.conf import settings

from core.statements import keeping_cursor


def next_number(kind: str, year: int, letter: str = "") -> str:
    """The next number of a kind in a year. One sequence each: nobody waits, gaps are allowed.

    Issues have the bare prefix of the district; what else is numbered adds a letter (`ZYT-2026-000012`, a task).
    """
    with keeping_cursor() as cursor:
        cursor.execute("SELECT mulin_next_number(%s, %s)", [kind, year])
        (value,) = cursor.fetchone()
    return f"{settings.NUMBER_PREFIX}{letter}-{year}-{value:06d}"
