"""A meeting is called, changed before it is announced, or cancelled."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import RuleError, require
from governance.lifecycle.meetings import (
    BY_WHISTLE,
    MEETING_CANCELLED,
    MEETING_EDITED,
    MEETING_OPENED,
    OF_UNITS,
    STATUTORY,
    TOPIC_TAKEN_OFF,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    TopicState,
)
from governance.models import Meeting, MeetingRule
from governance.policies import meetings as policies
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    move_topic,
    number_of,
    require_meeting_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.moves import person
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, Post
from neighborhoods.services.stamps import stamp_for_new

LONGEST = timedelta(hours=8)


@dataclass(frozen=True)
class Officers:
    """Who leads and who writes. Somebody without an account is named only."""

    chair: User | None = None
    chair_name: str = ""
    secretary: User | None = None
    secretary_name: str = ""

    def as_fields(self) -> dict[str, User | str | None]:
        """By the name of the column; who has an account is called as the account is."""
        return {
            "chair": self.chair,
            "chair_name": self.chair.name if self.chair else self.chair_name.strip(),
            "secretary": self.secretary,
            "secretary_name": self.secretary.name if self.secretary else self.secretary_name.strip(),
        }


@dataclass(frozen=True)
class Plan:
    """What the organiser fills in."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    format: str = MeetingFormat.ROOM
    is_micro: bool = False
    capacity: int | None = None
    officers: Officers = field(default_factory=Officers)

    def as_fields(self) -> dict[str, object]:
        """By the name of the column."""
        return {
            "kind": self.kind,
            "format": self.format,
            "is_micro": self.is_micro,
            "title": self.title.strip(),
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "place": self.place.strip(),
            "capacity": self.capacity,
            **self.officers.as_fields(),
        }


def open_meeting(*, actor: Actor, area: Area, plan: Plan, submission_key: uuid.UUID | None = None) -> Meeting:
    """Call a meeting: topics are collected from now on. The same key makes one meeting."""
    key = submission_key or uuid.uuid4()
    try:
        return store_meeting(actor=actor, area=area, plan=plan, key=key)
    except IntegrityError:
        known = Meeting.objects.filter(submission_key=key).first()
        if known is None:
            raise
        return known


@transaction.atomic
def store_meeting(*, actor: Actor, area: Area, plan: Plan, key: uuid.UUID, previous: Meeting | None = None) -> Meeting:
    """The new row, its first line, its event."""
    at = timezone.now()
    place, stamp = stamp_for_new(area)
    require(policies.can_convene_meeting(actor, stamp, plan.kind))
    _check_plan(plan, place, at)
    meeting = Meeting(
        number=number_of("meeting", timezone.localdate(at).year),
        submission_key=key,
        area=area,
        **stamp.as_fields(),
        **plan.as_fields(),
        rule=rule_for(plan.kind, at),
        session=next_session(area, plan.kind),
        convener_post=_post_of(actor, stamp),
        convener_label=actor.label,
        previous=previous,
        opened_at=at,
        opened_by_id=person(actor),
        due_at=plan.starts_at,
    )
    meeting.save(force_insert=True)
    write_entry(meeting, kind=MEETING_OPENED, actor=actor, at=at, to_state=MeetingState.COLLECTING)
    tell_meeting(MEETING_OPENED, meeting, actor)
    return meeting


def rule_for(kind: str, at: datetime) -> MeetingRule:
    """The rule in force on a day."""
    rule = MeetingRule.objects.filter(kind=kind, valid_from__lte=timezone.localdate(at)).order_by("-valid_from").first()
    if rule is None:
        raise RuleError(_("There is no rule for this kind of meeting yet. Ask the administrator."))
    return rule


def next_session(area: Area, kind: str) -> int:
    """The how many-th of its kind in its area."""
    last = Meeting.objects.filter(area=area, kind=kind).order_by("-session").values_list("session", flat=True).first()
    return (last or 0) + 1


def _post_of(actor: Actor, stamp: object) -> Post | None:
    held = [grant for grant in actor.grants if grant.post_id and grant.covers(stamp)]  # type: ignore[arg-type]
    nearest = max(held, key=lambda grant: grant.level, default=None)
    return Post(pk=nearest.post_id) if nearest else None


def check_times(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """A meeting lies ahead and ends after it began, on the same day or so."""
    if starts_at <= at:
        raise RuleError(_("Choose a time that is still to come."), field="starts_at")
    if ends_at <= starts_at:
        raise RuleError(_("It has to end after it begins."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise RuleError(_("Eight hours at most."), field="ends_at")


def _check_plan(plan: Plan, area: Area, at: datetime) -> None:
    if area.closed_on:
        raise RuleError(_("This place is no longer kept. Choose another one."), field="area")
    if plan.kind not in MeetingKind.values or plan.kind in BY_WHISTLE or plan.format not in MeetingFormat.values:
        raise RuleError(_("Choose what kind of meeting it is."), field="kind")
    if not plan.title.strip():
        raise RuleError(_("Say in a few words what it is about."), field="title")
    if not plan.place.strip():
        raise RuleError(_("Say where people meet."), field="place")
    check_times(plan.starts_at, plan.ends_at, at)
    _check_kind(plan, area)
    check_officers(plan.officers)


def _check_kind(plan: Plan, area: Area) -> None:
    """Whose meeting it is, and where such a one is held."""
    if plan.is_micro and plan.kind in STATUTORY:
        raise RuleError(_("The representatives' assembly is never a micro-autonomy meeting."), field="is_micro")
    if plan.is_micro and area.level < Level.BRANCH:
        raise RuleError(_("A micro-autonomy meeting is held inside a compound."), field="is_micro")
    if plan.kind in STATUTORY and area.level > Level.COMMUNITY:
        raise RuleError(_("The representatives' assembly is that of a whole community."), field="area")
    if plan.kind in OF_UNITS and area.level > Level.COMMUNITY:
        raise RuleError(_("A street or a community has an enlarged committee."), field="area")


def check_officers(officers: Officers) -> None:
    """Whoever writes does not confirm."""
    names = officers.as_fields()
    if names["chair_name"] and names["chair_name"] == names["secretary_name"]:
        raise RuleError(_("Chair and secretary are two people."), field="secretary")


@transaction.atomic
def edit_meeting(*, meeting_id: int, actor: Actor, plan: Plan) -> Meeting:
    """Change what has not been announced yet. The agenda has to fit the new time."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "edit")
    require(policies.can_organize_meeting(actor, meeting, "edit"))
    require(policies.can_convene_meeting(actor, meeting, plan.kind))
    _check_plan(plan, meeting.area, at)
    if plan.kind != meeting.kind:
        meeting.rule, meeting.session = rule_for(plan.kind, at), next_session(meeting.area, plan.kind)
    fields = plan.as_fields()
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.due_at = meeting.starts_at
    save_meeting(meeting, *fields, "rule", "session")
    write_entry(meeting, kind=MEETING_EDITED, actor=actor, at=at)
    tell_meeting(MEETING_EDITED, meeting, actor)
    return meeting


@transaction.atomic
def set_officers(*, meeting_id: int, actor: Actor, officers: Officers) -> Meeting:
    """Somebody else leads or writes; possible until the minutes are confirmed."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "officers")
    require(policies.can_organize_meeting(actor, meeting, "officers"))
    check_officers(officers)
    fields = officers.as_fields()
    for name, value in fields.items():
        setattr(meeting, name, value)
    save_meeting(meeting, *fields)
    names = f"{meeting.chair_name} / {meeting.secretary_name}"
    write_entry(meeting, kind=MEETING_EDITED, actor=actor, at=at, reason=names[:200])
    tell_meeting(MEETING_EDITED, meeting, actor)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting_id: int, actor: Actor, reason: str) -> Meeting:
    """It is not held. Its topics wait for another one."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "cancel")
    require(policies.can_organize_meeting(actor, meeting, "cancel"))
    if not reason.strip():
        raise RuleError(_("Say why; everybody who was told reads it."), field="reason")
    move_meeting(
        meeting, MeetingState.CANCELLED, actor=actor, at=at, kind=MEETING_CANCELLED, reason=reason.strip()[:200]
    )
    save_meeting(meeting)
    for topic in meeting.topics.select_for_update().filter(state=TopicState.ON_AGENDA).order_by("pk"):
        topic.meeting = None
        move_topic(topic, TopicState.ACCEPTED, actor=actor, at=at, kind=TOPIC_TAKEN_OFF)
    tell_meeting(MEETING_CANCELLED, meeting, actor)
    return meeting
