"""Whoever proposed a topic hears what became of it: one text message with the private link, when they left a phone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.models import OutboxMessage
from governance.lifecycle import meetings
from governance.models import Topic
from governance.services.meetings.topics import topic_token
from notifications.models import Delivery, Urgency
from notifications.topic_texts import topic_words

# Events of meetings and topics, and the text (notifications.topic_texts.TOPIC_TEXTS) for whoever proposed the topic.
PROPOSER_TEXTS = {
    meetings.TOPIC_ACCEPTED: "topic_accepted",
    meetings.TOPIC_DECLINED: "topic_declined",
    meetings.TOPIC_SETTLED: "topic_settled",
    meetings.MEETING_NOTICED: "topic_announced",
    meetings.MEETING_MOVED: "topic_moved",
    meetings.MEETING_PUBLISHED: "topic_result",
}


def for_proposers(messages: Iterable[OutboxMessage], *, at: datetime) -> list[Delivery]:
    """Deliveries of these events, not stored yet; two statements at most for each event that tells proposers."""
    found = []
    for message in messages:
        event = message.event
        text = PROPOSER_TEXTS.get(event.name)
        if not text:
            continue
        for topic in _topics_of(event.name, event.payload):
            contact = topic.contact
            if contact is not None and contact.phone and topic.issue_id is None:
                found.append(
                    Delivery(
                        event=event,
                        channel="sms",
                        recipient=f"contact:{contact.pk}",
                        contact=contact,
                        text=text,
                        values={"topic_id": topic.pk},
                        urgency=Urgency.NOW,
                        due_at=at,
                    )
                )
    return found


def _topics_of(name: str, payload: dict[str, Any]) -> list[Topic]:
    rows = Topic.objects.select_related("contact").order_by("pk")
    if name.startswith("topic."):
        return list(rows.filter(pk=payload.get("topic_id") or 0))
    return list(rows.filter(items__meeting=payload.get("meeting_id")))


def words_for_proposer(delivery: Delivery) -> str:
    """The text message, with the link by which its reader follows the topic."""
    topic = Topic.objects.filter(pk=delivery.values["topic_id"]).select_related("meeting").first()
    if topic is None:
        return ""
    path = reverse("governance:topic-follow", args=[topic_token(topic)])
    return topic_words(delivery.text, topic, link=f"{settings.PUBLIC_URL.rstrip('/')}{path}")
