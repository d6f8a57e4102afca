"""Confirmed minutes as they are printed: from what was frozen, never from what has changed since."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.wording import say_exactly
from governance.lifecycle.meetings import ItemOutcome, MeetingFormat, MeetingKind
from governance.models import Minutes
from governance.selectors.meetings.votes_of_minutes import VoteWords, vote_words


@dataclass(frozen=True)
class SheetItem:
    """An item with what was said and resolved."""

    order: int
    title: str
    text: str
    outcome: str
    resolutions: list[str]
    tone: str = "done"
    votes: list[VoteWords] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """Everything on the paper."""

    title: str
    kind: str
    number: str
    version: int
    facts: list[tuple[str, str]]
    opening: str
    reason: str
    items: list[SheetItem]
    confirmed: str
    fingerprint: str


def sheet_of(minutes: Minutes) -> Sheet:
    """The words of one version."""
    body: dict[str, Any] = minutes.body or {}
    return Sheet(
        title=body["title"],
        kind=str(MeetingKind(body["kind"]).label),
        number=body["number"],
        version=minutes.version,
        facts=_facts(body),
        opening=body["opening"],
        reason=body["reason"],
        items=[_item(item) for item in body["items"]],
        confirmed=_("Confirmed by %(who)s, %(at)s")
        % {"who": minutes.confirmed_by_label, "at": say_exactly(minutes.confirmed_at) if minutes.confirmed_at else ""},
        fingerprint=minutes.fingerprint,
    )


def _facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    held = datetime.fromisoformat(body["held_at"] or body["starts_at"])
    return [
        (_("Meeting"), f"{MeetingKind(body['kind']).label}，{MeetingFormat(body['format']).label}"),
        (_("When"), say_exactly(held)),
        (_("Where"), body["place"]),
        (_("Chair"), body["chair"]),
        (_("Secretary"), body["secretary"]),
        (_("Present"), str(body["present"])),
    ]


def _item(item: dict[str, Any]) -> SheetItem:
    outcome = str(ItemOutcome(item["outcome"]).label) if item["outcome"] else ""
    return SheetItem(
        order=item["order"],
        title=item["title"],
        text=item["text"],
        outcome=outcome,
        resolutions=[one["text"] for one in item["resolutions"]],
        votes=[vote_words(one) for one in item.get("motions", [])],  # older minutes were frozen without
    )
