"""Topics: proposed by residents or from an issue, taken up or not with a reason, withdrawn, settled once."""

import uuid
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.tokens import digest_of, token_of
from governance.lifecycle import FINAL
from governance.lifecycle.meetings import (
    TOPIC_ACCEPTED,
    TOPIC_CARRIED,
    TOPIC_DECLINED,
    TOPIC_PROPOSED,
    TOPIC_SETTLED,
    TOPIC_WITHDRAWN,
    Theme,
    TopicSource,
    TopicState,
)
from governance.models import Issue, Meeting, Topic
from governance.policies import meetings as policies
from governance.services.contacts import create_contact
from governance.services.meetings.moves import (
    locked_topic,
    move_topic,
    number_of,
    require_topic_fits,
    tell_topic,
    write_topic_entry,
)
from governance.services.moves import person
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import Stamp, stamp_for_new

TITLE_LIMIT, TEXT_LIMIT = 80, 500


@dataclass(frozen=True)
class Proposal:
    """What somebody wants talked about."""

    area: Area
    title: str
    text: str = ""
    theme: str = Theme.OTHER
    name: str = ""
    phone: str = ""
    meeting: Meeting | None = None  # the one it was proposed for
    issue: Issue | None = None
    submission_key: uuid.UUID = field(default_factory=uuid.uuid4)


def propose_topic(*, actor: Actor = NOBODY, proposal: Proposal) -> Topic:
    """Anybody may propose; people with a post may type it for somebody. The same key is stored once."""
    if actor.user_id is not None:
        require(policies.can_record_topic(actor))
    _check(proposal)
    try:
        return _store(actor, proposal)
    except IntegrityError:
        known = Topic.objects.filter(submission_key=proposal.submission_key).first()
        if known is None:
            raise RuleError(_("This case is put to a meeting already.")) from None
        return known


def _check(proposal: Proposal) -> None:
    if not proposal.title.strip():
        raise RuleError(_("Say in a few words what should be talked about."), field="title")
    if len(proposal.title.strip()) > TITLE_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TITLE_LIMIT}, field="title")
    if len(proposal.text) > TEXT_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TEXT_LIMIT}, field="text")
    if proposal.theme not in Theme.values:
        raise RuleError(_("Choose what it is about."), field="theme")
    if proposal.issue is not None and proposal.issue.state in FINAL:
        raise RuleError(_("The case is closed."))


@transaction.atomic
def _store(actor: Actor, proposal: Proposal) -> Topic:
    at = timezone.now()
    area, stamp = stamp_for_new(proposal.area)
    if area.closed_on:
        raise RuleError(_("This place is no longer kept. Choose another one."), field="area")
    if proposal.issue is not None:
        require(policies.can_put_to_meeting(actor, proposal.issue))
    topic = Topic(
        number=number_of("topic", timezone.localdate(at).year),
        submission_key=proposal.submission_key,
        area=proposal.area,
        **stamp.as_fields(),
        source=_source_of(actor, proposal),
        issue=proposal.issue,
        contact=create_contact(name=proposal.name, phone=proposal.phone),
        recorded_by_id=actor.user_id,
        recorded_by_label=actor.label if actor.user_id else "",
        theme=proposal.theme,
        title=proposal.title.strip(),
        text=proposal.text.strip(),
        meeting=_meeting_for(proposal, stamp),
        proposed_at=at,
    )
    topic.follow_digest = digest_of(topic_token(topic))
    topic.save(force_insert=True)
    write_topic_entry(topic, kind=TOPIC_PROPOSED, actor=actor, at=at)
    tell_topic(TOPIC_PROPOSED, topic, actor)
    return topic


def topic_token(topic: Topic) -> str:
    """The token of the private link, by which its proposer follows it."""
    return token_of(f"topic:{topic.submission_key}:{topic.follow_version}")


def _source_of(actor: Actor, proposal: Proposal) -> TopicSource:
    if proposal.issue is not None:
        return TopicSource.ISSUE
    if actor.user_id is not None and not (proposal.name.strip() or proposal.phone.strip()):
        return TopicSource.STAFF
    return TopicSource.RESIDENT


def _meeting_for(proposal: Proposal, stamp: Stamp) -> Meeting | None:
    """The meeting it was proposed for, when that still collects topics of this place."""
    meeting = proposal.meeting
    return meeting if meeting and is_inside(stamp, meeting) else None


def is_inside(place: object, meeting: Meeting) -> bool:
    """Whether a place lies in the area of a meeting: it has the same stamps from the street down to that area."""
    pairs = ("street_id", "community_id", "grid_id", "branch_id", "building_id")
    return all(getattr(meeting, name) in {None, getattr(place, name)} for name in pairs)


@transaction.atomic
def accept_topic(*, topic_id: int, actor: Actor) -> Topic:
    """It is worth a talk; it waits for a place on an agenda."""
    topic, at = locked_topic(topic_id), timezone.now()
    require_topic_fits(topic, "accept")
    require(policies.can_screen_topic(actor, topic, "accept"))
    topic.screened_at, topic.screened_by_id = at, person(actor)
    move_topic(topic, TopicState.ACCEPTED, actor=actor, at=at, kind=TOPIC_ACCEPTED)
    tell_topic(TOPIC_ACCEPTED, topic, actor)
    return topic


@transaction.atomic
def decline_topic(*, topic_id: int, actor: Actor, reason: str) -> Topic:
    """It is not taken up; the reason is read by whoever proposed it."""
    topic, at = locked_topic(topic_id), timezone.now()
    require_topic_fits(topic, "decline")
    require(policies.can_screen_topic(actor, topic, "decline"))
    if len(reason.strip()) < 2:
        raise RuleError(_("Say why, and where to turn instead."), field="reason")
    topic.screened_at, topic.screened_by_id, topic.reason = at, person(actor), reason.strip()[:200]
    move_topic(topic, TopicState.DECLINED, actor=actor, at=at, kind=TOPIC_DECLINED, reason=topic.reason)
    tell_topic(TOPIC_DECLINED, topic, actor)
    return topic


@transaction.atomic
def withdraw_topic(*, topic_id: int, actor: Actor = NOBODY) -> Topic:
    """Whoever proposed it takes it back by the private link, as long as it is on no agenda."""
    topic, at = locked_topic(topic_id), timezone.now()
    require_topic_fits(topic, "withdraw")
    move_topic(topic, TopicState.WITHDRAWN, actor=actor, at=at, kind=TOPIC_WITHDRAWN)
    tell_topic(TOPIC_WITHDRAWN, topic, actor)
    return topic


@transaction.atomic
def settle_topic(*, topic_id: int, actor: Actor, settled: bool, note: str) -> Topic:
    """Somebody who did not run the meeting has looked: settled, which counts once; or it is talked about again."""
    topic, at = locked_topic(topic_id), timezone.now()
    require_topic_fits(topic, "settle")
    require(policies.can_settle_topic(actor, topic))
    note = note.strip()[:200]
    if len(note) < 2:
        raise RuleError(_("Say in a few words what you have seen."), field="note")
    if settled:
        topic.settled_at, topic.settled_by_id, topic.settled_note = at, person(actor), note
        move_topic(topic, TopicState.SETTLED, actor=actor, at=at, kind=TOPIC_SETTLED, reason=note)
    else:
        move_topic(topic, TopicState.CARRIED, actor=actor, at=at, kind=TOPIC_CARRIED, reason=note)
    tell_topic(TOPIC_SETTLED if settled else TOPIC_CARRIED, topic, actor)
    return topic
