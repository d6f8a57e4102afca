"""Where things are: everything the portal writes lives in `.local/`, sockets in a short private folder."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from launcher.words import Trouble, disk_full

NEEDED_BYTES = 300 * 1024 * 1024
SOCKET_PATH_LIMIT = 107  # sun_path holds 108 bytes with its closing NUL


@dataclass(frozen=True)
class Places:
    """The folders of one checkout."""

    root: Path

    @property
    def local(self) -> Path:
        """Private data and keys; `make reset` deletes it."""
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        """The installed packages."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter that has them."""
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        """One log for each program."""
        return self.local / "log"

    @property
    def env_file(self) -> Path:
        """Keys and what was chosen at a start; the real environment wins over it."""
        return self.local / "env"

    def make_local(self) -> None:
        """Creates `.local/`, readable by its owner alone, and refuses when the disk is nearly full."""
        try:
            self.local.mkdir(exist_ok=True)
            self.local.chmod(0o700)  # data, keys and logs are nobody else's business
            self.logs.mkdir(exist_ok=True)
        except PermissionError:
            raise Trouble(
                f"{self.root} cannot be written to: run the command as the folder's owner.",
                f"无法写入 {self.root}：请以该文件夹的所有者身份运行。",
            ) from None
        if shutil.disk_usage(self.local).free < NEEDED_BYTES:
            raise disk_full()


def here() -> Places:
    """The places of this checkout."""
    return Places(Path(__file__).absolute().parent.parent)


def short_name(path: Path) -> str:
    """Eight characters that differ from folder to folder."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def private_folder(path: Path, owner: int) -> Path:
    """Creates a folder only its owner may enter; refuses one that somebody else put there first."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.getuid()}:
        raise Trouble(
            f"{path} belongs to somebody else: remove it or ask its owner to.",
            f"{path} 属于其他用户：请删除它或联系其所有者。",
        )
    if found.st_uid != os.getuid():
        os.chown(path, os.getuid(), -1)
    path.chmod(0o700)
    return path


def socket_folder(data: Path) -> Path:
    """A folder for the sockets of the services whose files are in `data`, short enough for a socket address."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    base = runtime if runtime.is_dir() and os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())
    name = f"mulin-{os.getuid()}-{short_name(data)}"
    if len(os.fsencode(base / name / ".s.PGSQL.5432.lock")) > SOCKET_PATH_LIMIT:
        base = Path("/tmp")  # noqa: S108 - private_folder checks who owns what it finds there
    return private_folder(base / name, server_owner())


def server_owner() -> int:
    """Whose the server's files may be: one's own; for root also those of `nobody` (launcher/postgres.py)."""
    return os.getuid() or pwd.getpwnam("nobody").pw_uid


def home_of_nobody(data: Path) -> Path:
    """Where a server that runs as `nobody` keeps its data: outside the checkout, which may lie in root's home."""
    return Path("/var/tmp") / f"mulin-{short_name(data)}"  # noqa: S108 - private_folder checks who owns it
