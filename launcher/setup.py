"""Installs the locked packages into `.venv`, and does nothing when they are there already."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.children import last_line
from launcher.lock import Lock
from launcher.places import Places
from launcher.words import Trouble, disk_full, say

OFFLINE = (
    "Could not connect",
    "Failed to fetch",
    "Temporary failure",
    "ConnectionError",
    "NewConnectionError",
    "Network is unreachable",
    "No matching distribution",
    "Name or service not known",
    "dns error",
    "Max retries",
)


def set_up(places: Places, kind: str) -> None:
    """`kind` is run or dev; dev contains all of run."""
    places.make_local()
    lock = Lock(places.local / "setup.lock")
    lock.take("set-up", wait=True)  # two commands at once: the second finds everything installed
    try:
        if not _installed(places, kind):
            _install(places, kind)
    finally:
        lock.release()


def _install(places: Places, kind: str) -> None:
    say("Installing the packages (once, about half a minute) …", "正在安装所需软件包（仅首次，约半分钟）……")
    log = places.logs / "setup.log"
    log.unlink(missing_ok=True)
    _stamp(places).unlink(missing_ok=True)
    _make_venv(places, log)
    lock = places.root / "requirements" / f"{kind}.txt"
    if not (_install_with_uv(places, lock, log) or _install_with_pip(places, lock, log)):
        raise _trouble(log)
    kinds = ["run", "dev"] if kind == "dev" else ["run"]
    _stamp(places).write_text("\n".join([_interpreter(), *(_fingerprint(places, each) for each in kinds)]))


def _stamp(places: Places) -> Path:
    return places.venv / "mulin.installed"


def _interpreter() -> str:
    return f"{os.path.realpath(sys.executable)} {sys.version.split()[0]}"


def _fingerprint(places: Places, kind: str) -> str:
    lock = places.root / "requirements" / f"{kind}.txt"
    return f"{kind} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def _installed(places: Places, kind: str) -> bool:
    stamp = _stamp(places)
    if not stamp.exists() or not places.python.exists():
        return False
    lines = stamp.read_text().splitlines()
    return _interpreter() in lines and _fingerprint(places, kind) in lines


def _make_venv(places: Places, log: Path) -> None:
    """A new environment when there is none or it belongs to another Python."""
    marker = places.venv / "mulin.python"
    if places.python.exists() and marker.exists() and marker.read_text() == _interpreter():
        return
    # pip costs seconds; where uv is at hand nothing needs it
    extra = ["--without-pip"] if shutil.which("uv") else []
    if not _run([sys.executable, "-m", "venv", "--clear", *extra, str(places.venv)], log):
        raise Trouble(
            "A virtual environment could not be made: install Python's venv module "
            f"(on Debian: apt install python3-venv). Details: {log}",
            f"无法创建虚拟环境：请安装 Python 的 venv 模块。详情：{log}",
        )
    marker.write_text(_interpreter())


def _install_with_uv(places: Places, lock: Path, log: Path) -> bool:
    """uv installs the same hashed files many times faster. pip fetches it, hashed too, and stays the fall-back."""
    settings = _uv_settings(places)
    if settings is None:
        return False
    uv = shutil.which("uv") or str(places.venv / "bin" / "uv")
    if not Path(uv).exists() and not _pip(places, places.root / "requirements" / "uv.txt", log):
        return False
    command = [uv, "pip", "install", "--quiet", "--no-config", "--python", str(places.python), "--require-hashes"]
    return _run([*command, "-r", str(lock)], log, settings)


def _install_with_pip(places: Places, lock: Path, log: Path) -> bool:
    if not _run([str(places.python), "-m", "pip", "--version"], log):
        _run([str(places.python), "-m", "ensurepip"], log)
    return _pip(places, lock, log)


def _pip(places: Places, lock: Path, log: Path) -> bool:
    command = [str(places.python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    return _run([*command, "--require-hashes", "-r", str(lock)], log)


def _uv_settings(places: Places) -> dict[str, str] | None:
    """uv does not read pip's settings: hand over the mirror somebody chose there; None when pip must do it."""
    pip = [str(places.python), "-m", "pip", "config", "list"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=False).stdout
    pairs = [line.partition("=") for line in listed.splitlines()]
    found = {key.rpartition(".")[2]: value.strip().strip("'\"") for key, _, value in pairs}
    if found.get("no-index", "").lower() in {"1", "true", "yes"}:
        return None
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    chosen = {name: found[key] for key, name in names.items() if found.get(key)}
    return {key: value for key, value in chosen.items() if key not in os.environ}


def _run(command: list[str], log: Path, extra: dict[str, str] | None = None) -> bool:
    with log.open("ab") as output:
        env = {**os.environ, **(extra or {})}
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, env=env, check=False)
    return done.returncode == 0


def _trouble(log: Path) -> Trouble:
    text = log.read_text("utf-8", "replace")
    if "No space left" in text:
        return disk_full()
    if any(sign in text for sign in OFFLINE):
        return Trouble(
            "The packages could not be fetched: the first start needs the network or a package mirror "
            f"(pip's index-url). Details: {log}",
            f"无法下载软件包：首次启动需要网络或软件包镜像（pip 的 index-url）。详情：{log}",
        )
    return Trouble(
        f"The packages could not be installed: {last_line(log)} (details: {log})",
        f"软件包安装失败，详情：{log}",
    )
