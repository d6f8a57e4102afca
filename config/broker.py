"""How Celery's messages reach Redis.

A worker that loses Redis while it works closes its channel and hands back what it had not finished, and what finishes
later is acknowledged on that closed channel. Both need the connection, which is gone by then; kombu 5.7 runs into an
`AttributeError` that none of its callers expect, and the worker ends. Here a closed channel says what is the matter
with the error they do expect: they log it and connect again. Nothing is lost, since the database says what is to do.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as NotConnectedError


class Channel(redis.Channel):
    """A channel that can be told from a broken program once it is closed."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - kombu's signature
        if self.connection.client is None:
            raise NotConnectedError("this channel is closed")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):
    """Redis with the channel above; `config.celery` makes it the one that `redis://` means."""

    Channel = Channel
