"""Meetings as everybody reads them: announced ones, and results, without names and numbers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from core.masking import mask_text
from governance.lifecycle.meetings import MEETING_FOLLOWED, SHOWN, ItemOutcome, MeetingState
from governance.lifecycle.tasks import TaskState
from governance.models import Meeting, MeetingEntry, MeetingNotice, Minutes, Resolution, Task, Topic
from governance.selectors.meetings.votes_of_minutes import VoteWords, vote_words

_TOLD = sorted({MeetingState.NOTICED, MeetingState.HELD})
_SHOWN = sorted(SHOWN)


def announced_meetings() -> QuerySet[Meeting]:
    """Those to come, the next one first."""
    since = timezone.now().replace(hour=0, minute=0)
    return (
        Meeting.objects.filter(state__in=_TOLD, starts_at__gte=since).select_related("area").order_by("starts_at", "pk")
    )


def shown_results(today: date) -> QuerySet[Meeting]:
    """Results that are not withdrawn yet, the newest first."""
    rows = Meeting.objects.filter(published_at__isnull=False, withdraw_on__gte=today, state__in=_SHOWN)
    return rows.select_related("area").order_by("-published_at", "-pk")


def public_meeting(number: str, today: date) -> Meeting | None:
    """Announced (also when it was called off or put off), or with a result that is still shown."""
    told = Q(noticed_at__isnull=False) & ~Q(state__in=_SHOWN)
    shown = Q(state__in=_SHOWN, withdraw_on__gte=today)
    return Meeting.objects.filter(told | shown, number=number).select_related("area", "rule", "held_again").first()


def masked_agenda(notice: MeetingNotice) -> list[dict[str, Any]]:
    """What was announced, without numbers that a resident typed into the title of a topic."""
    return [{**item, "title": mask_text(item["title"])} for item in notice.agenda]


@dataclass(frozen=True)
class PublicResolution:
    """What was resolved, as it was frozen, and how its tasks stand now; their words stay with those who do them."""

    text: str
    is_information_only: bool = False
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class PublicItem:
    """An item of a result."""

    title: str
    text: str
    outcome: str
    tone: str
    resolutions: list[PublicResolution]
    votes: list[VoteWords]


@dataclass(frozen=True)
class Result:
    """What everybody reads of confirmed minutes; phone and ID numbers are struck out, nobody is named."""

    opening: str
    present: int
    version: int
    fingerprint: str
    items: list[PublicItem]
    notes: list[tuple[Any, str]]


def result_of(meeting: Meeting) -> Result | None:
    """From the newest frozen version."""
    minutes = meeting.minutes.filter(confirmed_at__isnull=False).order_by("-version").first()
    if minutes is None or minutes.body is None:
        return None
    entries = MeetingEntry.objects.filter(meeting=meeting, kind=MEETING_FOLLOWED).order_by("-at", "-pk")
    return masked_result(minutes, [(entry.at, mask_text(entry.text)) for entry in entries], _standing(meeting))


def _standing(meeting: Meeting) -> dict[int, Resolution]:
    """The resolutions as they stand now, by their order, with their tasks; what was called off says nothing."""
    tasks = Task.objects.exclude(state=TaskState.CANCELLED).select_related("holder_area", "holder_unit")
    found = meeting.resolutions.prefetch_related(Prefetch("tasks", tasks.order_by("due_at", "pk")))
    return {resolution.order: resolution for resolution in found}


def masked_result(
    minutes: Minutes, notes: list[tuple[Any, str]] | None = None, standing: dict[int, Resolution] | None = None
) -> Result:
    """The frozen text as strangers read it, with how it is carried out if that is given."""
    body: dict[str, Any] = minutes.body or {}
    items = [
        PublicItem(
            mask_text(item["title"]),
            mask_text(item["text"]),
            str(ItemOutcome(item["outcome"]).label) if item["outcome"] else "",
            "soon" if item["outcome"] == ItemOutcome.CARRIED else "done",
            [_resolved(one, (standing or {}).get(one["order"])) for one in item["resolutions"]],
            [vote_words(one, is_public=True) for one in item.get("motions", [])],  # older minutes were frozen without
        )
        for item in body.get("items", [])
    ]
    return Result(
        mask_text(body.get("opening", "")),
        body.get("present", 0),
        minutes.version,
        minutes.fingerprint,
        items,
        notes or [],
    )


def _resolved(frozen: dict[str, Any], now: Resolution | None) -> PublicResolution:
    text = mask_text(frozen["text"])
    return PublicResolution(text, now.is_information_only, tuple(now.tasks.all())) if now else PublicResolution(text)


def topic_by_digest(digest: str) -> Topic | None:
    """The topic of a private link."""
    return Topic.objects.filter(follow_digest=digest).select_related("area", "meeting", "issue").first()
