"""Real servers and a real start: nothing outlives the launcher, and the next start recovers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from launcher.places import Places, home_of_nobody, server_owner, socket_folder
from launcher.services import services_in

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys, time
from pathlib import Path
from launcher.places import Places
from launcher.services import services_in
folder = Path(sys.argv[1])
services = services_in(Places(Path(sys.prefix).parent), folder, logs=folder, fast=True)
services.start()
print("up", flush=True)
time.sleep(60)
"""


def processes_naming(text):
    """Command lines of running processes that contain the text."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue
        if os.fsencode(str(text)) in line:
            found.append(line.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def wait_for_silence(*texts, seconds=15):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if not any(processes_naming(text) for text in texts):
            return []
        time.sleep(0.1)
    return [line for text in texts for line in processes_naming(text)]


@pytest.fixture
def clean_environ(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "LOCAL_DIR", "DJANGO_SETTINGS_MODULE", "DEMO", "CI", "ARGS", "MAKEFLAGS"):
        monkeypatch.delenv(name, raising=False)


def test_services_die_with_a_killed_launcher_and_recover(tmp_path, clean_environ):
    """kill -9 leaves no orphan; a stale lock file naming a living stranger does not stop the next start."""
    folder = tmp_path / "数据 folder"
    folder.mkdir()
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"up\n"
        assert processes_naming(folder / "postgres")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    # the test's own name appears in pytest's command line at most, never in a server's
    assert wait_for_silence(folder / "postgres", socket_folder(folder)) == []
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")
    services = services_in(Places(Path(sys.prefix).parent), folder, logs=folder, fast=True)
    try:
        services.start()
        assert services.postgres.child.running
        assert services.valkey.child.running
    finally:
        services.stop()
    assert wait_for_silence(folder / "postgres", socket_folder(folder)) == []
    for leftover in socket_folder(folder).iterdir():
        leftover.unlink()
    socket_folder(folder).rmdir()


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to become somebody else")
def test_server_runs_as_nobody_where_user_namespaces_are_blocked(tmp_path, clean_environ, monkeypatch):
    """Programs and data move to a folder of their own; the second start stays there."""
    folder = tmp_path / "数据 folder"
    folder.mkdir(mode=0o700)
    home = home_of_nobody(folder / "postgres")
    try:
        for namespace in ("false", "unshare"):  # the second time they work again: the data is still found
            monkeypatch.setattr("launcher.postgres.USER_NAMESPACE", (namespace,))
            services = services_in(Places(Path(sys.prefix).parent), folder, logs=folder, fast=True)
            services.start()
            assert Path(f"/proc/{services.postgres.child.process.pid}").stat().st_uid == server_owner()
            services.stop()
        assert not (folder / "postgres").exists()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(socket_folder(folder), ignore_errors=True)


@pytest.fixture
def checkout(tmp_path, clean_environ):
    """The same code at another place, so that a running portal beside the tests is left alone."""
    if not (ROOT / ".venv" / "mulin.installed").exists():
        pytest.skip("the launcher's own environment is missing: run the tests with `make test`")
    root = tmp_path / "试 portal"
    root.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in {".local", ".git", "backups"}:
            (root / entry.name).symlink_to(entry)
    yield root
    folder = socket_folder(root / ".local")
    for leftover in folder.iterdir():
        leftover.unlink()
    folder.rmdir()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_portal(root, port):
    env = {**os.environ, "PORT": str(port), "DEMO": "0", "PWD": str(root)}
    log = (root / "log").open("ab")
    return subprocess.Popen(["make", "run"], cwd=root, env=env, stdout=log, stderr=log, start_new_session=True)


def wait_for_portal(root, port, process):
    limit = time.monotonic() + 240  # only a machine that is busy with other things needs more than a few seconds
    while time.monotonic() < limit:
        assert process.poll() is None, (root / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    return (root / "log").read_text()


@pytest.mark.slow
def test_portal_starts_refuses_a_second_one_stops_and_survives_kill(checkout):
    port = free_port()
    first = start_portal(checkout, port)
    try:
        assert wait_for_portal(checkout, port, first) == 200
        second = subprocess.run(["make", "run"], cwd=checkout, capture_output=True, text=True, check=False)
        assert second.returncode != 0
        assert f"already running from this folder (http://127.0.0.1:{port})" in second.stderr
        assert "Traceback" not in second.stderr
        os.killpg(first.pid, signal.SIGTERM)
        first.wait(30)
        assert wait_for_silence(checkout) == []
        first = start_portal(checkout, port)
        assert wait_for_portal(checkout, port, first) == 200
    finally:
        first.kill()  # make only: the launcher and all it started follow by themselves
        first.wait()
    assert wait_for_silence(checkout) == []
    log = (checkout / "log").read_text()
    assert f"http://127.0.0.1:{port}/setup/" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"PORT": "x"}, "PORT=x is not a port number"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL cannot be read"),
        ({"PORT": "0"}, "PORT=0 is not a port number"),
    ],
)
def test_mistakes_are_one_sentence_and_a_non_zero_exit(checkout, options, sentence):
    done = subprocess.run(
        ["make", "run"], cwd=checkout, env={**os.environ, **options}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_unreachable_database_is_one_sentence_without_its_password(checkout):
    port = free_port()
    env = {**os.environ, "PORT": str(port), "DATABASE_URL": f"postgres://mulin:geheim@127.0.0.1:{port}/mulin"}
    done = subprocess.run(["make", "run"], cwd=checkout, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "The database 127.0.0.1/mulin cannot be reached" in done.stderr
    assert "geheim" not in done.stderr
    assert "Traceback" not in done.stderr
    assert wait_for_silence(checkout) == []
