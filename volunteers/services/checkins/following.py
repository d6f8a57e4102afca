"""What follows a person: a move closes the old check-in and opens the new one; a confirmed service begins one."""

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle.checkins import HERE, CheckInState
from volunteers.lifecycle.feedback import FeedbackState
from volunteers.models import CheckIn, EmployerFeedback, ServiceRecord
from volunteers.services.checkins.applying import Facts, open_checkin, quiet_from
from volunteers.services.checkins.moves import begin, end, write
from volunteers.services.registration import stamps_of


def _live(resident: Resident) -> CheckIn | None:
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("resident")
    return rows.filter(resident=resident, ended_at=None).first()


def follow_moved(resident: Resident) -> None:
    """To another branch: the old one is closed and the new branch is asked, in the transaction of the move.

    Within the branch only the place changes. Where there is no branch the old one ends.
    """
    checkin = _live(resident)
    if checkin is None:
        return
    if resident.branch_id == checkin.branch_id:
        CheckIn.objects.filter(pk=checkin.pk).update(**stamps_of(resident))
        return
    at = timezone.now()
    end(checkin, CheckInState.MOVED, at, SYSTEM)
    write(checkin, life.CHECKIN_MOVED, SYSTEM)
    if resident.branch_id is not None:
        facts = Facts(checkin.employer, checkin.skills, checkin.free_times, agrees=True)
        open_checkin(resident, facts, SYSTEM, at, checkin)


def follow_merged(kept: Resident, dropped: Resident) -> None:
    """Check-ins belong to the person that stays. Two live ones are two decisions, so somebody has to end one first."""
    if _live(kept) and _live(dropped):
        raise RuleError(_("Both records have checked in at a branch. End one of the two first."))
    CheckIn.objects.filter(resident=dropped).update(resident=kept)
    pages = EmployerFeedback.objects.filter(resident=dropped)
    twice = pages.filter(year__in=EmployerFeedback.objects.filter(resident=kept).values("year"))
    twice.update(state=FeedbackState.WITHHELD, digest="", link_until=None)  # one page a year: the other opens nothing
    pages.exclude(pk__in=twice.values("pk")).update(resident=kept)


def follow_erased(resident: Resident) -> None:
    """It ends, employer and skills go, no link opens anything; that somebody checked in stays in the counts."""
    checkin = _live(resident)
    if checkin is not None:
        end(checkin, CheckInState.LEFT, timezone.now(), SYSTEM)
        write(checkin, life.CHECKIN_LEFT, SYSTEM)
    CheckIn.objects.filter(resident=resident).update(employer="", skills=[], free_times=[], refusal="")
    for each in CheckIn.objects.filter(resident=resident):
        each.pledges.update(words="", fulfilled_words="")
        each.lines.update(text="")
    pages = EmployerFeedback.objects.filter(resident=resident)
    pages.update(state=FeedbackState.WITHHELD, name=None, body={}, comment="", digest="", link_until=None)


def follow_confirmed(record: ServiceRecord) -> None:
    """A service somebody else confirmed: whoever was accepted takes part from here, and is not quiet."""
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("resident")
    checkin = rows.filter(resident=record.volunteer.resident_id, state__in=HERE).first()
    if checkin is None or checkin.accepted_at is None or record.starts_at < checkin.accepted_at:
        return
    begin(checkin, SYSTEM, timezone.now())
    later = quiet_from(record.ends_at)
    if checkin.quiet_due_at is None or later > checkin.quiet_due_at:
        checkin.quiet_due_at = later
        checkin.save(update_fields=["quiet_due_at"])
