"""The one-server installation: the file is sound, and its very commands run without Docker."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.db import connection

from deploy.health import newest_age
from deploy.nightly_backup import CHINA, seconds_until
from tests.test_launcher_backup import address_of

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "beat", "relay", "backup")
SECRET_NAME = re.compile(r"KEY|PASSWORD|SECRET|TOKEN|DSN")


def test_every_part_of_the_installation_is_there():
    assert set(SERVICES) == {"db", "valkey", "prepare", "web", "worker", "beat", "relay", "proxy", "backup"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_service_restarts_and_is_watched(name):
    service = SERVICES[name]
    if name == "prepare":  # runs once and ends
        assert service["restart"].startswith("on-failure")
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_rights_to_spare(name):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    assert service["environment"]["DJANGO_SETTINGS_MODULE"] == "config.settings.production"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_is_written_down(name):
    """Each comes from .env, and a missing one stops the start instead of leaving a default."""
    for key, value in SERVICES[name].get("environment", {}).items():
        if SECRET_NAME.search(key):
            assert re.fullmatch(r"\$\{\w+:[?-][^}]*\}", value), key
            assert not re.fullmatch(r"\$\{\w+:-.+\}", value), key
        assert not re.search(r"://[^/$]+:[^$@]+@", str(value)), key
    for line in (ROOT / "deploy" / "env.example").read_text("utf-8").splitlines():
        key, _, value = line.partition("=")
        if not line.startswith("#") and SECRET_NAME.search(key):
            assert value == "", key
    assert not re.search(r"(KEY|PASSWORD|SECRET|TOKEN)=", (ROOT / "Dockerfile").read_text("utf-8"))


def test_images_and_volumes_are_pinned_and_named():
    for name, service in SERVICES.items():
        image = service["image"]
        if name not in OURS:
            assert re.search(r":\d+", image), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./deploy/") or source in COMPOSE["volumes"], volume


def test_only_the_proxy_is_reachable_and_data_stays_inside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["db"]["networks"] == SERVICES["valkey"]["networks"] == ["back"]


def test_image_runs_as_nobody_special_and_holds_nothing_private():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {".git", ".env", ".local", "backups", "tests"} <= set(ignored)


def test_every_setting_of_the_example_is_used():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    example = (ROOT / "deploy" / "env.example").read_text("utf-8")
    for key in re.findall(r"^(\w+)=", example, re.MULTILINE):
        assert "${" + key in text, key


def test_settings_the_file_does_not_name_reach_the_portal():
    """A server sets text messages, roles with a second step and limits in .env; compose hands the whole file on."""
    for name in ("web", "worker", "beat", "relay", "prepare"):
        assert SERVICES[name]["env_file"] == [{"path": ".env", "required": False}], name


def test_nightly_backup_waits_for_its_hour():
    evening = datetime(2023, 6, 10, 22, 0, tzinfo=CHINA)
    assert seconds_until("02:30", evening) == 4.5 * 3600
    assert seconds_until("22:00", evening) == 24 * 3600


def test_health_of_files_is_their_age(tmp_path):
    assert newest_age(tmp_path, "mulin-*.tar") == float("inf")
    (tmp_path / "mulin-1.tar").touch()
    assert newest_age(tmp_path, "mulin-*.tar") < 60


# ---- the same processes without Docker ----


def command_of(name, **replaced):
    """The command of the file as compose would run it, with this Python and other places."""
    words = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in SERVICES[name]["command"]]
    words = [sys.executable if word == "python" else word for word in words]
    return [replaced.get(word, word) for word in words]


@pytest.fixture
def production(transactional_db, tmp_path):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": SERVICES["web"]["environment"]["DJANGO_SETTINGS_MODULE"],
        "LOCAL_DIR": str(tmp_path),
        "SECRET_KEY": "production-test-secret-key-0123456789-0123456789-0123456789",
        "FIELD_KEY": "production-test-field-key-0123456789-0123456789",
        "DATABASE_URL": address_of(connection.settings_dict["NAME"]),
        "REDIS_URL": settings.REDIS_URL,
        "ALLOWED_HOSTS": "portal.example",
        "PUBLIC_URL": "https://portal.example",
        "DEMO": "0",
        "PYTHONUNBUFFERED": "1",
    }


def run(name, env, tmp_path, ready, **replaced):
    """Starts the command, waits until `ready` is true, stops it with SIGTERM and returns its code and output."""
    log = tmp_path / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command_of(name, **replaced), cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        limit = time.monotonic() + 120
        while time.monotonic() < limit and process.poll() is None and not ready(log):
            time.sleep(0.1)
        assert ready(log), log.read_text("utf-8")[-3000:]
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    finally:
        process.kill()
        process.wait()
    return process.returncode, log.read_text("utf-8")


def status(port, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "portal.example", **headers})
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


@pytest.mark.slow
def test_web_answers_in_production_settings(production, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    seen = {}

    def ready(_log):
        seen["health"] = status(port, "/healthz")
        seen["plain"] = status(port, "/report/")
        seen["page"] = status(port, "/report/", **{"X-Forwarded-Proto": "https"})
        seen["stranger"] = status(port, "/report/", Host="evil.example", **{"X-Forwarded-Proto": "https"})
        return seen["health"] == 200

    subprocess.run(command_of("prepare"), cwd=ROOT, env=production, check=True)
    code, _ = run("web", production, tmp_path, ready, **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
    assert code == 0
    assert seen == {"health": 200, "plain": 301, "page": 200, "stranger": 400}


@pytest.mark.slow
def test_worker_and_beat_run_in_production_settings(production, tmp_path):
    production["REDIS_URL"] = settings.REDIS_URL.replace("db=0", "db=9")  # this worker takes nobody else's tasks
    code, log = run("worker", production, tmp_path, lambda log: " ready." in log.read_text("utf-8"))
    assert code == 0
    assert "Traceback" not in log
    schedule = {"/tmp/schedule": str(tmp_path / "schedule")}  # noqa: S108 - the path in the compose file
    code, log = run("beat", production, tmp_path, lambda _log: newest_age(tmp_path, "schedule*") < 60, **schedule)
    assert code == 0
    assert "Traceback" not in log
