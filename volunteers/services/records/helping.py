"""Help between neighbours becomes a record of service like any other: confirmed by somebody else, within the caps."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError
from neighborhoods.actors import Actor
from neighborhoods.models.stamps import AreaStamped
from volunteers.lifecycle.volunteers import REGISTERED
from volunteers.models import ServiceRecord, Volunteer
from volunteers.services.records.proposing import LONGEST, Stretch, counted_minutes, require_free, write_record


@dataclass(frozen=True)
class Help:
    """Who helped where, from when to when; whether a second person of the community has to agree."""

    volunteer: Volunteer  # locked
    place: AreaStamped
    stretch: Stretch
    needs_second: bool = False


def require_sound(volunteer: Volunteer, stretch: Stretch) -> int:
    """Over, not too long, nothing else at that time, within the caps: the minutes that will count."""
    if volunteer.state not in REGISTERED:
        raise RuleError(_("Only somebody who is registered has hours."))
    if not timedelta(minutes=1) <= stretch.ends_at - stretch.starts_at <= LONGEST:
        raise RuleError(_("It has to end after it begins, within a day."), field="minutes")
    if stretch.ends_at > timezone.now():
        raise RuleError(_("Hours are written down when they are over."), field="minutes")
    require_free(volunteer, stretch)
    minutes = counted_minutes(volunteer, None, stretch)
    if minutes < 1:
        raise RuleError(_("The hours of that day are full: nothing more can count."))
    return minutes


@transaction.atomic
def propose_help(help_given: Help, actor: Actor) -> ServiceRecord:
    """Proposed; whoever confirms it is asked by the rules of records, which refuse the volunteer."""
    minutes = require_sound(help_given.volunteer, help_given.stretch)
    return write_record(
        help_given.volunteer,
        help_given.stretch,
        actor,
        place=help_given.place,
        minutes=minutes,
        needs_second=help_given.needs_second,
    )
