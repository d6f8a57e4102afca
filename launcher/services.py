"""The database and the queue a command needs: those of the environment, else private ones."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.places import Places, socket_folder
from launcher.postgres import Postgres, find_binaries, identity_for
from launcher.valkey import Valkey, find_server


@dataclass
class Services:
    """What runs, and the addresses to reach it. A service given by its address is not started."""

    urls: dict[str, str]
    postgres: Postgres | None = None
    valkey: Valkey | None = None

    def start(self) -> None:
        """Those that are ours; an own database or store is left alone."""
        for service in (self.valkey, self.postgres):
            if service:
                service.start()

    def stop(self) -> None:
        """Those that are ours."""
        for service in (self.valkey, self.postgres):
            if service:
                service.stop()


def services_in(places: Places, folder: Path, *, logs: Path, fast: bool = False) -> Services:
    """Private services with their data in `folder`, unless the environment names others."""
    services = Services(urls={key: os.environ[key] for key in ("DATABASE_URL", "REDIS_URL") if os.environ.get(key)})
    sockets = socket_folder(folder)
    if "DATABASE_URL" not in services.urls:
        binaries = find_binaries(places.venv)
        data, log = folder / "postgres", logs / "postgres.log"
        services.postgres = Postgres(binaries, data, sockets, log, fast=fast, identity=identity_for(data))
        services.urls["DATABASE_URL"] = services.postgres.url
    if "REDIS_URL" not in services.urls:
        services.valkey = Valkey(find_server(places.venv), sockets, logs / "valkey.log")
        services.urls["REDIS_URL"] = services.valkey.url
    return services


@contextmanager
def throw_away_services(places: Places, folder: Path, *, fast: bool = True) -> Iterator[dict[str, str]]:
    """Services for tests and benchmarks: data, sockets and logs are gone afterwards."""
    services = services_in(places, folder, logs=folder, fast=fast)
    try:
        services.start()
        yield services.urls
    finally:
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(socket_folder(folder), ignore_errors=True)
        if services.postgres and services.postgres.identity.user:
            shutil.rmtree(services.postgres.data.parent, ignore_errors=True)
