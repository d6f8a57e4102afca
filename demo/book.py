"""The rows of many stories, kept until they are stored at once."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.database import copy_rows
from core.models import Event
from demo.store import store
from governance.models import (
    Callback,
    Clock,
    Contact,
    ContactLog,
    Dispatch,
    Escalation,
    Issue,
    Reply,
    TimelineEntry,
)
from governance.models.issues import Audience
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history. Not a model: there are too many of them to be built one by one."""

    issue: Issue
    kind: str
    at: datetime
    actor: Actor
    from_state: str = ""
    to_state: str = ""
    text: str = ""
    reason: str = ""
    audience: int = Audience.REQUESTER
    area: Area | None = None
    unit: PartnerUnit | None = None

    def row(self) -> tuple[Any, ...]:
        """In the order of the columns that the book writes."""
        return (
            self.issue.pk,
            self.kind,
            self.at,
            self.actor.user_id,
            self.actor.label,
            self.from_state,
            self.to_state,
            self.text,
            self.reason,
            int(self.audience),
            self.area.pk if self.area else None,
            self.unit.pk if self.unit else None,
            [],
        )


LINE_COLUMNS = (
    *("issue_id", "kind", "at", "actor_id", "actor_label", "from_state", "to_state"),
    *("text", "reason", "audience", "area_id", "unit_id", "photo_ids"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """An event."""

    issue: Issue
    kind: str
    at: datetime
    actor: Actor
    payload: dict[str, Any]
    clock: Clock | None = None

    def row(self) -> tuple[Any, ...]:
        """In the order of the columns that the book writes; the payload as JSON."""
        payload = {**self.payload, "issue_id": self.issue.pk, "number": self.issue.number}
        if self.clock:
            payload["clock_id"] = self.clock.pk
        label = Issue._meta.label_lower
        return (self.kind, self.at, self.actor.user_id, self.actor.label, label, self.issue.pk, json.dumps(payload))


EVENT_COLUMNS = ["name", "at", "actor_id", "actor_label", "subject_type", "subject_id", "payload"]


class Book:
    """The finished rows of all stories, table by table."""

    def __init__(self) -> None:
        self.contacts: list[Contact] = []
        self.issues: list[Issue] = []
        self.lines: list[Line] = []
        self.clocks: list[Clock] = []
        self.dispatches: list[Dispatch] = []
        self.logs: list[ContactLog] = []
        self.replies: list[Reply] = []
        self.callbacks: list[Callback] = []
        self.escalations: list[Escalation] = []
        self.events: list[Told] = []

    def write(self, *, relayed_before: datetime) -> None:
        """Store everything; events in the order in which things happened. Notices go out for the latest ones only."""
        store(Contact, self.contacts)
        store(Issue, self.issues)
        for model, rows in (
            (Dispatch, self.dispatches),
            (Clock, self.clocks),
            (ContactLog, self.logs),
            (Reply, self.replies),
            (Callback, self.callbacks),
            (Escalation, self.escalations),
        ):
            store(model, rows)
        copy_rows(TimelineEntry, LINE_COLUMNS, (line.row() for line in self.lines))
        copy_rows(Event, EVENT_COLUMNS, (event.row() for event in sorted(self.events, key=lambda e: e.at)))
        write_outbox(relayed_before=relayed_before)


def write_outbox(*, relayed_before: datetime) -> None:
    """An outbox row for every event that has none; what happened before that moment needs no notice any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_outboxmessage (event_id, due_at, tries, last_error, relayed_at)
            SELECT e.id, e.at, 0, '', CASE WHEN e.at < %s THEN e.at END
            FROM core_event e LEFT JOIN core_outboxmessage o ON o.event_id = e.id
            WHERE o.id IS NULL ORDER BY e.id
            """,
            [relayed_before],
        )
