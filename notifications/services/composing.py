"""Making the words of a delivery, outside any transaction, in the language of whoever reads them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from governance.services.links import follow_url
from notifications.channels.base import Outgoing
from notifications.models import Delivery, Notice, Preference
from notifications.services.proposers import words_for_proposer
from notifications.subjects import page_of, with_subjects
from notifications.texts import resident_words, staff_words

DIGEST_LINES = 30


def absolute(path: str) -> str:
    """The whole address of one of our pages."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def language_of(delivery: Delivery) -> str:
    """The language somebody chose; Chinese for everybody else."""
    wish = Preference.objects.filter(user=delivery.user_id).first() if delivery.user_id else None
    return (wish.language if wish else "") or settings.LANGUAGE_CODE


def compose(delivery: Delivery, *, address: str, at: datetime) -> Outgoing:
    """The message as it will leave."""
    with translation.override(language_of(delivery)):
        if delivery.digest_id is not None:
            return _digest(delivery, address, at)
        if delivery.contact_id is not None:
            return _for_resident(delivery, address, at)
        return _for_staff(delivery, address, at)


def _for_resident(delivery: Delivery, address: str, at: datetime) -> Outgoing:
    issue = delivery.issue
    if "topic_id" in delivery.values:
        return Outgoing(address=address, subject="", words=words_for_proposer(delivery), reference=delivery.pk)
    words = resident_words(delivery.text, issue, delivery.values, at=at, link=follow_url(issue)) if issue else ""
    return Outgoing(address=address, subject="", words=words, reference=delivery.pk)


def _for_staff(delivery: Delivery, address: str, at: datetime) -> Outgoing:
    (about,) = [row.about for row in with_subjects([delivery])] or [None]
    if about is None:
        raise ValueError("a delivery for staff is about something")
    is_resident_text = delivery.text.startswith("resident_")  # a webhook of an event that only a resident hears of
    sentence = about.number if is_resident_text else staff_words(delivery.text, about, delivery.values, at)
    link = absolute(page_of(about))
    words = sentence
    if delivery.channel == "email":
        words = render_to_string("notifications/mail/notice.txt", {"sentence": sentence, "link": link, **_foot()})
    return Outgoing(
        address=address,
        subject=sentence[:120],
        words=words,
        reference=delivery.pk,
        facts=_facts(delivery, sentence, link) if delivery.channel == "webhook" else {},
    )


def _facts(delivery: Delivery, sentence: str, link: str) -> dict[str, Any]:
    """What another system learns: what happened to which case; never who asked or what they wrote."""
    issue, event = delivery.issue, delivery.event
    if event is None:
        return {}
    if issue is None:
        about = {"event": event.name, "at": event.at.isoformat()}
        return {"delivery": delivery.pk, **about, "text": sentence, "link": link}
    return {
        "delivery": delivery.pk,
        "event": event.name,
        "at": event.at.isoformat(),
        "number": issue.number,
        "category": issue.category.code,
        "urgency": issue.urgency,
        "state": issue.state,
        "holder": issue.holder_unit.name if issue.holder_unit else issue.holder_area.name,
        "due_at": issue.due_at.isoformat() if issue.due_at else None,
        "text": sentence,
        "link": link,
    }


def _digest(delivery: Delivery, address: str, at: datetime) -> Outgoing:
    notices = Notice.objects.filter(digest=delivery.digest_id, read_at=None)
    count = notices.count()
    link = absolute(reverse("notifications:notice-list"))
    subject = _("%(service)s: %(count)d notices for you") % {"service": settings.SERVICE_NAME, "count": count}
    if delivery.channel == "sms":
        return Outgoing(address=address, subject="", words=f"{subject} {link}", reference=delivery.pk)
    shown = notices.select_related("issue__category", "issue__holder_area", "issue__holder_unit").order_by("at", "pk")
    lines = [staff_words(n.text, n.about, n.values, n.at) for n in with_subjects(shown[:DIGEST_LINES])]
    facts = {"lines": lines, "more": max(count - len(lines), 0), "link": link, **_foot()}
    words = render_to_string("notifications/mail/digest.txt", facts)
    return Outgoing(address=address, subject=subject, words=words, reference=delivery.pk)


def _foot() -> dict[str, str]:
    return {"service": settings.SERVICE_NAME, "settings_link": absolute(reverse("notifications:notice-settings"))}
