"""The same thing done by many at once, each on its own connection."""

import threading

from django.db import connections


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
