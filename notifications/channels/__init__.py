"""The ways out of the portal. The notice centre (inbox.py) is not in the table: it needs no delivery."""

from notifications.channels.base import Channel
from notifications.channels.chat import ChatChannel
from notifications.channels.email import EmailChannel
from notifications.channels.sms import SmsChannel
from notifications.channels.webhook import WebhookChannel

CHANNELS: dict[str, type[Channel]] = {
    "sms": SmsChannel,
    "email": EmailChannel,
    "chat": ChatChannel,
    "webhook": WebhookChannel,
}
