"""Who may do what to a meeting and to a topic. Pure."""

from governance.actors import CONVENERS, DISPATCHERS, RECORDERS, VIEWERS
from governance.lifecycle.meetings import (
    BY_WHISTLE,
    MEETING_FITS,
    NOT_BY_WHISTLE,
    OF_UNITS,
    STATUTORY,
    TOPIC_FITS,
    MeetingKind,
)
from governance.models import Issue, Meeting, Topic
from neighborhoods.actors import Actor, Stamped


def can_convene_meeting(actor: Actor, place: Stamped, kind: str) -> bool:
    """Branch secretary, community, street; the assembly and the enlarged committee not the branch secretary."""
    return actor.holds(DISPATCHERS if kind in STATUTORY | BY_WHISTLE | OF_UNITS else CONVENERS, place)


def kinds_to_call(actor: Actor) -> frozenset[MeetingKind]:
    """Which kinds of meetings the actor may call anywhere; where, the service asks."""
    by_hand = frozenset(MeetingKind) - BY_WHISTLE
    return by_hand if actor.grants_of(DISPATCHERS) else by_hand - STATUTORY - OF_UNITS


def is_organizer(actor: Actor, meeting: Meeting) -> bool:
    """Whoever may call a meeting of this kind at its place looks after it."""
    return can_convene_meeting(actor, meeting, meeting.kind)


def is_officer(actor: Actor, meeting: Meeting) -> bool:
    """Its chair or its secretary."""
    return actor.user_id is not None and actor.user_id in {meeting.chair_id, meeting.secretary_id}


def can_organize_meeting(actor: Actor, meeting: Meeting, step: str) -> bool:
    """A step of the organiser that fits now (MEETING_FITS)."""
    if meeting.is_by_whistle and step in NOT_BY_WHISTLE:
        return False
    return meeting.state in MEETING_FITS[step] and is_organizer(actor, meeting)


def can_keep_roll(actor: Actor, meeting: Meeting, step: str) -> bool:
    """Write down who came: the organiser, the chair, the secretary."""
    return meeting.state in MEETING_FITS[step] and (is_organizer(actor, meeting) or is_officer(actor, meeting))


def can_lead_session(actor: Actor, meeting: Meeting, step: str) -> bool:
    """Open and close the session and its items: the same people."""
    return can_keep_roll(actor, meeting, step)


def can_write_minutes(actor: Actor, meeting: Meeting, step: str = "minutes") -> bool:
    """The secretary types; the organiser when the secretary has no account. Never the chair, who confirms."""
    if meeting.state not in MEETING_FITS[step] or actor.user_id is None or actor.user_id == meeting.chair_id:
        return False
    if meeting.secretary_id:
        return actor.user_id == meeting.secretary_id
    return is_organizer(actor, meeting)


def can_confirm_minutes(actor: Actor, meeting: Meeting, step: str = "confirm") -> bool:
    """The chair; for a chair without an account an organiser. Never whoever typed (the service knows who did)."""
    if meeting.state not in MEETING_FITS[step] or actor.user_id is None or actor.user_id == meeting.secretary_id:
        return False
    if meeting.chair_id:
        return actor.user_id == meeting.chair_id
    return is_organizer(actor, meeting)


def can_see_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Staff of the place, the branch secretary, and its officers; whoever is invited reads the public page."""
    return actor.holds(VIEWERS, meeting) or is_officer(actor, meeting)


def can_convene(actor: Actor) -> bool:
    """Call a meeting somewhere."""
    return bool(actor.grants_of(CONVENERS))


def can_record_topic(actor: Actor) -> bool:
    """Type a topic for somebody else, or put an issue to a meeting."""
    return bool(actor.grants_of(RECORDERS))


def can_put_to_meeting(actor: Actor, issue: Issue) -> bool:
    """Make a topic of an open case of one's place."""
    return issue.closed_at is None and can_record_topic(actor) and actor.holds(VIEWERS, issue)


def can_screen_topic(actor: Actor, topic: Topic, step: str) -> bool:
    """Take it up or not: whoever calls meetings at its place."""
    return topic.state in TOPIC_FITS[step] and actor.holds(CONVENERS, topic)


def can_settle_topic(actor: Actor, topic: Topic) -> bool:
    """Look whether it is settled: community or street, never whoever called the meeting or wrote its minutes."""
    if topic.state not in TOPIC_FITS["settle"] or actor.user_id is None or not actor.holds(DISPATCHERS, topic):
        return False
    meeting = topic.meeting
    return meeting is None or actor.user_id not in {meeting.opened_by_id, meeting.chair_id, meeting.secretary_id}
