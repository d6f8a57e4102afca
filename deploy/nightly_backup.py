"""The backup container: one backup every night at BACKUP_AT, tried again after a quarter of an hour when it fails."""

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
RETRY_SECONDS = 15 * 60


def seconds_until(at: str, now: datetime) -> float:
    """Until the next time the clock shows `at` (HH:MM)."""
    hour, minute = (int(part) for part in at.split(":"))
    wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if wanted <= now:
        wanted += timedelta(days=1)
    return (wanted - now).total_seconds()


def main() -> None:
    (Path(os.environ.get("BACKUP_DIR", "/backups")) / ".started").touch()  # a new container has no backup to show yet
    while True:
        time.sleep(seconds_until(os.environ.get("BACKUP_AT", "02:30"), datetime.now(CHINA)))
        while subprocess.run([sys.executable, "-m", "launcher.backup", "create"], check=False).returncode != 0:
            time.sleep(RETRY_SECONDS)


if __name__ == "__main__":
    main()
