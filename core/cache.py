"""The cache may vanish at any moment; nobody's report may fail because of it."""

import logging
from typing import Any

import redis.exceptions
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class PatientRedisCache(RedisCache):
    """Redis, answering "nothing stored" while it is away. Counters then start again, which is the lesser harm."""

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
