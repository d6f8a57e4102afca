"""Things done by many at the same moment, each on its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connections

from core.errors import NotAllowedError, RuleError


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """What each of them got, in their order; the first failure fails the test."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, job) for job in jobs]]


def at_once(count: int, job: Callable[[], Any]) -> list[Any]:
    """The same by so many."""
    return together(*[job] * count)


def in_parallel(jobs: list[Callable[[], Any]]) -> list[Any]:
    """What each of them got; a `RuleError` is an answer, everything else fails the test."""
    return together(*(partial(_answer, job) for job in jobs))


def _answer(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except RuleError as refused:
        return refused


def attempts(*acts: Callable[[], Any]) -> list[str]:
    """What came of each: done, the name of a refusal, or a fault in words."""
    return sorted(together(*(partial(_outcome, act) for act in acts)))


def _outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except (RuleError, NotAllowedError) as refusal:
        return type(refusal).__name__
    except Exception as fault:
        return repr(fault)
    return "done"
