"""Until which day somebody is insured when they serve."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import volunteers as life
from volunteers.models import Volunteer
from volunteers.policies import volunteers as policies
from volunteers.services.registration import locked_volunteer


@transaction.atomic
def insure(*, volunteer_id: int, actor: Actor, until: date) -> Volunteer:
    """The desk has seen the policy; nobody writes down their own."""
    volunteer = locked_volunteer(volunteer_id)
    require(policies.can_keep_record(actor, volunteer))
    if until < timezone.localdate():
        raise RuleError(_("Choose a day that is still to come."), field="until")
    volunteer.insured_until = until
    volunteer.save(update_fields=["insured_until"])
    events.record(life.VOLUNTEER_INSURED, actor=actor, subject=volunteer, until=until.isoformat())
    return volunteer
