"""Brings database, translations and static files up to date: one process of the environment's own Python.

Each `manage.py` call would load Django again, about a second each, so everything is done here in one go.
"""

import argparse
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse
from django.utils.module_loading import import_string

from launcher.messages import compile_messages
from launcher.words import Trouble, one_sentence, say

ROOT = Path(__file__).resolve().parents[1]
LAST_OF_EARLY = "00c7ef2"  # the last commit with every migration by itself


def main() -> None:
    """Migrate, collect static files, load the demonstration if asked; `--result` gets what came out as JSON."""
    parser = argparse.ArgumentParser(prog="python -m launcher.prepare")
    parser.add_argument("--static-only", action="store_true")
    parser.add_argument("--no-static", action="store_true")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this without a traceback
    with one_sentence():
        if not options.static_only:
            compile_messages(ROOT)  # before Django reads the catalogues, or what is written now is written in English
        _load_settings()
        if options.static_only:
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            return
        outcome = prepare(demo=options.demo, static=not options.no_static)
        if options.result:
            options.result.write_text(json.dumps(outcome), "utf-8")
        elif outcome["set_up"]:  # a server: nobody else prints it
            where = f"{settings.PUBLIC_URL.rstrip('/')}{outcome['set_up']}"
            say(f"First run: create the administrator at {where}", f"首次使用：请打开 {where} 创建管理员。")


def prepare(*, demo: bool, static: bool) -> dict[str, object]:
    """Static files are collected in a second process meanwhile: they take as long as the demo district."""
    reach_database()
    reach_redis()
    with collected_static() if static else nullcontext():
        migrate()
        loaded = demo and load_demo()
    return {"loaded": loaded, "logins": demo_logins() if demo else "", "set_up": set_up_path()}


@contextmanager
def collected_static() -> Iterator[None]:
    """Nothing happens when no source changed since the last time."""
    fingerprint = static_fingerprint()
    marker = settings.LOCAL_DIR / "static.stamp"
    if marker.exists() and marker.read_text() == fingerprint:
        yield
        return
    collecting = subprocess.Popen([sys.executable, "-m", "launcher.prepare", "--static-only"])
    try:
        yield
    finally:
        code = collecting.wait()
    if code != 0:
        raise Trouble("The static files could not be collected: see above.", "静态文件收集失败，见上文。")
    marker.write_text(fingerprint)


def _load_sms_providers() -> None:
    """A mistyped one would be missed only by the first person who waits for a code."""
    for path in settings.SMS_BACKENDS:
        try:
            import_string(path)
        except ImportError as error:
            raise ImproperlyConfigured(f"SMS_BACKENDS names {path}: {error}") from None


def _load_settings() -> None:
    try:
        django.setup()
        _load_sms_providers()
    except ImproperlyConfigured as error:
        raise Trouble(f"A setting is wrong: {error}", "某项设置有误，见上一行。") from None


def reach_database() -> None:
    """Asked directly and not through the pool, which would retry and write a heap of warnings first."""
    parameters = connection.get_connection_params()
    parameters = {key: value for key, value in parameters.items() if key not in {"pool", "cursor_factory", "context"}}
    try:
        psycopg.connect(**{**parameters, "connect_timeout": 5}).close()
    except psycopg.Error as error:
        where = urlsplit(os.environ.get("DATABASE_URL", ""))
        reason = _first_line(error)
        raise Trouble(
            f"The database {where.hostname or 'on the local socket'}{where.path} cannot be reached: {reason}. "
            "Check DATABASE_URL.",
            "无法连接数据库，请检查 DATABASE_URL。",
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason was given"])[0].rstrip(".?")


def reach_redis() -> None:
    """A wrong address is found now and not by the first task that goes missing."""
    import redis  # noqa: PLC0415 - the static-only process does not need it

    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        reason = _first_line(error)
        raise Trouble(
            f"Redis cannot be reached: {reason}. Check REDIS_URL.", "无法连接 Redis，请检查 REDIS_URL。"
        ) from None


def migrate() -> None:
    """`migrate` itself takes seconds even when there is nothing to do."""
    executor = MigrationExecutor(connection)
    refuse_half_way(executor.loader)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database …", "正在准备数据库……")
        call_command("migrate", interactive=False, verbosity=0)


def refuse_half_way(loader: MigrationLoader) -> None:
    """A database that had only some of the migrations a whole one stands for (docs/adr/0012)."""
    for migration in loader.disk_migrations.values():
        had = [replaced in loader.applied_migrations for replaced in migration.replaces]
        if any(had) and not all(had):
            raise Trouble(
                f"This database is of an early state. Start it once with commit {LAST_OF_EARLY}, then with this one.",
                f"数据库来自较早的版本：请先用提交 {LAST_OF_EARLY} 启动一次，再用现在的版本启动。",
            )


def has_areas() -> bool:
    """Whether a district was loaded; without one the first page is the set-up."""
    from neighborhoods.models import Area  # noqa: PLC0415 - models exist only after django.setup()

    return bool(Area.objects.exists())


def set_up_path() -> str:
    """Where an empty portal gets its administrator, with the code that lets one in; empty once it has one."""
    from neighborhoods.selectors.setup import is_new_portal  # noqa: PLC0415 - as above
    from neighborhoods.services.setup import set_up_code  # noqa: PLC0415 - as above

    return f"{reverse('neighborhoods:setup')}?code={set_up_code()}" if is_new_portal() else ""


def load_demo() -> bool:
    """Only into an empty portal: a real district is never mixed with invented persons."""
    if has_areas() or "load_demo" not in get_commands():
        return False
    say("Loading the demo district (once, about a minute) …", "正在载入演示数据（仅首次，约一分钟）……")
    call_command("load_demo", stdout=io.StringIO())
    return True


def demo_logins() -> str:
    """The table of log-ins; empty without the demonstration."""
    if "demo_logins" not in get_commands():
        return ""
    table = io.StringIO()
    call_command("demo_logins", stdout=table)
    return table.getvalue()


def static_fingerprint() -> str:
    """Names, sizes and times of everything that would be collected, and the storage that does it."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            seen = Path(storage.path(name)).stat()
            digest.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
