"""The same thing done by many at once, each on its own connection."""

import threading

from django.db import connections

from core.errors import NotAllowedError, RuleError


def at_once(count: int, job) -> list:
    """What each of them got; whoever failed fails the test."""
    barrier, found, faults = threading.Barrier(count), [], []

    def run() -> None:
        try:
            barrier.wait(30)
            found.append(job())
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return found


def attempts(*acts) -> list[str]:
    """All of them at the same moment, each on its own connection: what came of each."""
    barrier, found = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            barrier.wait(30)
            act()
            found.append("done")
        except (RuleError, NotAllowedError) as refusal:
            found.append(type(refusal).__name__)
        except Exception as fault:
            found.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)
