"""Finds the browser that the browser tests drive, or says how to get one."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.words import Trouble, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")


def find_chromium() -> str | None:
    """MULIN_CHROMIUM, else a known name on the PATH."""
    chosen = os.environ.get("MULIN_CHROMIUM")
    if chosen:
        return chosen if os.access(chosen, os.X_OK) else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def chromium_for_tests(log: Path) -> str | None:
    """Installs it where that is ours to do (root on Debian). None: the browser tests are skipped, and that is said."""
    if find_chromium() is None and _may_install():
        _install(log)
    found = find_chromium()
    if found is None and os.environ.get("CI", "").lower() in {"1", "true"}:
        raise Trouble(
            "No Chromium was found, and with CI=true browser tests may not be skipped: "
            f"install {' and '.join(PACKAGES)}.",
            f"没有找到 Chromium；CI=true 时不允许跳过浏览器测试：请安装 {' 和 '.join(PACKAGES)}。",
        )
    if found is None:
        say_skipped()
    return found


def say_skipped() -> None:
    """How to get the browser tests to run."""
    say(
        "Browser tests are SKIPPED: no Chromium was found. To run them, install chromium and a Chinese font "
        f"(Debian: sudo apt install {' '.join(PACKAGES)}) or set MULIN_CHROMIUM=/path/to/chromium.",
        "未找到 Chromium，已跳过浏览器测试。",
    )


def _may_install() -> bool:
    return os.getuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def _install(log: Path) -> None:
    say("Installing Chromium and a Chinese font for the browser tests …", "正在为浏览器测试安装 Chromium 和中文字体……")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    with log.open("ab") as output:
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env=env, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False)
