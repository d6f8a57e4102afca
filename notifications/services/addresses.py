"""Where a delivery goes, looked up at the moment of sending: addresses change, contacts are erased."""

from django.conf import settings

from notifications.channels.base import place_of
from notifications.models import Delivery
from notifications.services.residents import RESIDENT, phone_of


def address_of(delivery: Delivery) -> str:
    """The address, or nothing when there is none any more."""
    if delivery.contact is not None:
        gone = delivery.contact.hidden_at or delivery.contact.erased_at
        return "" if gone else delivery.contact.phone
    if delivery.user is not None:
        return _of_person(delivery)
    if delivery.recipient.startswith(RESIDENT):
        return phone_of(delivery.recipient)
    urls = settings.WEBHOOK_URLS if delivery.channel == "webhook" else settings.CHAT_URLS
    return next((url for url in urls if delivery.recipient == f"{delivery.channel}:{place_of(url)}"), "")


def _of_person(delivery: Delivery) -> str:
    user = delivery.user
    if user is None or not user.is_active:
        return ""
    return (user.email or "") if delivery.channel == "email" else str(user.phone or "")
