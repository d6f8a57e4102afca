"""If it came in now: who would have it, and by when somebody signs and it is done."""

from dataclasses import dataclass
from datetime import datetime

from core.calendar import work_calendar
from governance.lifecycle import Step
from governance.models import Category
from governance.services.clocks import due_after
from governance.services.routing import Holder, choose_holder
from neighborhoods.models import Area
from neighborhoods.services.stamps import Stamp


@dataclass(frozen=True)
class Expected:
    """A promise in the making. `is_unconfirmed`: the public holidays of a year in question are not announced yet."""

    receiver: str
    sign_at: datetime | None
    done_at: datetime | None
    is_unconfirmed: bool


def expect(category: Category, stamp: Stamp, urgency: str, at: datetime) -> Expected:
    """The same rules as a real report, without writing anything."""
    holder = choose_holder(category, stamp)
    sign_at, done_at = promised(urgency, at, dispatched=holder.unit is not None)
    return Expected(_name_of(holder), sign_at, done_at, is_unconfirmed(sign_at, done_at))


def promised(urgency: str, at: datetime, *, dispatched: bool) -> tuple[datetime | None, datetime | None]:
    """When somebody signs, and when it should be done, counted from the latest moment it is handed on."""
    sign_at = due_after(at, urgency, Step.SIGN if dispatched else Step.ACCEPT)
    return sign_at, due_after(at if dispatched or sign_at is None else sign_at, urgency, Step.DONE)


def is_unconfirmed(*moments: datetime | None) -> bool:
    """Whether one of the days lies in a year whose holidays are not announced yet."""
    calendar = work_calendar()
    return any(not calendar.is_confirmed(moment.date()) for moment in moments if moment)


def _name_of(holder: Holder) -> str:
    if holder.unit:
        return holder.unit.short_name
    return Area.objects.values_list("name", flat=True).get(pk=holder.area_id)
