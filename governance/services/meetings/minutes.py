"""Minutes: typed live from the agenda, confirmed by somebody else, then frozen with a fingerprint.

What is wrong afterwards is put right by a new version; the old ones stay as they are.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.meetings import (
    MEETING_CONFIRMED,
    MEETING_CORRECTED,
    MEETING_MINUTES_WRITTEN,
    TOPIC_CARRIED,
    TOPIC_DISCUSSED,
    ItemOutcome,
    MeetingFormat,
    MeetingState,
    Presence,
    TopicState,
)
from governance.lifecycle.motions import MOTION_UNSETTLED
from governance.models import AgendaItem, Meeting, Minutes
from governance.policies import meetings as policies
from governance.selectors.meetings.votes_of_minutes import frozen_motions
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    move_topic,
    require_meeting_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.moves import person
from neighborhoods.actors import Actor

LONGEST_TEXT = 5000


@dataclass(frozen=True)
class Typed:
    """What stands on the page. `revision` is that of the page: a second window does not overwrite the first."""

    opening: str
    texts: dict[int, str]  # by the id of the item
    revision: int


def fingerprint_of(body: dict[str, Any]) -> str:
    """The SHA-256 of everything the frozen minutes say; the same words always give the same one."""
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def save_minutes(*, meeting_id: int, actor: Actor, typed: Typed) -> Minutes:
    """Keep what has been typed so far."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "minutes")
    require(policies.can_write_minutes(actor, meeting))
    draft = meeting.minutes.filter(confirmed_at=None).first() or Minutes(meeting=meeting, version=1)
    return _save(draft, meeting, actor=actor, at=at, typed=typed)


@transaction.atomic
def start_correction(*, meeting_id: int, actor: Actor, reason: str) -> Minutes:
    """Something confirmed was wrong: a new version begins with the text of the last one."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "correct")
    require(policies.can_write_minutes(actor, meeting, "correct"))
    if not reason.strip():
        raise RuleError(_("Say what was wrong; it stands in the new version."), field="reason")
    last = meeting.minutes.order_by("-version").first()
    if last is None or not last.is_frozen:
        raise RuleError(_("A correction is being written already."))
    draft = Minutes.objects.create(
        meeting=meeting,
        version=last.version + 1,
        opening=last.opening,
        texts=last.texts,
        reason=reason.strip()[:200],
        typed_by_ids=[person(actor)],
        typed_by_label=actor.label,
        saved_at=at,
    )
    write_entry(meeting, kind=MEETING_MINUTES_WRITTEN, actor=actor, at=at, reason=draft.reason)
    tell_meeting(MEETING_MINUTES_WRITTEN, meeting, actor, version=draft.version)
    return draft


@transaction.atomic
def save_correction(*, meeting_id: int, actor: Actor, typed: Typed) -> Minutes:
    """Keep what has been typed of a correction."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "correct")
    require(policies.can_write_minutes(actor, meeting, "correct"))
    draft = meeting.minutes.filter(confirmed_at=None).first()
    if draft is None:
        raise RuleError(_("These minutes are frozen. Begin a correction first."))
    return _save(draft, meeting, actor=actor, at=at, typed=typed)


def _save(draft: Minutes, meeting: Meeting, *, actor: Actor, at: datetime, typed: Typed) -> Minutes:
    items = set(meeting.agenda.values_list("pk", flat=True))
    said = {str(pk): text.strip() for pk, text in typed.texts.items() if pk in items}
    if typed.revision != draft.revision:
        if draft.pk and (typed.opening.strip(), {**draft.texts, **said}) == (draft.opening, draft.texts):
            return draft  # the same words sent twice
        raise RuleError(_("These minutes were saved in another window meanwhile. Copy your words, then load the page."))
    if any(len(text) > LONGEST_TEXT for text in (typed.opening, *said.values())):
        raise RuleError(_("At most %(limit)d characters.") % {"limit": LONGEST_TEXT})
    draft.opening, draft.texts = typed.opening.strip(), {**draft.texts, **said}
    draft.revision, draft.saved_at, draft.typed_by_label = draft.revision + 1, at, actor.label
    is_new_hand = person(actor) not in draft.typed_by_ids
    if is_new_hand:
        draft.typed_by_ids = [*draft.typed_by_ids, person(actor)]
    draft.save()
    if is_new_hand:  # saved every few seconds; the trail keeps who wrote, not every save
        tell_meeting(MEETING_MINUTES_WRITTEN, meeting, actor, version=draft.version)
    return draft


@transaction.atomic
def confirm_minutes(*, meeting_id: int, actor: Actor) -> Minutes:
    """The chair has read them: they are frozen, and the meeting counts from now on."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    is_correction = meeting.state != MeetingState.MINUTES_DRAFT
    require_meeting_fits(meeting, "confirm")
    require(policies.can_confirm_minutes(actor, meeting))
    draft = meeting.minutes.filter(confirmed_at=None).first()
    if draft is None:
        raise RuleError(_("Nothing has been written yet."))
    if person(actor) in draft.typed_by_ids:
        raise RuleError(_("You wrote in these minutes, so somebody else confirms them."))
    items = list(meeting.agenda.select_related("topic"))
    _require_whole(meeting, draft, items)
    _freeze(draft, meeting, items, actor=actor, at=at)
    if is_correction:
        write_entry(meeting, kind=MEETING_CORRECTED, actor=actor, at=at, reason=draft.reason)
        tell_meeting(MEETING_CORRECTED, meeting, actor, version=draft.version)
        return draft
    meeting.minutes_confirmed_at = at
    if meeting.is_by_whistle:  # it is filed with its whistle, whenever that is
        meeting.due_at = None
    move_meeting(meeting, MeetingState.CONFIRMED, actor=actor, at=at, kind=MEETING_CONFIRMED)
    save_meeting(meeting, "minutes_confirmed_at")
    _move_topics(meeting, items, actor, at)
    tell_meeting(MEETING_CONFIRMED, meeting, actor, version=draft.version)
    return draft


def present_count(meeting: Meeting) -> int:
    """How many are there, themselves or represented."""
    return meeting.roll.filter(presence__in=[Presence.PRESENT, Presence.BY_PROXY]).count()


def _require_whole(meeting: Meeting, draft: Minutes, items: list[AgendaItem]) -> None:
    for item in items:
        if not item.outcome:
            raise RuleError(_("Say how item %(order)d ended.") % {"order": item.order})
        if not draft.texts.get(str(item.pk), "").strip():
            raise RuleError(_("Nothing is written about item %(order)d.") % {"order": item.order})
    resolved = set(meeting.resolutions.values_list("item_id", flat=True))
    for item in items:
        if item.outcome == ItemOutcome.RESOLVED and item.pk not in resolved:
            raise RuleError(_("Write down what was resolved about item %(order)d.") % {"order": item.order})
    unsettled = meeting.motions.filter(state__in=sorted(MOTION_UNSETTLED)).order_by("order").first()
    if unsettled:
        raise RuleError(_("The vote on motion %(order)d has not been counted to the end.") % {"order": unsettled.order})
    if meeting.format != MeetingFormat.ONLINE and not present_count(meeting):
        raise RuleError(_("Nobody is on the roll as present. Type the paper roll first."))


def _freeze(draft: Minutes, meeting: Meeting, items: list[AgendaItem], *, actor: Actor, at: datetime) -> None:
    draft.body = body_of(meeting, draft, items)
    draft.fingerprint = fingerprint_of(draft.body)
    draft.confirmed_by_id, draft.confirmed_by_label, draft.confirmed_at = person(actor), actor.label, at
    draft.save()


def body_of(meeting: Meeting, draft: Minutes, items: list[AgendaItem]) -> dict[str, Any]:
    """Everything the printed minutes say, the votes with their counts. Counts of people, no names of those who came."""
    moved = frozen_motions(meeting)
    resolved: dict[int, list[dict[str, Any]]] = {}
    for resolution in meeting.resolutions.all():
        resolved.setdefault(resolution.item_id, []).append(
            {"order": resolution.order, "text": resolution.text, "is_information_only": resolution.is_information_only}
        )
    return {
        "number": meeting.number,
        "version": draft.version,
        "kind": meeting.kind,
        "format": meeting.format,
        "title": meeting.title,
        "place": meeting.place,
        "starts_at": meeting.starts_at.isoformat(),
        "held_at": meeting.held_at.isoformat() if meeting.held_at else None,
        "chair": meeting.chair_name,
        "secretary": meeting.secretary_name,
        "present": present_count(meeting),
        "invited": meeting.roll.count(),
        "opening": draft.opening,
        "reason": draft.reason,
        "items": [
            {
                "order": item.order,
                "title": item.title,
                "minutes": item.minutes,
                "text": draft.texts.get(str(item.pk), ""),
                "outcome": item.outcome,
                "motions": moved.get(item.pk, []),
                "resolutions": resolved.get(item.pk, []),
            }
            for item in items
        ],
    }


def _move_topics(meeting: Meeting, items: list[AgendaItem], actor: Actor, at: datetime) -> None:
    """What was talked about is being carried out; what was not goes on to the next meeting."""
    outcomes = {item.topic_id: item.outcome for item in items if item.topic_id}
    for topic in meeting.topics.select_for_update(of=("self",)).filter(state=TopicState.ON_AGENDA).order_by("pk"):
        if outcomes.get(topic.pk) == ItemOutcome.CARRIED:
            move_topic(topic, TopicState.CARRIED, actor=actor, at=at, kind=TOPIC_CARRIED, meeting=meeting)
        else:
            move_topic(topic, TopicState.DISCUSSED, actor=actor, at=at, kind=TOPIC_DISCUSSED, meeting=meeting)
