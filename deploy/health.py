"""Health of one container: `python deploy/health.py web|relay|beat|backup` ends with 0 or 1."""

import http.client
import os
import sys
import time
from pathlib import Path

BEAT_SILENCE = 600  # beat writes its schedule every three minutes
BACKUP_AGE = 26 * 3600


def answers(host: str, path: str) -> bool:
    """Asks under the portal's own name, the only one it answers to."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    link = http.client.HTTPConnection(host, 8000, timeout=8)
    try:
        link.request("GET", path, headers={"Host": name})
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def newest_age(folder: Path, pattern: str) -> float:
    """Seconds since the newest such file changed."""
    times = [path.stat().st_mtime for path in folder.glob(pattern)]
    return time.time() - max(times) if times else float("inf")


def healthy(part: str) -> bool:
    if part == "web":
        return answers("127.0.0.1", "/healthz")
    if part == "relay":
        return answers("web", "/readyz")  # reports how far the relay is behind
    if part == "beat":
        return newest_age(Path("/tmp"), "schedule*") < BEAT_SILENCE  # noqa: S108 - the container's own /tmp
    folder = Path(os.environ.get("BACKUP_DIR", "/backups"))
    return min(newest_age(folder, ".started"), newest_age(folder, "mulin-*.tar")) < BACKUP_AGE


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1]) else 1)
