"""Records that leave the portal as a file: counted, with a purpose, and names masked unless the lead asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError, require
from core.masking import mask_text
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.actors import REGISTRARS
from volunteers.lifecycle.records import COUNTED, RECORD_EXPORTED
from volunteers.models import ServiceRecord
from volunteers.policies import records as policies

EXPORT_CAP = 50_000
WIDTHS = (12, 18, 12, 24, 20, 30, 22, 17, 17, 10, 14, 22, 20, 17, 10)


@dataclass(frozen=True)
class Excerpt:
    """Which days, what for, and whether names stand in clear."""

    from_on: date
    until_on: date
    purpose: str
    in_clear: bool = False


def _rows(actor: Actor, excerpt: Excerpt) -> AreaScopedQuerySet:
    begin = datetime.combine(excerpt.from_on, datetime.min.time(), CHINA)
    end = datetime.combine(excerpt.until_on + timedelta(days=1), datetime.min.time(), CHINA)
    rows = ServiceRecord.objects.within(actor.grants_of({Role.COMMUNITY_LEAD} if excerpt.in_clear else REGISTRARS))
    return rows.filter(state__in=COUNTED, starts_at__gte=begin, starts_at__lt=end)


@transaction.atomic
def export_records(*, actor: Actor, excerpt: Excerpt, kind: str) -> Iterator[list[Any]]:
    """Who took which records away, and why, is written down before the first one leaves."""
    require(policies.can_export(actor) and (not excerpt.in_clear or policies.can_export_names(actor)))
    if actor.user_id is None:
        raise NotAllowedError
    if not excerpt.purpose.strip():
        raise RuleError(_("Say what it is for."), field="purpose")
    rows = _rows(actor, excerpt)
    count = rows.order_by()[: EXPORT_CAP + 1].count()
    if count > EXPORT_CAP:
        raise RuleError(_("That is more than %(limit)d records. Choose fewer days.") % {"limit": EXPORT_CAP})
    account = User.objects.get(pk=actor.user_id)
    facts = {"rows": count, "purpose": excerpt.purpose.strip()[:200], "in_clear": excerpt.in_clear, "format": kind}
    events.record(RECORD_EXPORTED, actor=actor, subject=account, **facts)
    return _lines(rows, excerpt)


def headings() -> list[str]:
    """The fields of a record as the national system of volunteer service takes them."""
    return [
        _("Name"), _("Volunteer number"), _("Activity number"), _("Activity"), _("Team"), _("What was done"),
        _("Place"), _("Begins"), _("Ends"), _("Hours"), _("Who was helped"), _("Recorded by"), _("Confirmed by"),
        _("Confirmed on"), _("State"),
    ]  # fmt: skip


def _lines(rows: AreaScopedQuerySet, excerpt: Excerpt) -> Iterator[list[Any]]:
    """The rows one by one, so that a long file never stands in memory."""
    shown = rows.select_related("volunteer__resident", "activity__team", "area", "helped").order_by("starts_at", "pk")
    for record in shown.iterator(chunk_size=500):
        resident, activity = record.volunteer.resident, record.activity
        yield [
            (resident.name or "—") if excerpt.in_clear else resident.masked_name,
            record.volunteer.number,
            activity.number if activity else "",
            activity.title if activity else "",
            activity.team.name if activity and activity.team else "",
            record.content if excerpt.in_clear else mask_text(record.content, for_neighbours=True),
            record.area.name,
            _moment(record.starts_at),
            _moment(record.ends_at),
            round(record.minutes / 60, 2),
            record.helped.masked_name if record.helped else "",
            record.proposed_by_label,
            record.confirmed_by_label,
            _moment(record.confirmed_at),
            str(record.get_state_display()),
        ]


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""
