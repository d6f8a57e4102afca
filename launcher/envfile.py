"""`.local/env`: the settings a person's own `manage.py` calls share with the running portal."""

import os
import re
import secrets
from pathlib import Path

LINE = re.compile(r"\A\s*([A-Za-z_][A-Za-z_0-9]*)=(.*)\Z")
SECRETS = ("SECRET_KEY", "FIELD_KEY")


def read(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; anything else is ignored."""
    if not path.exists():
        return {}
    found = (LINE.match(line) for line in path.read_text("utf-8").splitlines())
    return {match[1]: match[2].strip() for match in found if match}


def write(path: Path, values: dict[str, str]) -> None:
    """Replaces the file in one step, so that a crash leaves the old keys and never half of them."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# Written by the launcher. Lines you add are kept; DATABASE_URL and REDIS_URL are renewed.\n")
        file.writelines(f"{key}={value}\n" for key, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def renew(path: Path, changes: dict[str, str]) -> dict[str, str]:
    """Keeps what is there, makes missing secrets, applies the changes and returns the whole."""
    values = read(path)
    for key in SECRETS:
        values.setdefault(key, secrets.token_urlsafe(32))
    values.update(changes)
    write(path, values)
    return values
