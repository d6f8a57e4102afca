"""gunicorn as the portal runs it, on a free port of the loopback address."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# The same numbers as launcher/run.py.
_GUNICORN = [
    "--worker-class",
    "gthread",
    "--workers",
    "1",
    "--threads",
    "8",
    "--keep-alive",
    "15",
    "--no-control-socket",
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _url_for(name: str) -> str:
    """The address of a database beside the one we were given."""
    head, _slash, tail = os.environ["DATABASE_URL"].rpartition("/")
    if "?" not in tail and "?" in head:  # a socket folder behind the question mark holds the last slash
        head, _slash, tail = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")
        return f"{head}/{name}?{os.environ['DATABASE_URL'].partition('?')[2]}"
    return f"{head}/{name}" + (f"?{tail.partition('?')[2]}" if "?" in tail else "")


@contextmanager
def serving(settings_module: str, path: str) -> Iterator[int]:
    """A server over the database in use, until the block ends; the port."""
    port = _free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings_module,
        "DATABASE_URL": _url_for(connection.settings_dict["NAME"]),
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
    }
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", *_GUNICORN]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(port, path, process)
            yield port
        except SystemExit as fault:
            log.seek(0)
            raise SystemExit(f"{fault}\n{log.read()[-1500:].decode(errors='replace')}") from fault
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(port: int, path: str, process: subprocess.Popen) -> None:
    for _attempt in range(300):
        if process.poll() is not None:
            raise SystemExit("gunicorn ended")
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            link.request("GET", path)
            status = link.getresponse().status
            link.close()
            if status < 500:
                return
            raise SystemExit(f"{path} answers {status}")
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn does not answer")
