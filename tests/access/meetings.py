"""Meetings and topics."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.models import AgendaItem, Meeting, MeetingNotice, Minutes, Resolution, Topic
from governance.services.meetings.minutes import body_of
from governance.services.meetings.planning import Officers
from governance.services.meetings.roll import checkin_code, lines_of, type_roll
from governance.services.meetings.topics import topic_token
from tests.access.pages import CONVENERS, EVERYONE, Page, World
from tests.factories import make_meeting, make_topic
from tests.test_policies import DISPATCHERS, VIEWERS

AGENTS = {"chair": "representative", "secretary": "building_lead"}
SEES_MEETING = VIEWERS | {*AGENTS.values()}
KEEPS_ROLL = CONVENERS | {*AGENTS.values()}
_HELD = {"confirmed", "published", "following", "closed"}


def meeting_in(world: World, state: str) -> Meeting:
    """A meeting of the branch, put into a state; its chair and secretary have accounts."""
    people = world.people
    officers = Officers(**{name: people.user(who) for name, who in AGENTS.items()})
    meeting = make_meeting(world.district.branch, people.branch_secretary, officers=officers)
    at = timezone.now()
    item = AgendaItem.objects.create(meeting=meeting, order=1, title="停车", minutes=20)
    ended = state in {"closed", "cancelled", "rescheduled"}
    Meeting.objects.filter(pk=meeting.pk).update(
        state=state,
        noticed_at=at,
        held_at=at if state in _HELD else None,
        minutes_confirmed_at=at if state in _HELD else None,
        published_at=at if state in _HELD - {"confirmed"} else None,
        withdraw_on=at.date() + timedelta(days=20) if state in _HELD else None,
        closed_at=at if ended else None,
    )
    MeetingNotice.objects.create(
        meeting=meeting, version=1, at=at, by_label="周某", starts_at=meeting.starts_at, ends_at=meeting.ends_at
    )
    meeting.refresh_from_db()
    minutes = Minutes(meeting=meeting, version=1, saved_at=at)
    if state in _HELD:
        minutes.body = body_of(meeting, minutes, [item])
        minutes.fingerprint, minutes.confirmed_by_id, minutes.confirmed_at = "0" * 64, 1, at
    if state in _HELD | {"minutes_draft"}:
        minutes.save()
    return meeting


def meeting_page(state: str, may: set[str], knows: set[str] | None = None, **more: Any) -> Page:
    known = SEES_MEETING if knows is None else knows
    return Page(lambda w: [meeting_in(w, state).number], may, known, bad_args=["ZYM-2026-999999"], **more)


def line_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "held")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    type_roll(meeting_id=meeting.pk, actor=world.people.branch_secretary, people=lines_of("张三 3栋"))
    return [meeting.number, meeting.roll.get().pk]


def resolution_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "confirmed")
    resolution = Resolution.objects.create(
        meeting=meeting, item=meeting.agenda.get(), order=1, text="划车位", at=timezone.now(), by_label="周某"
    )
    return [meeting.number, resolution.pk]


def door_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "held")
    return [meeting.number, checkin_code(meeting)]


def topic_in(world: World, state: str) -> list[Any]:
    topic = make_topic(world.district.building)
    Topic.objects.filter(pk=topic.pk).update(state=state)
    return [topic.number]


def topic_page(state: str, may: set[str], **more: Any) -> Page:
    return Page(lambda w: topic_in(w, state), may, VIEWERS, bad_args=["ZYP-2026-999999"], **more)


TOPIC_LINK = Page(
    lambda w: [topic_token(make_topic(w.district.building))], EVERYONE, is_public=True, bad_args=["0000-0000-0000"]
)


PAGES: dict[str, Page] = {
    "governance:meeting-public": meeting_page("noticed", EVERYONE, is_public=True),
    "governance:meeting-register": meeting_page("noticed", EVERYONE, is_public=True),
    "governance:meeting-check-in": Page(door_args, EVERYONE, is_public=True, bad_args=["ZYM-2026-999999", "0000"]),
    "governance:topic-follow": TOPIC_LINK,
    "governance:topic-withdraw": TOPIC_LINK,
    "governance:meeting-detail": meeting_page("noticed", SEES_MEETING),
    "governance:meeting-agenda": meeting_page("collecting", CONVENERS),
    "governance:meeting-roll": meeting_page("held", KEEPS_ROLL),
    "governance:meeting-presence": Page(
        line_args, KEEPS_ROLL, SEES_MEETING, method="post", bad_args=["ZYM-2026-999999", 987654321]
    ),
    "governance:meeting-code": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-minutes": meeting_page("held", {"building_lead"}),
    "governance:meeting-minutes-sheet": meeting_page("confirmed", SEES_MEETING),
    "governance:meeting-minutes-word": meeting_page("confirmed", SEES_MEETING),
    "governance:meeting-notice-sheet": meeting_page("noticed", SEES_MEETING),
    "governance:meeting-outcome": meeting_page("held", KEEPS_ROLL, method="post"),
    "governance:meeting-resolve": meeting_page("held", KEEPS_ROLL, method="post"),
    "governance:meeting-inform": Page(
        resolution_args, CONVENERS, SEES_MEETING, method="post", bad_args=["ZYM-2026-999999", 987654321]
    ),
    "governance:meeting-task": Page(resolution_args, CONVENERS, SEES_MEETING, bad_args=["ZYM-2026-999999", 987654321]),
    "governance:meeting-screen": meeting_page("collecting", CONVENERS),
    "governance:meeting-notice": meeting_page("screened", CONVENERS),
    "governance:meeting-hold": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-adjourn": meeting_page("held", KEEPS_ROLL),
    "governance:meeting-confirm": meeting_page("minutes_draft", {"representative"}),
    "governance:meeting-publish": meeting_page("confirmed", CONVENERS),
    "governance:meeting-follow": meeting_page("published", CONVENERS),
    "governance:meeting-close": meeting_page("following", CONVENERS),
    "governance:meeting-again": meeting_page("not_quorate", CONVENERS),
    "governance:meeting-invite": meeting_page("noticed", CONVENERS),
    "governance:meeting-edit": meeting_page("collecting", CONVENERS),
    "governance:meeting-officers": meeting_page("noticed", CONVENERS),
    "governance:meeting-move": meeting_page("noticed", CONVENERS),
    "governance:meeting-few": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-correct": meeting_page("published", {"building_lead"}),
    "governance:meeting-cancel": meeting_page("noticed", CONVENERS),
    "governance:topic-detail": topic_page("proposed", VIEWERS),
    "governance:topic-accept": topic_page("proposed", CONVENERS, method="post"),
    "governance:topic-decline": topic_page("proposed", CONVENERS, method="post"),
    "governance:topic-settle": topic_page("discussed", DISPATCHERS, method="post"),
}
