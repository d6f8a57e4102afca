"""Keeps the portal's programs running and stops them in order."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from launcher.children import Child, Program, last_line
from launcher.services import Services
from launcher.words import Trouble, say

LONGEST_WAIT = 30.0
CALM_AFTER = 60.0  # a program that ran this long starts its back-off anew
DATABASE_TRIES = 3
LOG_LIMIT = 20 * 1024 * 1024


class Startable(Protocol):
    """A private service."""

    child: Child | None

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Kept:
    """One program with its back-off."""

    program: Program
    child: Child | None = None
    failures: int = 0
    started_at: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        """Once more, and note when."""
        self.child = self.program.start()
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Starts the program again after 1, 2, 4 … 30 seconds when it ended by itself."""
        now = time.monotonic()
        if self.child and not self.child.running:
            code = self.child.process.returncode
            self.child.stop()  # and with it what it may have left in its group
            self.child = None
            self.failures = 1 if now - self.started_at > CALM_AFTER else self.failures + 1
            self.again_at = now + min(LONGEST_WAIT, 2.0 ** (self.failures - 1))
            say(
                f"{self.program.name} ended by itself (code {code}) and is started again; log: {self.program.log}",
                f"{self.program.name} 意外退出，正在重新启动。",
            )
        elif self.child is None and now >= self.again_at:
            self.start()

    def stop(self) -> None:
        """Waits until it has ended."""
        if self.child:
            self.child.stop()
            self.child = None


@dataclass
class Supervisor:
    """Services first, then programs; stopped the other way round: beat, worker, web, Valkey, PostgreSQL."""

    services: Services
    programs: list[Kept] = field(default_factory=list)
    database_failures: list[float] = field(default_factory=list)

    def add(self, program: Program) -> Kept:
        """Start a program and keep it up from now on."""
        kept = Kept(program)
        self.programs.append(kept)
        kept.start()
        return kept

    def watch(self) -> None:
        """Until a signal arrives. The nap bounds how long a dead program goes unnoticed."""
        look_at_logs = 0.0
        while True:
            self._look_after_services()
            for kept in self.programs:
                kept.look_after()
            if time.monotonic() > look_at_logs:
                look_at_logs = time.monotonic() + 60
                for kept in self.programs:
                    trim(kept.program.log)
            time.sleep(0.3)

    def stop(self) -> None:
        """The last one started first, the services at the end."""
        for kept in reversed(self.programs):
            kept.stop()
        self.services.stop()

    def _look_after_services(self) -> None:
        if self.services.valkey and _ended(self.services.valkey):
            say("Valkey ended by itself and is started again.", "Valkey 意外退出，正在重新启动。")
            self.services.valkey.start()
        postgres = self.services.postgres
        if postgres and _ended(postgres):
            self._count_database_failure(postgres.log)
            say("PostgreSQL ended by itself and is started again.", "PostgreSQL 意外退出，正在重新启动。")
            postgres.start()

    def _count_database_failure(self, log: Path) -> None:
        now = time.monotonic()
        self.database_failures = [at for at in self.database_failures if now - at < CALM_AFTER] + [now]
        if len(self.database_failures) > DATABASE_TRIES:
            raise Trouble(
                f"The database keeps ending by itself, so everything was stopped: {last_line(log)} (log: {log})",
                f"数据库反复退出，已全部停止。日志：{log}",
            )


def _ended(service: Startable) -> bool:
    if service.child is None or service.child.running:
        return False
    service.stop()
    return True


def trim(log: Path | None) -> None:
    """Moves a big log aside. Programs append, so an emptied file simply goes on."""
    if log and log.exists() and log.stat().st_size > LOG_LIMIT:
        log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes())
        log.write_bytes(b"")
