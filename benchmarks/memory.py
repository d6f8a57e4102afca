"""What the whole stack holds when nobody does anything: the sum of the proportional set sizes."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import stores
from benchmarks.servers import serving
from benchmarks.table import Row, at_most


def _pss(pid: int) -> float:
    """Megabytes, shared pages counted in shares."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in path.read_text().split() if int(child) not in found]
    return found


def run() -> list[Row]:
    """gunicorn, one worker and the clock; PostgreSQL and Valkey add what they hold, if they run here."""
    stores.use("small")
    names = ("postgres", "valkey-server", "redis-server")
    with serving("benchmarks.settings", "/"), tempfile.TemporaryDirectory() as scratch:
        commands = [["worker", "--pool", "threads", "--concurrency", "4"], ["beat", "-s", f"{scratch}/schedule"]]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        celery = [
            subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", *command, "--loglevel", "ERROR"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in commands
        ]
        time.sleep(12)
        ours = sum(_pss(pid) for pid in _family(os.getpid())[1:])
        for process in celery:
            process.terminate()
        for process in celery:
            process.wait(30)
    stores_hold = sum(_pss(int(p.name)) for p in Path("/proc").iterdir() if p.name.isdigit() and _name(p) in names)
    note = f"{ours:.0f} MB ours, {stores_hold:.0f} MB PostgreSQL and Valkey on this machine"
    return [at_most("whole stack, idle", ours + stores_hold, 600, " MB", note)]


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""
