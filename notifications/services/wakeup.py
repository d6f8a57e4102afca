"""The best-effort wake-up after commit. It only shortens the delay: the beat relays every five seconds anyhow.

Nobody's report may wait for Redis, so sockets time out quickly, and after a failure nobody tries again for a while.
"""

import logging
import time

import redis
from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)
FLAG = "mulin:relay-awake"
FLAG_MILLISECONDS = 4000  # a wake-up that was lost is repeated after this
SOCKET_SECONDS = 0.3
REST_SECONDS = 10.0


class Waker:
    """Asks a worker to relay, once for a crowd of events."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS, retry=None
        )
        self._rests_until = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._rests_until:
            return
        try:
            # one wake-up is on its way already: the relay it starts will see this event too
            if self._redis.set(FLAG, "1", nx=True, px=FLAG_MILLISECONDS):
                current_app.send_task("notifications.relay", expires=30, retry=False, ignore_result=True)
        except Exception as error:  # whatever is wrong with Redis, the event is safe in the database
            self._rests_until = time.monotonic() + REST_SECONDS
            logger.warning("wake-up of the relay failed, the beat will do it: %s", error)

    def answered(self) -> None:
        """The relay starts: whatever is recorded from now on asks for another one."""
        try:
            self._redis.delete(FLAG)
        except redis.RedisError as error:
            logger.warning("cannot take the wake-up flag down: %s", error)


wake = Waker(settings.REDIS_URL)
