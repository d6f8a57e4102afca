"""What the launcher tells the portal: keys, addresses of the services, its own address."""

import errno
import os
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from launcher import envfile
from launcher.places import Places
from launcher.words import Trouble

FALSE = {"0", "false", "no", "off"}
TRUE = {"1", "true", "yes", "on"}
DATABASE_SCHEMES = {"postgres", "postgresql", "psql", "pgsql", "postgis"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
ANYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Address:
    """Where the portal listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """For a server to listen at; an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable_host(self) -> str:
        """The name to put into a link: a wildcard address is none."""
        return own_address() if self.host in ANYWHERE else self.host

    @property
    def url(self) -> str:
        host = self.reachable_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def refuse_if_taken(self) -> None:
        """Said before anything is installed or started."""
        try:
            family, kind, _, _, where = socket.getaddrinfo(
                self.host or None, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except socket.gaierror:
            raise self._elsewhere() from None
        except PermissionError:
            raise Trouble(
                f"Port {self.port} needs root: choose one above 1023, for example PORT=8000.",
                f"端口 {self.port} 需要 root 权限：请选择 1023 以上的端口。",
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise self._elsewhere() from None
            other = self.port % 64000 + 1
            raise Trouble(
                f"Port {self.port} is in use: stop what uses it or choose another one, "
                f"for example make run PORT={other}.",
                f"端口 {self.port} 已被占用：请停止占用它的程序，或换一个端口，例如 make run PORT={other}。",
            ) from None

    def _elsewhere(self) -> Trouble:
        return Trouble(f"HOST={self.host} is not an address of this machine.", f"HOST={self.host} 不是本机地址。")


def address() -> Address:
    """HOST and PORT of the environment."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Trouble(f"PORT={port} is not a port number (1 to 65535).", f"PORT={port} 不是有效端口号（1 至 65535）。")
    return Address(os.environ.get("HOST") or "127.0.0.1", int(port))


def own_address() -> str:
    """The address other machines know this one by. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def check_addresses() -> None:
    """Finds a mistyped DATABASE_URL or REDIS_URL before anything is started."""
    for name, schemes in (("DATABASE_URL", DATABASE_SCHEMES), ("REDIS_URL", REDIS_SCHEMES)):
        value = os.environ.get(name, "")
        if value and not _well_formed(value, schemes):
            example = "postgres://user:password@host:5432/name" if name == "DATABASE_URL" else "redis://host:6379/0"
            raise Trouble(
                f"{name} cannot be read: it should look like {example}.", f"{name} 无法识别，格式应为 {example}。"
            )


def _well_formed(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises when it is not a number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/"))


def wants_demo(remembered: str = "") -> bool:
    """DEMO of the environment; else what this portal was started with the first time."""
    word = (os.environ.get("DEMO") or remembered or "1").lower()
    if word not in TRUE | FALSE:
        raise Trouble(f"DEMO={word} is neither 1 nor 0.", f"DEMO={word} 无法识别，请写 1 或 0。")
    return word in TRUE


def portal_env(places: Places, urls: dict[str, str], where: Address | None = None) -> dict[str, str]:
    """Renews `.local/env` and returns the whole environment for the portal's programs."""
    remembered = envfile.read(places.env_file)
    changes = {**urls, "LOCAL_DIR": str(places.local), "DEMO": "1" if wants_demo(remembered.get("DEMO", "")) else "0"}
    if where:
        changes["PUBLIC_URL"] = os.environ.get("PUBLIC_URL") or where.url
        hosts = ["localhost", "127.0.0.1", "[::1]", where.reachable_host, socket.gethostname()]
        changes["ALLOWED_HOSTS"] = os.environ.get("ALLOWED_HOSTS") or ",".join(dict.fromkeys(hosts))
    values = envfile.renew(places.env_file, changes)
    # the real environment wins, except over what was decided here on its behalf
    return with_defaults({**values, **os.environ, **changes})


def with_defaults(env: dict[str, str]) -> dict[str, str]:
    """Settings module and small habits shared by all of the portal's programs."""
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    env.setdefault("MALLOC_ARENA_MAX", "2")  # threads would otherwise each keep a heap of their own
    env["PYTHONUTF8"] = "1"
    return env
