"""Who comes: registered before, invited by post, by the code at the door, or on paper typed later."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotAllowedError, RuleError, require
from core.tokens import keyed_hash, token_of
from governance.lifecycle.meetings import (
    MEETING_ARRIVED,
    MEETING_INVITED,
    MEETING_REGISTERED,
    MEETING_ROLL_TYPED,
    Arrival,
    Presence,
)
from governance.models import Attendance, Meeting
from governance.policies import meetings as policies
from governance.services.meetings.moves import locked_meeting, require_meeting_fits, tell_meeting
from neighborhoods.actors import NOBODY, Actor

DOOR_OPENS = timedelta(hours=1)  # the code at the door works from an hour before
MOST_LINES = 300


@dataclass(frozen=True)
class Person:
    """Somebody as they are written on the roll."""

    name: str
    door: str = ""
    user: User | None = None
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    def hash_in(self, meeting: Meeting) -> str:
        """Finds the same person on the same roll without storing a name in clear."""
        plain = "".join(f"{self.name}|{self.door}".split()).lower()
        return keyed_hash(f"roll:{meeting.pk}", plain)


def checkin_code(meeting: Meeting) -> str:
    """What the code at the door leads to; another one after the meeting was moved."""
    return token_of(f"check-in:{meeting.submission_key}:{meeting.checkin_version}").replace("-", "")


def _require_name(who: Person) -> None:
    if not who.name.strip():
        raise RuleError(_("Please write your name."), field="name")
    if len(who.name) > 60 or len(who.door) > 60:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": 60}, field="name")


def _known(meeting: Meeting, who: Person) -> Attendance | None:
    """The line of somebody who is on the roll already; the same form sent twice is the same person."""
    sent = meeting.roll.filter(submission_key=who.key).first()
    if sent is not None:
        return sent
    if who.user is not None and (own := meeting.roll.filter(user=who.user).first()):
        return own
    return meeting.roll.filter(person_hash=who.hash_in(meeting)).first()


def line_of_person(
    meeting: Meeting, who: Person, how: Arrival, at: datetime, actor: Actor, *, here: bool
) -> Attendance:
    """A line of the roll, not stored yet."""
    return Attendance(
        meeting=meeting,
        submission_key=who.key,
        user=who.user,
        name=who.name.strip(),
        door=who.door.strip(),
        person_hash=who.hash_in(meeting),
        how=how,
        presence=Presence.PRESENT if here else Presence.EXPECTED,
        arrived_at=at if here else None,
        added_at=at,
        added_by_id=actor.user_id,
    )


def require_seat(meeting: Meeting, more: int = 1) -> None:
    """There is room for so many more who say that they will come."""
    coming = meeting.roll.filter(presence__in=[Presence.EXPECTED, Presence.PRESENT]).count()
    if meeting.capacity is not None and coming + more > meeting.capacity:
        raise RuleError(_("All seats are taken. You may still come and listen, or send your words beforehand."))


@transaction.atomic
def register(*, meeting_id: int, who: Person, actor: Actor = NOBODY) -> Attendance:
    """Somebody says that they will come."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "register")
    _require_name(who)
    known = _known(meeting, who)
    if known is not None:
        return known
    if at >= meeting.starts_at:
        raise RuleError(_("It has begun. Sign in at the door."))
    require_seat(meeting)
    line = line_of_person(meeting, who, Arrival.REGISTERED, at, actor, here=False)
    line.save(force_insert=True)
    tell_meeting(MEETING_REGISTERED, meeting, actor, attendance_id=line.pk)
    return line


@transaction.atomic
def invite(*, meeting_id: int, actor: Actor, users: Iterable[User], doors: dict[int, str] | None = None) -> int:
    """People who hold a post are put on the roll and told; who stands there already is left alone."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "invite")
    require(policies.can_organize_meeting(actor, meeting, "invite"))
    people = [Person(name=user.name, door=(doors or {}).get(user.pk, ""), user=user) for user in users]
    new = [who for who in people if _known(meeting, who) is None]
    if not new:
        raise RuleError(_("Everybody chosen is on the roll already."))
    lines = [line_of_person(meeting, who, Arrival.INVITED, at, actor, here=False) for who in new]
    Attendance.objects.bulk_create(lines)
    tell_meeting(MEETING_INVITED, meeting, actor, user_ids=[who.user.pk for who in new if who.user])
    return len(lines)


@transaction.atomic
def check_in(*, meeting_id: int, code: str, who: Person) -> Attendance:
    """Somebody at the door signs in with their own phone, by the code that hangs there."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "check-in")
    if code != checkin_code(meeting):
        raise NotAllowedError
    if at < meeting.starts_at - DOOR_OPENS:
        raise RuleError(_("Signing in opens an hour before it begins."))
    _require_name(who)
    known = _known(meeting, who)
    if known is not None and known.presence == Presence.PRESENT:
        if known.submission_key == who.key:
            return known
        raise RuleError(
            _("Somebody of this name has signed in. If it was not you, add building and door."), field="door"
        )
    line = known or line_of_person(meeting, who, Arrival.QR, at, NOBODY, here=True)
    _arrive(line, Arrival.QR, at)
    tell_meeting(MEETING_ARRIVED, meeting, NOBODY, attendance_id=line.pk)
    return line


def _arrive(line: Attendance, how: Arrival, at: datetime) -> None:
    """Whoever was represented speaks for themselves again."""
    line.presence, line.arrived_at, line.how, line.proxy = Presence.PRESENT, at, how, None
    line.save()


@transaction.atomic
def type_roll(*, meeting_id: int, actor: Actor, people: Iterable[Person], on_paper: bool = True) -> int:
    """Who signed the paper roll or stands at the door, typed by whoever keeps it; nobody is counted twice."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "roll")
    require(policies.can_keep_roll(actor, meeting, "roll"))
    if at < meeting.starts_at - DOOR_OPENS:
        raise RuleError(_("Signing in opens an hour before it begins."))
    how = Arrival.PAPER if on_paper else Arrival.DESK
    fresh: dict[str, Attendance] = {}
    written = list(people)
    if not written:
        raise RuleError(_("Write one person in each line."), field="names")
    if len(written) > MOST_LINES:
        raise RuleError(_("At most 300 lines at once."), field="names")
    for who in written:
        _require_name(who)
        known = _known(meeting, who)
        if known is None:
            fresh.setdefault(who.hash_in(meeting), line_of_person(meeting, who, how, at, actor, here=True))
        elif known.presence != Presence.PRESENT:
            _arrive(known, how, at)
    Attendance.objects.bulk_create(fresh.values())
    tell_meeting(MEETING_ROLL_TYPED, meeting, actor, count=len(written))
    return len(fresh)


@transaction.atomic
def mark_presence(
    *, meeting_id: int, actor: Actor, attendance_id: int, presence: str, proxy_id: int | None = None
) -> Attendance:
    """Put one line right: came after all, sent apologies, did not come, is represented by somebody who is there."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "roll")
    require(policies.can_keep_roll(actor, meeting, "roll"))
    line = meeting.roll.filter(pk=attendance_id).first()
    if line is None or presence not in Presence.values:
        raise RuleError(_("This line is not on the roll any more."))
    if presence != Presence.PRESENT and line.stands_in_for.exists():
        raise RuleError(_("This person stands in for somebody else. Change that line first."))
    line.proxy = _proxy_for(meeting, line, proxy_id) if presence == Presence.BY_PROXY else None
    line.presence = Presence(presence)
    line.arrived_at = (line.arrived_at or at) if presence == Presence.PRESENT else None
    line.save()
    tell_meeting(MEETING_ROLL_TYPED, meeting, actor, attendance_id=line.pk)
    return line


def _proxy_for(meeting: Meeting, line: Attendance, proxy_id: int | None) -> Attendance:
    if not meeting.rule.allows_proxy:
        raise RuleError(_("In this kind of meeting nobody stands in for somebody else."))
    proxy = meeting.roll.filter(pk=proxy_id or 0, presence=Presence.PRESENT).exclude(pk=line.pk).first()
    if proxy is None:
        raise RuleError(_("Choose somebody who is there."), field="proxy")
    if proxy.stands_in_for.exclude(pk=line.pk).exists():
        raise RuleError(_("One person stands in for one other at most."), field="proxy")
    return proxy


def lines_of(text: str) -> list[Person]:
    """One person in each line: the name, and after a blank or comma building and door."""
    people = []
    for line in text.splitlines():
        parts = line.replace("，", " ").replace(",", " ").replace("\t", " ").split(maxsplit=1)
        if parts:
            people.append(Person(name=parts[0], door=parts[1] if len(parts) > 1 else ""))
    return people
