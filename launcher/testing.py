"""`make test`: everything the tests need, then pytest, then nothing is left."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.chromium import chromium_for_tests, say_skipped
from launcher.lock import Lock
from launcher.places import Places
from launcher.running import extra_arguments, run_to_end
from launcher.services import throw_away_services
from launcher.setup import set_up
from launcher.words import Trouble

KEYS_OF_A_RUNNING_PORTAL = ("SECRET_KEY", "FIELD_KEY", "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS", "MEDIA_ROOT")


def run_tests(places: Places) -> int:
    """`make test`: pytest on services that are thrown away. The exit code."""
    set_up(places, "dev")
    chromium = chromium_for_tests(places.logs / "setup.log")
    compile_catalogues(places)
    with throw_away_folder(places, "test") as folder, throw_away_services(places, folder) as urls:
        env = {**_clean_env(), **urls, "LOCAL_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        selection = [] if chromium else ["-m", "not browser"]
        if chromium:
            env["MULIN_CHROMIUM"] = chromium
        pytest = [str(places.python), "-m", "pytest", "-n", _workers(), "--dist", "loadgroup", *selection]
        code = run_to_end(places, "pytest", [*pytest, *extra_arguments()], env)
    if not chromium:
        say_skipped()
    return code


def compile_catalogues(places: Places) -> None:
    """Translations as the portal reads them. `Trouble` when a file is broken."""
    command = [str(places.python), "-m", "launcher.messages", str(places.root)]
    if run_to_end(places, "messages", command, dict(os.environ)) != 0:
        raise Trouble("A translation file (.po) could not be compiled: see above.", "翻译文件（.po）无法编译，见上文。")


@contextmanager
def throw_away_folder(places: Places, kind: str) -> Iterator[Path]:
    """One folder for each run, so that two runs do not meet; those of killed runs are swept up."""
    base = places.local / kind
    base.mkdir(exist_ok=True)
    for old in base.iterdir():
        _remove_if_abandoned(old)
    folder = base / str(os.getpid())
    folder.mkdir()
    lock = Lock(folder.with_suffix(".lock"))
    lock.take_or_refuse(kind)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.path.unlink(missing_ok=True)
        lock.release()


def _remove_if_abandoned(path: Path) -> None:
    if path.suffix != ".lock":
        return
    lock = Lock(path)
    if lock.take("cleaning"):
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        path.unlink(missing_ok=True)
        lock.release()


def _workers() -> str:
    """One more than processors: tests with a browser or a whole portal wait a quarter of their time for others."""
    return str(max(2, min(4, (os.cpu_count() or 1) + 1)))


def _clean_env() -> dict[str, str]:
    """A portal configured in the shell must not colour the tests."""
    return {key: value for key, value in os.environ.items() if key not in KEYS_OF_A_RUNNING_PORTAL}
