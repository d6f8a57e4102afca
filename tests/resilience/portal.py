"""A whole private portal for one test module: PostgreSQL, Valkey, gunicorn, worker, as `make run` starts them."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from launcher.children import Child
from launcher.environment import Address, portal_env
from launcher.places import Places, socket_folder
from launcher.run import answers, beat_program, web_program, worker_program
from launcher.services import Services, services_in

ROOT = Path(__file__).resolve().parents[2]
# What a shell or the tests' own settings say must not reach this portal.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "LOCAL_DIR", "MEDIA_ROOT", "PUBLIC_URL", "ALLOWED_HOSTS", "EMAIL_URL")


@dataclass(frozen=True)
class PrivatePlaces(Places):
    """The code of this checkout and the Python of the tests, with data elsewhere."""

    folder: Path

    @property
    def local(self) -> Path:
        return self.folder

    @property
    def venv(self) -> Path:
        return Path(sys.prefix)


@dataclass
class Portal:
    """What runs, and how to break it."""

    places: Places
    services: Services
    where: Address
    env: dict[str, str]
    seed: dict[str, Any] = field(default_factory=dict)
    web: Child | None = None
    others: list[Child] = field(default_factory=list)

    def break_database(self) -> None:
        """At once, as when the power fails: no session is asked, the next start recovers from the log."""
        child = self.services.postgres.child
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait(20)

    def mend_database(self) -> None:
        self.services.postgres.stop()
        self.services.postgres.start()

    def break_queue(self) -> None:
        self.services.valkey.stop()

    def mend_queue(self) -> None:
        self.services.valkey.start()

    def wipe_queue(self) -> None:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.services.valkey.address))
            link.sendall(b"FLUSHALL\r\n")
            assert link.recv(16).startswith(b"+OK")

    def start_workers(self) -> None:
        self.others = [worker_program(self.places, self.env).start(), beat_program(self.places, self.env).start()]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.services.urls["DATABASE_URL"]) as link:
            return link.execute(sql, values).fetchall()

    def count(self, sql: str, *values: Any) -> int:
        return self.rows(sql, *values)[0][0]

    def log(self, name: str) -> str:
        return (self.places.logs / f"{name}.log").read_text("utf-8", "replace")


def until(happens: Callable[[], Any], seconds: float) -> bool:
    """Waits for something; False when it did not come."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if happens():
            return True
        time.sleep(0.1)
    return bool(happens())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_portal(folder: Path) -> Iterator[Portal]:
    """Everything started and the small district loaded; nothing is left afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FOREIGN:
            patch.delenv(name, raising=False)
        patch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        patch.setenv("DEMO", "0")
        patch.setenv("ALTCHA_ENABLED", "0")  # a proof of work needs a browser
        patch.setenv("REPORTS_PER_ADDRESS_HOUR", "100000")
        places = PrivatePlaces(ROOT, folder)
        places.make_local()
        services = services_in(places, folder, logs=places.logs)
        where = Address("127.0.0.1", free_port())
        portal = Portal(places, services, where, portal_env(places, services.urls, where))
    try:
        services.start()
        collecting = _program(portal, "launcher.prepare", "--static-only")
        seeding = _program(portal, "tests.resilience.seed")
        portal.seed = json.loads(_said(seeding).splitlines()[-1])
        _said(collecting)
        portal.web = web_program(places, portal.env, where).start()
        assert until(lambda: answers(where), 60), portal.log("web")
        yield portal
    finally:
        for child in [*portal.others, portal.web]:
            if child:
                child.stop()
        services.stop()
        shutil.rmtree(socket_folder(folder), ignore_errors=True)
        if services.postgres.identity.user:
            shutil.rmtree(services.postgres.data.parent, ignore_errors=True)


def _program(portal: Portal, module: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=portal.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _said(program: "subprocess.Popen[str]") -> str:
    out, err = program.communicate(timeout=300)
    assert program.returncode == 0, err
    return out.strip()
