"""The meeting takes place: opened, item by item, closed; or too few came and it is held again another day."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from core.errors import RuleError, require
from governance.lifecycle.meetings import (
    MEETING_ADJOURNED,
    MEETING_HELD,
    MEETING_MINUTES_WRITTEN,
    MEETING_NOT_QUORATE,
    MEETING_RESCHEDULED,
    MEETING_RESOLVED,
    TOPIC_CARRIED,
    TOPIC_SCHEDULED,
    ItemOutcome,
    MeetingState,
    TopicState,
)
from governance.models import AgendaItem, Meeting, Resolution
from governance.policies import meetings as policies
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    move_topic,
    require_meeting_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.meetings.planning import Officers, Plan, store_meeting
from governance.services.meetings.roll import DOOR_OPENS
from governance.services.moves import person
from neighborhoods.actors import Actor
from neighborhoods.services.stamps import stamp_for_new


def minutes_due(meeting: Meeting, at: datetime) -> datetime:
    """By when the minutes have to be confirmed."""
    return work_calendar().add(at, meeting.rule.minutes_days, Unit.WORKING_DAY)


@transaction.atomic
def hold_meeting(*, meeting_id: int, actor: Actor) -> Meeting:
    """It begins. The roll may still be on paper, so how many are there is asked when the minutes are confirmed."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "hold")
    require(policies.can_lead_session(actor, meeting, "hold"))
    if at < meeting.starts_at - DOOR_OPENS:
        raise RuleError(_("It begins later. If the time has changed, announce the new one."))
    meeting.held_at, meeting.due_at = at, minutes_due(meeting, at)
    move_meeting(meeting, MeetingState.HELD, actor=actor, at=at, kind=MEETING_HELD)
    save_meeting(meeting, "held_at")
    tell_meeting(MEETING_HELD, meeting, actor)
    return meeting


@transaction.atomic
def adjourn_meeting(*, meeting_id: int, actor: Actor) -> Meeting:
    """It is over; the minutes are finished within the working days of its rule."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "adjourn")
    require(policies.can_lead_session(actor, meeting, "adjourn"))
    move_meeting(meeting, MeetingState.MINUTES_DRAFT, actor=actor, at=at, kind=MEETING_ADJOURNED)
    save_meeting(meeting)
    tell_meeting(MEETING_ADJOURNED, meeting, actor)
    return meeting


@transaction.atomic
def declare_not_quorate(*, meeting_id: int, actor: Actor, note: str = "") -> Meeting:
    """Too few came: nothing is resolved."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "few")
    require(policies.can_lead_session(actor, meeting, "few"))
    if at < meeting.starts_at:
        raise RuleError(_("Wait until it should begin; people may still come."))
    move_meeting(
        meeting, MeetingState.NOT_QUORATE, actor=actor, at=at, kind=MEETING_NOT_QUORATE, reason=note.strip()[:200]
    )
    save_meeting(meeting)
    tell_meeting(MEETING_NOT_QUORATE, meeting, actor)
    return meeting


@transaction.atomic
def reschedule_meeting(*, meeting_id: int, actor: Actor, starts_at: datetime, ends_at: datetime, place: str) -> Meeting:
    """Held again another day: a new meeting takes over the agenda and its topics, and is announced anew."""
    known = Meeting.objects.select_related("area").get(pk=meeting_id)
    stamp_for_new(known.area)  # the tree is asked before rows are locked
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "again")
    require(policies.can_organize_meeting(actor, meeting, "again"))
    new = store_meeting(
        actor=actor,
        area=meeting.area,
        plan=_same_plan(meeting, starts_at, ends_at, place),
        key=uuid.uuid4(),
        previous=meeting,
    )
    _take_over(meeting, new, actor, at)
    move_meeting(meeting, MeetingState.RESCHEDULED, actor=actor, at=at, kind=MEETING_RESCHEDULED, reason=new.number)
    save_meeting(meeting)
    tell_meeting(MEETING_RESCHEDULED, meeting, actor, new_id=new.pk)
    return new


def _same_plan(meeting: Meeting, starts_at: datetime, ends_at: datetime, place: str) -> Plan:
    return Plan(
        kind=meeting.kind,
        title=meeting.title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip() or meeting.place,
        format=meeting.format,
        is_micro=meeting.is_micro,
        capacity=meeting.capacity,
        officers=Officers(meeting.chair, meeting.chair_name, meeting.secretary, meeting.secretary_name),
    )


def _take_over(meeting: Meeting, new: Meeting, actor: Actor, at: datetime) -> None:
    for topic in meeting.topics.select_for_update(of=("self",)).filter(state=TopicState.ON_AGENDA).order_by("pk"):
        move_topic(topic, TopicState.CARRIED, actor=actor, at=at, kind=TOPIC_CARRIED)
        topic.meeting = new
        move_topic(topic, TopicState.ON_AGENDA, actor=actor, at=at, kind=TOPIC_SCHEDULED)
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=new,
            order=item.order,
            topic_id=item.topic_id,
            title=item.title,
            minutes=item.minutes,
            is_vote=item.is_vote,
        )
        for item in meeting.agenda.all()
    )


def _item_of(meeting: Meeting, item_id: int) -> AgendaItem:
    item = meeting.agenda.filter(pk=item_id).first()
    if item is None:
        raise RuleError(_("This item is not on the agenda."))
    return item


@transaction.atomic
def finish_item(*, meeting_id: int, actor: Actor, item_id: int, outcome: str) -> AgendaItem:
    """How the talk about an item ended; may be put right until the minutes are confirmed."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "item")
    require(policies.can_lead_session(actor, meeting, "item"))
    if outcome not in ItemOutcome.values:
        raise RuleError(_("Say how it ended."), field="outcome")
    item = _item_of(meeting, item_id)
    item.outcome, item.began_at = ItemOutcome(outcome), item.began_at or at
    item.save(update_fields=["outcome", "began_at"])
    tell_meeting(MEETING_MINUTES_WRITTEN, meeting, actor, item_id=item.pk, outcome=outcome)
    return item


@transaction.atomic
def add_resolution(
    *, meeting_id: int, actor: Actor, item_id: int, text: str, is_information_only: bool = False
) -> Resolution:
    """What was resolved about an item, in the words of the minutes."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "resolve")
    require(policies.can_lead_session(actor, meeting, "resolve"))
    if not text.strip():
        raise RuleError(_("Write what was resolved."), field="text")
    item = _item_of(meeting, item_id)
    known = meeting.resolutions.filter(item=item, text=text.strip()).first()
    if known is not None:  # the same form sent twice
        return known
    resolution = Resolution.objects.create(
        meeting=meeting,
        item=item,
        order=meeting.resolutions.count() + 1,
        text=text.strip(),
        is_information_only=is_information_only,
        at=at,
        by_id=person(actor),
        by_label=actor.label,
    )
    item.outcome, item.began_at = ItemOutcome.RESOLVED, item.began_at or at
    item.save(update_fields=["outcome", "began_at"])
    write_entry(meeting, kind=MEETING_RESOLVED, actor=actor, at=at, text=resolution.text)
    tell_meeting(MEETING_RESOLVED, meeting, actor, resolution_id=resolution.pk)
    return resolution
