"""Runs one program to its end, alone or with the services it needs."""

import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from launcher import envfile
from launcher.children import Program
from launcher.environment import check_addresses, portal_env, with_defaults
from launcher.lock import Lock
from launcher.places import Places
from launcher.services import services_in


def run_to_end(places: Places, name: str, command: list[str], env: dict[str, str], *, to_stderr: bool = False) -> int:
    """Runs a program in the terminal's own group; however the launcher ends, the program ends too."""
    program = Program(
        name, command, env, places.root, stop_signal=signal.SIGINT, patience=20, foreground=True, to_stderr=to_stderr
    )
    child = program.start()
    try:
        return child.process.wait()
    finally:
        child.stop()


def extra_arguments() -> list[str]:
    """`make test ARGS="-k clock -x"`."""
    return shlex.split(os.environ.get("ARGS", ""))


def portal_lock(places: Places) -> Lock:
    """Held by whoever works on the data in `.local/`: the portal, a restore, a reset."""
    return Lock(places.local / "lock")


@contextmanager
def with_portal_services(places: Places, note: str) -> Iterator[dict[str, str]]:
    """The services of the running portal when there is one, else started for as long as the command takes."""
    check_addresses()
    places.make_local()
    lock = portal_lock(places)
    if not lock.take(note):
        yield with_defaults({**envfile.read(places.env_file), **os.environ})
        return
    services = services_in(places, places.local, logs=places.logs)
    try:
        services.start()
        yield portal_env(places, services.urls)
    finally:
        services.stop()
        lock.release()
