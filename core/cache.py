"""The cache may vanish at any moment; nobody's report may fail because of it."""

import logging
from typing import Any

import redis.exceptions
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class PatientRedisCache(RedisCache):
    """Redis, answering "nothing stored" while it is away. Counters then start again, which is the lesser harm."""

    def _quietly(self, method: str, fallback: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), method)(*args, **kwargs)
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
            logger.warning("cache is away: %s", error)
            return fallback

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._quietly("get", default, key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        extra = {} if timeout is ... else {"timeout": timeout}
        self._quietly("set", None, key, value, version=version, **extra)

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        extra = {} if timeout is ... else {"timeout": timeout}
        return self._quietly("add", True, key, value, version=version, **extra)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._quietly("incr", delta, key, delta, version=version)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._quietly("delete", False, key, version=version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return self._quietly("get_many", {}, keys, version=version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._quietly("has_key", False, key, version=version)

    def touch(self, key: str, timeout: Any = ..., version: int | None = None) -> bool:
        extra = {} if timeout is ... else {"timeout": timeout}
        return self._quietly("touch", False, key, version=version, **extra)
