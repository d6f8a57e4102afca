"""Somebody checks in at the branch where they live, the branch answers, and it ends whenever they like."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from core.errors import RuleError, require
from core.numbers import next_number
from neighborhoods.actors import Actor
from neighborhoods.models import Resident
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle.checkins import CheckInState, FreeTime, Skill
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import CheckIn, Volunteer
from volunteers.policies import checkins as policies
from volunteers.services import registration
from volunteers.services.checkins.moves import end, locked_checkin, require_fit, write
from volunteers.services.registration import Offer, stamps_of

EMPLOYER_LIMIT, REASON_LIMIT = 80, 200


@dataclass(frozen=True)
class Facts:
    """Where somebody works, what they can do, when they have time, and that they agree to the branch keeping it."""

    employer: str
    skills: Collection[str] = ()
    free_times: Collection[str] = ()
    agrees: bool = False


def due_from(at: datetime) -> datetime:
    """Until when the branch answers: three working days."""
    return work_calendar().add(at, life.ACCEPT_DAYS, Unit.WORKING_DAY)


def quiet_from(at: datetime) -> datetime:
    """When six months without post or service will be over."""
    return at + timedelta(days=life.QUIET_DAYS)


def _in_order(codes: Collection[str], choices: type[Skill] | type[FreeTime]) -> list[str]:
    return [code for code in choices.values if code in set(codes)]


def _write_facts(checkin: CheckIn, facts: Facts) -> None:
    employer = facts.employer.strip()
    if not employer:
        raise RuleError(_("Type the name of the employer."), field="employer")
    checkin.employer = employer[:EMPLOYER_LIMIT]
    checkin.skills = _in_order(facts.skills, Skill)
    checkin.free_times = _in_order(facts.free_times, FreeTime)


@transaction.atomic
def apply(*, actor: Actor, resident_id: int, facts: Facts) -> CheckIn:
    """Check in: oneself, or the desk for somebody who asked. At one branch at a time."""
    known = Resident.objects.known().select_for_update(of=("self",))
    resident = known.get(pk=resident_id)
    require(policies.can_apply(actor, resident))
    at = timezone.now()
    if resident.is_minor(timezone.localdate(at)):
        raise RuleError(_("Only adults in service check in."))
    if not facts.agrees:
        raise RuleError(_("Only whoever agrees is written down."), field="agrees")
    if resident.branch_id is None:
        raise RuleError(_("Choose the compound or the building, so that a branch can answer."), field="place_words")
    live = CheckIn.objects.filter(resident=resident, ended_at=None).first()
    if live is not None:
        raise RuleError(_("This person has checked in already: %(number)s.") % {"number": live.number})
    return open_checkin(resident, facts, actor, at)


def open_checkin(resident: Resident, facts: Facts, actor: Actor, at: datetime, old: CheckIn | None = None) -> CheckIn:
    """Of a locked resident without a live one; after a move it names the old one."""
    checkin = CheckIn(
        resident=resident,
        **stamps_of(resident),
        number=next_number("checkin", timezone.localdate(at).year, life.LETTER),
        agreed_at=old.agreed_at if old else at,
        is_own=old.is_own if old else policies.is_person(actor, resident),
        applied_at=at,
        due_at=due_from(at),
        moved_from=old,
    )
    _write_facts(checkin, facts)
    try:
        with transaction.atomic():
            checkin.save(force_insert=True)
    except IntegrityError as error:  # the index speaks last, whoever tried at the same moment
        raise RuleError(_("This person has checked in already.")) from error
    write(checkin, life.CHECKIN_APPLIED, actor)
    return checkin


@transaction.atomic
def accept(*, checkin_id: int, actor: Actor) -> CheckIn:
    """The branch says yes. Whoever was no volunteer becomes one: hours are kept there and nowhere else (ADR 0011)."""
    _lock_person(checkin_id)
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "accept")
    require(policies.can_accept(actor, checkin))
    at = timezone.now()
    checkin.state, checkin.accepted_at, checkin.quiet_due_at = CheckInState.ACCEPTED, at, quiet_from(at)
    checkin.accepted_by_id, checkin.accepted_by_label = actor.user_id, actor.label
    checkin.save(update_fields=["state", "accepted_at", "accepted_by_id", "accepted_by_label", "quiet_due_at"])
    _enter_register(checkin, actor)
    write(checkin, life.CHECKIN_ACCEPTED, actor)
    return checkin


def _lock_person(checkin_id: int) -> None:
    """The person before the check-in, as a move locks them: the register asks for both."""
    person = CheckIn.objects.values_list("resident", flat=True).get(pk=checkin_id)
    Resident.objects.select_for_update(of=("self",)).get(pk=person)


def _enter_register(checkin: CheckIn, actor: Actor) -> None:
    """The branch has looked at the person, so nobody is asked a second time."""
    entry = Volunteer.objects.filter(resident=checkin.resident_id).first()
    by_rule = Actor(user_id=actor.user_id, label=actor.label, is_system=True)
    if entry is None or entry.left_at is not None:
        offer = Offer(skills="、".join(checkin.skill_names), free_times="、".join(checkin.time_names))
        entry = registration.apply(actor=by_rule, resident_id=checkin.resident_id, offer=offer)
    if entry.state == VolunteerState.APPLIED:
        registration.verify(volunteer_id=entry.pk, actor=by_rule)


@transaction.atomic
def refuse(*, checkin_id: int, actor: Actor, reason: str) -> CheckIn:
    """The branch says no, with a reason the member reads; they may check in again."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "refuse")
    require(policies.can_accept(actor, checkin))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    checkin.refusal = reason.strip()[:REASON_LIMIT]
    checkin.save(update_fields=["refusal"])
    end(checkin, CheckInState.REFUSED, timezone.now(), actor)
    write(checkin, life.CHECKIN_REFUSED, actor, text=checkin.refusal)
    return checkin


@transaction.atomic
def revise(*, checkin_id: int, actor: Actor, facts: Facts) -> CheckIn:
    """Another employer, other skills, other times."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "revise")
    require(policies.can_revise(actor, checkin))
    _write_facts(checkin, facts)
    checkin.save(update_fields=["employer", "skills", "free_times"])
    write(checkin, life.CHECKIN_REVISED, actor)
    return checkin


@transaction.atomic
def leave(*, checkin_id: int, actor: Actor) -> CheckIn:
    """It ends. No reason is asked, nothing follows from it, and no list shows who did."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "leave")
    require(policies.can_leave(actor, checkin))
    end(checkin, CheckInState.LEFT, timezone.now(), actor)
    write(checkin, life.CHECKIN_LEFT, actor)
    return checkin
