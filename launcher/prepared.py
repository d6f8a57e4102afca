"""Calls `launcher/prepare.py` with the environment's Python and reads what it found."""

import json
from typing import TypedDict

from launcher.places import Places
from launcher.running import run_to_end
from launcher.words import Trouble


class Outcome(TypedDict):
    """What the preparation found in the database."""

    loaded: bool
    logins: str
    set_up: str  # path and code of the first run; empty once somebody has an account


def prepare(places: Places, env: dict[str, str], *, demo: bool, static: bool = True) -> Outcome:
    """Migrations, demo district, static files, translations: in one process."""
    result = places.local / "prepared.json"
    result.unlink(missing_ok=True)
    command = [str(places.python), "-m", "launcher.prepare", "--result", str(result)]
    command += [flag for flag, on in (("--demo", demo), ("--no-static", not static)) if on]
    code = run_to_end(places, "prepare", command, env, to_stderr=True)
    if code == 1 and not result.exists():
        raise SystemExit(1)  # it has said why
    if code != 0:
        raise Trouble("The portal could not be prepared: see above.", "门户准备失败，见上文。")
    outcome: Outcome = json.loads(result.read_text("utf-8"))
    result.unlink()
    return outcome
