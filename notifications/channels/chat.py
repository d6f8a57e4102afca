"""Group chats of a team (WeCom, DingTalk, Feishu and whatever else apprise knows)."""

from notifications.channels.base import ChannelDownError, Outgoing, RefusedError


class ChatChannel:
    """One message to one group."""

    disturbs = True

    def line(self, address: str) -> str:
        return address

    def send(self, message: Outgoing) -> str:
        import apprise  # noqa: PLC0415 - loads a hundred plug-ins: two seconds and 30 MB only for who uses it

        group = apprise.Apprise()
        if not group.add(message.address):
            raise RefusedError("apprise does not know this kind of address")
        if not group.notify(body=message.words):
            raise ChannelDownError("the chat server did not take it")
        return message.address.split("://", 1)[0]

    def close(self) -> None:
        """Nothing is kept open."""
