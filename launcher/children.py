"""Programs the launcher starts. None of them outlives it, not even after kill -9."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Asks the kernel for `death_signal` when `parent` ends; covers a parent that has ended already."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def _before_exec(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)


@dataclass(frozen=True)
class Program:
    """How to start one program and how to end it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    user: str | None = None
    foreground: bool = False  # stays in the terminal's process group, so that it can read the keyboard
    to_stderr: bool = False  # keeps the command's own output clean

    def start(self) -> "Child":
        """Must be called from the main thread: the death signal follows the thread that started the child."""
        output = self.log.open("ab") if self.log else None
        try:
            process = subprocess.Popen(
                list(self.command),
                env=dict(self.env),
                cwd=self.cwd,
                stdin=None if self.foreground else subprocess.DEVNULL,
                stdout=sys.stderr if self.to_stderr else output,
                stderr=output,
                preexec_fn=_before_exec(self.death_signal),  # noqa: PLW1509 - there are no threads here
                process_group=None if self.foreground else 0,
                user=self.user,
                group=None if self.user is None else _group_of(self.user),
                extra_groups=None if self.user is None else [],
            )
        finally:
            if output:
                output.close()
        return Child(self, process)


@dataclass
class Child:
    """A running program."""

    program: Program
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Asks, waits, and in the end kills the whole group."""
        if self.running:
            self._send(self.program.stop_signal)
            try:
                self.process.wait(self.program.patience)
            except subprocess.TimeoutExpired:
                self._send(signal.SIGKILL)
        if not self.program.foreground:
            kill_group(self.process.pid)
        self.process.wait()

    def _send(self, what: signal.Signals) -> None:
        try:
            self.process.send_signal(what)
        except ProcessLookupError:  # it ended in between
            return


def kill_group(group: int) -> None:
    """Ends what a child may have left behind in its own process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Polls until ready, the child ends or the time is over."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        if not child.running:
            return False
        time.sleep(0.03)
    return False


def _group_of(user: str) -> int:
    import pwd  # noqa: PLC0415 - only needed in the rare case of running as another user

    return pwd.getpwnam(user).pw_gid


def last_line(log: Path, fallback: str = "") -> str:
    """Why a program ended: the last error it named, else the last line it wrote."""
    try:
        lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return fallback
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|ImproperlyConfigured): ", line)]
    return (errors or lines or [fallback])[-1][-300:]
