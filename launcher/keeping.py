"""`make backup` and `make restore`: the same code as the backup container, with the services up."""

import os
from pathlib import Path

from launcher import archive, envfile
from launcher.places import Places
from launcher.prepared import prepare
from launcher.running import portal_lock, run_to_end, with_portal_services
from launcher.setup import set_up
from launcher.words import Trouble, say


def backup(places: Places) -> int:
    """Works beside a running portal."""
    set_up(places, "run")
    with with_portal_services(places, "make backup") as env:
        folder = os.environ.get("BACKUP_DIR") or str(places.root / "backups")
        code = _run(places, {**env, "BACKUP_DIR": folder}, "create")
    if code == 0:
        say(
            "It holds no keys: keep a copy of .local/env somewhere else. A portal without these keys cannot use it.",
            "备份里没有密钥：请另存一份 .local/env，没有这些密钥，备份无法正常使用。",
        )
    return code


def restore(places: Places) -> int:
    """Verify, replace, migrate to today's code, seal the audit trail anew."""
    chosen = os.environ.get("FILE", "")
    if not chosen:
        raise Trouble("Say which backup: make restore FILE=backups/….tar", "请指定备份文件：make restore FILE=…")
    set_up(places, "run")
    if os.environ.get("FORCE") != "1":
        _refuse_while_running(places)
    with with_portal_services(places, "make restore") as env:
        code = _run(places, env, "restore", str(Path(chosen).absolute()))
        if code == 0:
            remember_keys(places, Path(chosen))
            prepare(places, env, demo=False, static=False)
            code = _seal(places, env)
    return code


def remember_keys(places: Places, source: Path) -> None:
    """Keys of the backup that were given in the environment are the portal's from now on: the next start needs them."""
    given = {name: os.environ[name] for name in archive.KEYS if os.environ.get(name)}
    others = archive.manifest_of(source).made_with_other({**envfile.read(places.env_file), **given})
    if right := {name: key for name, key in given.items() if name not in others}:
        envfile.renew(places.env_file, right)


def _run(places: Places, env: dict[str, str], *arguments: str) -> int:
    return run_to_end(places, "backup", [str(places.python), "-m", "launcher.backup", *arguments], env)


def _refuse_while_running(places: Places) -> None:
    """People would write into a database that is being replaced."""
    lock = portal_lock(places)
    if not lock.take("make restore"):
        raise Trouble(
            f"The portal is running ({lock.note()}): stop it first, or use FORCE=1.",
            "门户正在运行：请先停止，或使用 FORCE=1。",
        )
    lock.release()


def _seal(places: Places, env: dict[str, str]) -> int:
    """The audit trail's chain continues from the restored end; the gap is on record."""
    manage = [str(places.python), "manage.py"]
    listed = run_to_end(places, "seal", [*manage, "seal_events", "--after-restore"], env)
    if listed != 0:
        say("The audit trail could not be sealed: run manage.py seal_events --after-restore.", "审计链未能封存。")
    return listed
