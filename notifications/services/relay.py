"""From the outbox to notices and deliveries.

1. Claim due messages with a lease (SKIP LOCKED, so relays in parallel take different ones) and count the try.
2. In one transaction per batch: lock the messages again, store notices and deliveries, mark the messages relayed.
   Unique constraints make a repetition harmless; a crash in between leaves the lease, which runs out.
3. A batch that fails is repeated one by one, so that one broken message cannot hold up the others.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.models import Event, OutboxMessage
from governance.lifecycle import ISSUE_ESCALATED
from governance.lifecycle import Urgency as IssueUrgency
from governance.lifecycle.tasks import TASK_ESCALATED
from governance.lifecycle.whistles import WHISTLE_ESCALATED
from governance.models import Clock, DutyClock, Issue
from notifications.channels import inbox
from notifications.channels.base import place_of
from notifications.models import Delivery, Notice, Preference, Urgency
from notifications.selectors.recipients import Directory, Happening
from notifications.services.backoff import wait_after
from notifications.services.notices import mark_settled
from notifications.services.proposers import for_proposers
from notifications.services.residents import reached_by_phone, recipient_of
from notifications.services.rules import Route, Routes, Rule
from notifications.subjects import SUBJECTS, load

logger = logging.getLogger(__name__)
DUTY_ESCALATED = {TASK_ESCALATED, WHISTLE_ESCALATED}
ESCALATED = {ISSUE_ESCALATED, *DUTY_ESCALATED}  # they move nothing on, and a night may bring thousands


def waiting_messages(at: datetime) -> QuerySet[OutboxMessage]:
    """Messages nobody is relaying at the moment."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    return OutboxMessage.objects.filter(free, relayed_at=None, parked_at=None, due_at__lte=at)


def relay_batch(*, at: datetime, routes: Routes, limit: int = 200) -> int:
    """Turn due outbox messages into notices and deliveries; answers how many were looked at."""
    ids = _claim(at, limit)
    if not ids:
        return 0
    try:
        _relay(ids, at, routes)
    except Exception:
        logger.exception("relay: a batch failed, going on one by one")
        for pk in ids:
            _relay_alone(pk, at, routes)
    return len(ids)


@transaction.atomic
def _claim(at: datetime, limit: int) -> list[int]:
    due = waiting_messages(at).order_by("due_at", "id").select_for_update(skip_locked=True)
    found = list(due.values_list("pk", "tries")[:limit])
    worn = [pk for pk, tries in found if tries >= settings.NOTICE_TRIES]
    ids = [pk for pk, tries in found if tries < settings.NOTICE_TRIES]
    # it was claimed so often and never finished: whoever relays it dies of it
    OutboxMessage.objects.filter(pk__in=worn).update(parked_at=at, leased_until=None)
    until = at + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    OutboxMessage.objects.filter(pk__in=ids).update(leased_until=until, tries=F("tries") + 1)
    return ids


def _relay_alone(pk: int, at: datetime, routes: Routes) -> None:
    try:
        _relay([pk], at, routes)
    except Exception as error:
        logger.exception("relay: message %s failed", pk)
        message = OutboxMessage.objects.get(pk=pk)
        is_last = message.tries >= settings.NOTICE_TRIES
        OutboxMessage.objects.filter(pk=pk, relayed_at=None).update(
            last_error=f"{type(error).__name__}: {error}"[:2000],
            due_at=at + wait_after(message.tries),
            leased_until=None,
            parked_at=at if is_last else None,
        )


@transaction.atomic
def _relay(ids: list[int], at: datetime, routes: Routes) -> None:
    # waits for locks: another relay's claim locks what we claimed for a moment, when it finds our lease on it
    messages = list(
        OutboxMessage.objects.filter(pk__in=ids, relayed_at=None, parked_at=None)
        .select_for_update(of=("self",))
        .select_related("event")
        .order_by("pk")
    )
    routed = [m for m in messages if m.event.name in routes]
    happenings = _happenings(routed)
    writer = _Writer(at, happenings)
    for happening in happenings:
        writer.expand(happening, routes[happening.event.name])
    inbox.put(writer.notices)
    mark_settled([m.event for m in messages if m.event.name not in ESCALATED], at=at)
    deliveries = [*writer.deliveries, *for_proposers(messages, at=at)]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=1000)
    OutboxMessage.objects.filter(pk__in=[m.pk for m in messages]).update(relayed_at=at, leased_until=None)


def _happenings(messages: list[OutboxMessage]) -> list[Happening]:
    """The events with what they are about, in the order they happened; what is gone needs no notice."""
    keys = {m.pk: _subject_of(m.event) for m in messages}
    wanted = {m.event.payload.get("issue_id") for m in messages if not keys[m.pk]}
    issues = (
        Issue.objects.select_related("holder_area", "holder_unit", "category", "contact")
        .prefetch_related("merged__contact")
        .in_bulk([pk for pk in wanted if isinstance(pk, int)])
    )
    subjects = load(key for key in keys.values() if key)
    directory, found = Directory(), []
    for message in messages:
        key = keys[message.pk]
        about = subjects.get(key) if key else issues.get(message.event.payload.get("issue_id"))
        if about is not None:
            found.append(Happening(message.event, about, directory))
    return found


def _subject_of(event: Event) -> tuple[str, int] | None:
    """The kind and row an event is about, unless it is an issue."""
    key = event.name.partition(".")[0]
    pk = event.payload.get(f"{key}_id")
    return (key, pk) if key in SUBJECTS and isinstance(pk, int) else None


@dataclass(frozen=True)
class _Source:
    """What all rows of one event share."""

    happening: Happening
    values: dict[str, Any]


class _Writer:
    """Collects the rows of one batch."""

    def __init__(self, at: datetime, happenings: list[Happening]) -> None:
        self.at = at
        self.notices: list[Notice] = []
        self.deliveries: list[Delivery] = []
        self._clock_dues = _clock_dues(happenings)
        # only people who changed something have a row
        self._preferences: dict[int, Preference] = {p.user_id: p for p in Preference.objects.all()}

    def expand(self, happening: Happening, route: Route) -> None:
        source = _Source(happening, self._values(happening))
        told: set[int] = {happening.event.actor_id} if happening.event.actor_id else set()
        texts: list[Rule] = []
        for rule in route.staff:
            people = [user for user in rule.who(happening) if user.pk not in told] if rule.when(happening) else []
            for user in people:
                if user.pk not in told:
                    told.add(user.pk)
                    self._tell(source, rule, user)
            if people:
                texts.append(rule)
        if route.resident and isinstance(happening.about, Issue):
            for issue in (happening.issue, *happening.issue.merged.all()):
                self._tell_resident(source, route.resident, issue)
        self._tell_places(source, route, texts)
        self._tell_by_phone(source, route)

    def _values(self, happening: Happening) -> dict[str, Any]:
        payload, about = happening.payload, happening.about
        due = self._clock_dues.get((happening.event.name, payload.get("clock_id", 0))) or getattr(about, "due_at", None)
        kept = {key: payload[key] for key in ("step", "rung", "clock_id") if key in payload}
        return {
            **kept,
            "area_id": getattr(about, "holder_area_id", None),
            "unit_id": getattr(about, "holder_unit_id", None),
            "due_at": due.isoformat() if due else None,
        }

    def _tell(self, source: _Source, rule: Rule, user: Any) -> None:
        speed = _speed(rule, source.happening.about)
        happening = source.happening
        self.notices.append(
            Notice(
                user=user,
                event=happening.event,
                **_about(happening),
                text=rule.text,
                values=source.values,
                urgency=speed,
                at=happening.event.at,
            )
        )
        if speed != Urgency.DIGEST:
            for channel in self._channels(user, is_loud=rule.is_loud or speed == Urgency.CRITICAL):
                self._deliver(source, rule.text, speed, channel, f"user:{user.pk}", user=user)

    def _channels(self, user: Any, *, is_loud: bool) -> Iterator[str]:
        """E-mail for everything; a text message for what cannot wait, and for whoever has no e-mail."""
        wish = self._preferences.get(user.pk) or Preference()
        by_email = bool(user.email) and wish.by_email
        if by_email:
            yield "email"
        if user.phone and (is_loud or not by_email) and wish.by_sms:
            yield "sms"

    def _tell_resident(self, source: _Source, text: str, issue: Issue) -> None:
        contact = issue.contact
        if contact is not None and contact.phone:
            speed = Urgency.NOW
            self._deliver(source, text, speed, "sms", f"contact:{contact.pk}", contact=contact, issue=issue)

    def _tell_by_phone(self, source: _Source, route: Route) -> None:
        if route.by_phone is None:
            return
        text, people = route.by_phone.text, reached_by_phone(route.by_phone.who(source.happening))
        for resident in people:
            self._deliver(source, text, Urgency.NOW, "sms", recipient_of(resident))

    def _tell_places(self, source: _Source, route: Route, rules: list[Rule]) -> None:
        """Other systems hear of every routed event; the group chat only of what cannot wait."""
        for url in settings.WEBHOOK_URLS:
            text = rules[0].text if rules else route.resident
            self._deliver(source, text, Urgency.NOW, "webhook", f"webhook:{place_of(url)}")
        for rule in [rule for rule in rules if rule.in_chat][:1]:
            speed = _speed(rule, source.happening.about)
            for url in settings.CHAT_URLS:
                self._deliver(source, rule.text, speed, "chat", f"chat:{place_of(url)}")

    def _deliver(self, source: _Source, text: str, urgency: Urgency, channel: str, recipient: str, **whom: Any) -> None:
        if "issue" not in whom:
            whom.update(_about(source.happening))
        self.deliveries.append(
            Delivery(
                event=source.happening.event,
                channel=channel,
                recipient=recipient,
                text=text,
                values=source.values,
                urgency=urgency,
                due_at=self.at,
                **whom,
            )
        )


def _about(happening: Happening) -> dict[str, Any]:
    """The columns that say what a row is about."""
    if isinstance(happening.about, Issue):
        return {"issue": happening.about}
    key = _subject_of(happening.event)
    return {"subject": key[0], "subject_id": key[1]} if key else {}


def _speed(rule: Rule, about: Any) -> Urgency:
    """Danger to life is told at once, also at night."""
    if rule.urgency == Urgency.NOW and getattr(about, "urgency", "") == IssueUrgency.CRITICAL:
        return Urgency.CRITICAL
    return rule.urgency


def _clock_dues(happenings: list[Happening]) -> dict[tuple[str, int], datetime]:
    """When the clocks ran out whose rungs were climbed, by event name and clock."""
    dues: dict[tuple[str, int], datetime] = {}
    for clocks, names in ((Clock.objects, {ISSUE_ESCALATED}), (DutyClock.objects, DUTY_ESCALATED)):
        asked = {
            (h.event.name, h.payload["clock_id"])
            for h in happenings
            if h.event.name in names and "clock_id" in h.payload
        }
        known = dict(clocks.filter(pk__in={pk for _name, pk in asked}).values_list("pk", "due_at")) if asked else {}
        dues |= {key: known[key[1]] for key in asked if key[1] in known}
    return dues
