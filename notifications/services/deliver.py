"""Sending what waits: claim with a lease, send outside any transaction, mark.

A worker that dies after sending and before marking repeats the message when its lease has run out; it never loses one.
One line that is down (the mail server, one webhook) does not hold up the others.
"""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.calendar import end_of_quiet_hours, in_quiet_hours
from notifications.channels import CHANNELS
from notifications.channels.base import Channel, ChannelDownError, Outgoing, RefusedError
from notifications.models import Delivery, DeliveryState, Notice, Urgency
from notifications.services.addresses import address_of
from notifications.services.backoff import wait_after
from notifications.services.composing import compose
from notifications.subjects import with_subjects
from notifications.texts import still_true

logger = logging.getLogger(__name__)
PAUSE_WHEN_DOWN = timedelta(seconds=30)


def waiting_deliveries(channel: str, at: datetime) -> QuerySet[Delivery]:
    """Deliveries of a channel nobody is sending at the moment."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    return Delivery.objects.filter(free, channel=channel, state=DeliveryState.WAITING, due_at__lte=at)


def deliver_batch(*, at: datetime, limit: int = 50) -> int:
    """Send what is due, the most urgent first, every channel in turn; answers how many were taken up."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    due = Delivery.objects.filter(free, state=DeliveryState.WAITING, due_at__lte=at)
    busy = set(due.values_list("channel", flat=True).distinct())
    return sum(_Run(name, at).work(limit) for name in CHANNELS if name in busy)


class _Run:
    """One channel's share of a batch."""

    def __init__(self, name: str, at: datetime) -> None:
        self.name, self.at, self.started = name, at, time.monotonic()
        self.channel: Channel = CHANNELS[name]()
        self.claimed_until = at
        self.down: set[str] = set()

    def now(self) -> datetime:
        """`at`, moved on by the time this run has taken."""
        return self.at + timedelta(seconds=time.monotonic() - self.started)

    def work(self, limit: int) -> int:
        if self.channel.disturbs and in_quiet_hours(self.at):
            waiting_deliveries(self.name, self.at).filter(urgency__gt=Urgency.CRITICAL).update(
                due_at=end_of_quiet_hours(self.at)
            )
        ids = self._claim(limit)
        try:
            for pk in ids:
                self._one(pk)
        finally:
            self.channel.close()
        return len(ids)

    @transaction.atomic
    def _claim(self, limit: int) -> list[int]:
        due = waiting_deliveries(self.name, self.at).order_by("urgency", "due_at", "id")
        found = list(due.select_for_update(skip_locked=True).values_list("pk", "tries")[:limit])
        worn = [pk for pk, tries in found if tries >= settings.NOTICE_TRIES]
        ids = [pk for pk, tries in found if tries < settings.NOTICE_TRIES]
        Delivery.objects.filter(pk__in=worn).update(state=DeliveryState.PARKED, leased_until=None)
        self.claimed_until = self._lease()
        Delivery.objects.filter(pk__in=ids).update(leased_until=self.claimed_until, tries=F("tries") + 1)
        return ids

    def _lease(self) -> datetime:
        return self.now() + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)

    def _one(self, pk: int) -> None:
        """Renew the lease, look again whether it is still worth sending, send, mark."""
        until = self._lease()
        # a batch may take longer than a lease: whoever claimed it since then has written another moment here
        mine = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, leased_until=self.claimed_until)
        if not mine.update(leased_until=until):
            return
        delivery = Delivery.objects.select_related(
            "event", "user", "contact", "issue__category", "issue__holder_area", "issue__holder_unit"
        ).get(pk=pk)
        held = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, leased_until=until)
        address = address_of(delivery)
        reason = why_not(delivery, address)
        if reason:
            held.update(state=DeliveryState.DROPPED, last_error=reason, leased_until=None)
        elif self.channel.line(address) in self.down:
            self._put_back(held)
        else:
            self._send(delivery, address, held)

    def _send(self, delivery: Delivery, address: str, held: QuerySet[Delivery]) -> None:
        try:
            provider = self.channel.send(self._compose(delivery, address))
        except RefusedError as error:
            held.update(state=DeliveryState.PARKED, last_error=_reason(error), leased_until=None)
        except ChannelDownError as error:
            self.down.add(self.channel.line(address))
            self._fail(delivery, error, held)
        except Exception as error:  # a provider's library raises what it likes; the others go on
            self._fail(delivery, error, held)
        else:
            held.update(
                state=DeliveryState.SENT,
                handed_at=self.now(),
                provider=provider[:60],
                last_error="",
                leased_until=None,
            )

    def _compose(self, delivery: Delivery, address: str) -> Outgoing:
        return compose(delivery, address=address, at=self.now())

    def _put_back(self, held: QuerySet[Delivery]) -> None:
        """Its line went down a moment ago: not tried, not counted."""
        held.update(due_at=self.now() + PAUSE_WHEN_DOWN, tries=F("tries") - 1, leased_until=None)

    def _fail(self, delivery: Delivery, error: Exception, held: QuerySet[Delivery]) -> None:
        logger.warning("%s: delivery %s failed: %s", self.name, delivery.pk, error)
        is_last = delivery.tries >= settings.NOTICE_TRIES
        held.update(
            state=DeliveryState.PARKED if is_last else DeliveryState.WAITING,
            due_at=self.now() + wait_after(delivery.tries),
            last_error=_reason(error),
            leased_until=None,
        )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _why_not_about_other_things(delivery: Delivery) -> str:
    if "topic_id" in delivery.values:  # what became of a topic stays worth knowing
        return ""
    known = with_subjects([delivery]) if delivery.subject else []
    return "" if known and still_true(delivery.text, known[0].about, delivery.values) else "no longer true"


def why_not(delivery: Delivery, address: str) -> str:
    """A reason not to send it any more; empty when it is still worth it."""
    if not address:
        return "no address"
    if delivery.digest_id is not None:
        unread = Notice.objects.filter(digest=delivery.digest_id, read_at=None)
        return "" if unread.exists() else "everything was read"
    if delivery.issue is None:
        return _why_not_about_other_things(delivery)
    if delivery.channel == "webhook":  # another system keeps the whole history
        return ""
    about = delivery.issue.parent if delivery.contact_id and delivery.issue.parent_id else delivery.issue
    return "" if about and still_true(delivery.text, about, delivery.values) else "no longer true"
