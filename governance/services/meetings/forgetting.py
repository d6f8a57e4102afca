"""Who came to a meeting is not kept for ever: names and doors go a year after it was filed; the count stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from governance.models import Attendance

FORGOTTEN = "—"
BATCH = 500


@transaction.atomic
def forget_rolls(*, at: datetime, limit: int = BATCH) -> int:
    """Strike out names, doors and hashes; says how many lines, so that a sweep goes on until none is left."""
    cutoff = at - timedelta(days=settings.CONTACT_HIDE_DAYS)
    due = Attendance.objects.filter(meeting__closed_at__lte=cutoff).exclude(person_hash__startswith="gone:")
    ids = list(
        due.select_for_update(of=("self",), skip_locked=True).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    return Attendance.objects.filter(pk__in=ids).update(
        name=FORGOTTEN,
        door=None,
        user=None,
        person_hash=Concat(Value("gone:"), Cast("pk", CharField())),
    )
