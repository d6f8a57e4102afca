"""Tries are counted in one round trip, and a counter always ends."""

import pytest
import redis.exceptions
from django.core.cache import cache

from core.limits import too_many


@pytest.fixture(autouse=True)
def _empty():
    cache.clear()


def test_the_limit_is_the_last_try_that_passes():
    assert [too_many("photos", "a", limit=2, seconds=60) for _try in range(4)] == [False, False, True, True]
    assert not too_many("photos", "b", limit=2, seconds=60)
    assert not too_many("report", "a", limit=2, seconds=60)
    assert too_many("photos", "c", limit=0, seconds=60)


def test_a_counter_ends_when_its_first_try_is_so_old_and_not_later():
    cache.count("limit:x", 60)
    made = cache.make_and_validate_key("limit:x")
    client = cache._cache.get_client(made, write=True)
    client.expire(made, 7)
    assert cache.count("limit:x", 60) == 2
    assert 0 < client.ttl(made) <= 7


def test_without_the_cache_everybody_is_let_through(monkeypatch):
    def away(*_args, **_kwargs):
        raise redis.exceptions.ConnectionError("away")

    monkeypatch.setattr("redis.client.Pipeline.execute", away)
    assert not too_many("photos", "a", limit=1, seconds=60)
