"""Quality tools and small commands: each sets up what it needs and runs the tool."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from launcher.places import Places, home_of_nobody
from launcher.prepared import prepare
from launcher.running import extra_arguments, portal_lock, run_to_end, with_portal_services
from launcher.services import throw_away_services
from launcher.setup import set_up
from launcher.testing import throw_away_folder
from launcher.words import Trouble, say

DUMMY_ENV = {
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
FORBIDDEN_IN_LOCKS = ("://", "--index-url", "--find-links")


def _venv(places: Places, name: str) -> list[str]:
    """A tool by module name: the scripts in `.venv/bin` break when a checkout is moved."""
    return [str(places.python), "-m", name]


def _all(places: Places, commands: list[list[str]], env: dict[str, str] | None = None) -> int:
    """Runs every tool even when one complains, so that one round shows everything."""
    worst = 0
    for command in commands:
        shown = " ".join(command[2:] if command[1:2] == ["-m"] else command)
        say(f"$ {shown}")
        code = abs(run_to_end(places, shown, command, {**os.environ, **(env or {})}))
        if code:
            say(f"^ not clean: {shown}")
        worst = max(worst, code)
    return min(worst, 1)


def lint(places: Places) -> int:
    """Fastest first: ruff, layers, templates, types."""
    set_up(places, "dev")
    ruff = _venv(places, "ruff")
    imports = [str(places.python), "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    fast = [[*ruff, "check", "."], [*ruff, "format", "--check", "."], imports]
    return max(_all(places, [*fast, *_template_lint(places)], DUMMY_ENV), types(places))


def _template_lint(places: Places) -> list[list[str]]:
    """djlint checks and never rewrites: docs/adr/0105-templates-are-linted-not-rewritten.md."""
    folders = [str(path.relative_to(places.root)) for path in sorted(places.root.glob("*/templates"))]
    folders += ["templates"] if (places.root / "templates").is_dir() else []
    return [[*_venv(places, "djlint"), *folders, "--quiet", "--lint"]] if folders else []


def types(places: Places) -> int:
    """`make types`: mypy. The exit code."""
    set_up(places, "dev")
    return _all(places, [[*_venv(places, "mypy"), "."]], DUMMY_ENV)


def format_code(places: Places) -> int:
    """`make format`: what ruff can repair; formatted first, because a line that is too long then is no fault."""
    set_up(places, "dev")
    ruff = _venv(places, "ruff")
    return _all(places, [[*ruff, "format", "."], [*ruff, "check", "--fix", "."], [*ruff, "format", "--quiet", "."]])


def check(places: Places) -> int:
    """Django's own checks as production would see them, and models without a migration."""
    set_up(places, "dev")
    production = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEY": secrets.token_urlsafe(32),
        "ALLOWED_HOSTS": "portal.example",
        "PUBLIC_URL": "https://portal.example",
    }
    manage = [str(places.python), "manage.py"]
    commands = [[*manage, "check", "--deploy", "--fail-level", "WARNING"], [*manage, "makemigrations", "--check"]]
    with throw_away_folder(places, "check") as folder, throw_away_services(places, folder) as urls:
        return _all(places, commands, {**production, **urls, "LOCAL_DIR": str(folder)})


def lock(places: Places) -> int:
    """Locks every package with hashes and without any address, for every platform."""
    requirements = places.root / "requirements"
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or _fetch_uv(places, Path(folder))
        base = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
        base += ["--python-version", "3.11", *extra_arguments()]
        run, dev = requirements / "run.txt", requirements / "dev.txt"
        jobs = [
            [*base, "--extra", "embedded", "pyproject.toml", "-o", str(run)],
            [*base, "--extra", "embedded", "--extra", "dev", "-c", str(run), "pyproject.toml", "-o", str(dev)],
            [*base, str(requirements / "uv.in"), "-o", str(requirements / "uv.txt")],
        ]
        for job in jobs:
            if subprocess.run(job, cwd=places.root, check=False).returncode != 0:
                raise Trouble("The packages could not be locked: see above.", "无法生成锁定文件，见上文。")
    for path in requirements.glob("*.txt"):
        if any(word in path.read_text("utf-8") for word in FORBIDDEN_IN_LOCKS):
            raise Trouble(f"{path.name} contains an address: it must not.", f"{path.name} 中含有网址，不符合要求。")
    return 0


def _fetch_uv(places: Places, folder: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "-r", str(places.root / "requirements" / "uv.txt")], check=True)
    return str(folder / "venv" / "bin" / "uv")


def messages(places: Places) -> int:
    """Collects translatable texts; the catalogues are then filled by hand."""
    set_up(places, "dev")
    command = [str(places.python), "scripts/messages.py", *extra_arguments()]
    return run_to_end(places, "messages", command, {**os.environ, **DUMMY_ENV})


def bench(places: Places) -> int:
    """Throw-away data, but with the durability of a real portal: the figures are ratios of real work."""
    set_up(places, "dev")
    folder_of = throw_away_folder(places, "bench")
    with folder_of as folder, throw_away_services(places, folder, fast=False) as urls:
        keys = {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEY": secrets.token_urlsafe(32), "DEMO": "0"}
        env = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", **os.environ, **urls, **keys, "LOCAL_DIR": str(folder)}
        return run_to_end(places, "bench", [*_venv(places, "benchmarks"), *extra_arguments()], env)


def counts(places: Places) -> int:
    """One JSON object on stdout, everything else on stderr."""
    set_up(places, "run")
    with with_portal_services(places, "make counts") as env:
        prepare(places, env, demo=True, static=False)
        return run_to_end(places, "counts", [str(places.python), "manage.py", "counts", *extra_arguments()], env)


def manage(places: Places) -> int:
    """Any management command, with the services up."""
    set_up(places, "run")
    with with_portal_services(places, "make manage") as env:
        return run_to_end(places, "manage", [str(places.python), "manage.py", *extra_arguments()], env)


def reset(places: Places) -> int:
    """Deletes the private data. A database given by DATABASE_URL is not ours to delete."""
    if not places.local.exists():
        return 0
    guard = portal_lock(places)
    guard.take_or_refuse("make reset")
    if os.environ.get("YES") != "1":
        _confirm(places)
    shutil.rmtree(home_of_nobody(places.local / "postgres"), ignore_errors=True)
    for entry in places.local.iterdir():
        if entry.name not in {"lock", "setup.lock", "test", "check", "bench"}:  # others may be working there
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    guard.release()
    say("The data in .local/ is gone; the next make run starts afresh.", ".local/ 中的数据已清空。")
    return 0


def _confirm(places: Places) -> None:
    if not sys.stdin.isatty():
        raise Trouble(
            "make reset deletes all data and the keys, without which no backup can be used; say so with YES=1.",
            "make reset 会删除所有数据和密钥（没有密钥，备份无法正常使用）；请加 YES=1 确认。",
        )
    say(
        f"This deletes {places.local} with database, photos and keys. "
        "No backup can be used without its keys: keep a copy of .local/env first.",
        "将删除数据库、照片和密钥。没有密钥，备份无法正常使用：请先另存一份 .local/env。",
    )
    answer = input("Delete? 确认删除？ [yes/NO] ")
    if answer.strip().lower() != "yes":
        raise Trouble("Nothing was deleted.", "未删除任何数据。")
