"""What waited too long is told once. Each runs twice or in parallel without telling twice."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle.checkins import HERE, CheckInState
from volunteers.lifecycle.pledges import PLEDGE_DUE, PledgeState
from volunteers.models import CheckIn, CheckInLine, Pledge
from volunteers.services.checkins.feedback import draft_due

AT_ONCE = 1000


def _tell(kind: str, ids: list[int]) -> None:
    rows = [(pk, {"checkin_id": pk}) for pk in ids]
    events.record_rows(kind, actor=SYSTEM, model=CheckIn, rows=rows)


@transaction.atomic
def tell_late(*, at: datetime) -> int:
    """The branch has not answered in three working days: the community is told."""
    rows = CheckIn.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=CheckInState.APPLIED, told_late_at=None, due_at__lt=at
    )
    late = list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    CheckIn.objects.filter(pk__in=late).update(told_late_at=at)
    _tell(life.CHECKIN_LATE, late)
    return len(late)


@transaction.atomic
def invite_quiet(*, at: datetime) -> int:
    """Six months without post or service: a friendly word to the member, once, and nobody else hears of it."""
    rows = CheckIn.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state__in=HERE, ended_at=None, invited_at=None, quiet_due_at__lt=at
    )
    quiet = list(rows.order_by("quiet_due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    CheckIn.objects.filter(pk__in=quiet).update(invited_at=at)
    CheckInLine.objects.bulk_create(
        [CheckInLine(checkin_id=pk, kind=life.CHECKIN_INVITED, at=at, actor_label=SYSTEM.label) for pk in quiet]
    )
    _tell(life.CHECKIN_INVITED, quiet)
    return len(quiet)


@transaction.atomic
def tell_pledges(*, at: datetime) -> int:
    """The day of a promise has come and nobody wrote that it was kept: the member hears it, nobody else."""
    rows = Pledge.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state__in=[PledgeState.CONSENTED, PledgeState.SHOWN],
        fulfilled_at=None,
        told_due_at=None,
        due_on__lte=timezone.localdate(at),
    )
    due = list(rows.order_by("due_on", "pk")[:AT_ONCE])
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in due]).update(told_due_at=at)
    _tell(PLEDGE_DUE, [pledge.checkin_id for pledge in due])
    return len(due)


def tell_all(*, at: datetime) -> None:
    """Everything of members checking in that is looked at every few minutes."""
    tell_late(at=at)
    invite_quiet(at=at)
    tell_pledges(at=at)
    draft_due(at=at)
