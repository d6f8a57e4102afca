"""The cache may vanish at any moment; nobody's report may fail because of it."""

import logging
from typing import Any

import redis.exceptions
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

logger = logging.getLogger(__name__)


class SteadyClient(RedisCacheClient):
    """One client for a pool of connections. Django makes one for each command, which costs more than the command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class PatientRedisCache(RedisCache):
    """Redis, answering "nothing stored" while it is away. Counters then start again, which is the lesser harm."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SteadyClient

    def _quietly(self, method: str, *args: Any, fallback: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), method)(*args, **kwargs)
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
            logger.warning("cache is away: %s", error)
            return fallback

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._quietly("get", key, default, version=version, fallback=default)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        extra = {} if timeout is ... else {"timeout": timeout}
        self._quietly("set", key, value, version=version, **extra, fallback=None)

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        extra = {} if timeout is ... else {"timeout": timeout}
        return self._quietly("add", key, value, version=version, **extra, fallback=True)

    def count(self, key: str, seconds: int) -> int:
        """One more; how many within so many seconds from the first. In one round trip, and never kept for ever.

        Django's own way asks three times, and a counter that expires in between would count until the end of days.
        """
        made = self.make_and_validate_key(key)
        steps = self._cache.get_client(made, write=True).pipeline(transaction=False)
        steps.incr(made)
        steps.expire(made, seconds, nx=True)
        try:
            return steps.execute()[0]
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
            logger.warning("cache is away: %s", error)
            return 1

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._quietly("incr", key, delta, version=version, fallback=delta)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._quietly("delete", key, version=version, fallback=False)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return self._quietly("get_many", keys, version=version, fallback={})

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._quietly("has_key", key, version=version, fallback=False)

    def touch(self, key: str, timeout: Any = ..., version: int | None = None) -> bool:
        extra = {} if timeout is ... else {"timeout": timeout}
        return self._quietly("touch", key, version=version, **extra, fallback=False)
