"""The commands by name."""

from collections.abc import Callable

from launcher.places import Places
from launcher.setup import set_up
from launcher.testing import run_tests


def setup(places: Places) -> int:
    """Installs everything for running and developing."""
    set_up(places, "dev")
    return 0


COMMANDS: dict[str, Callable[[Places], int]] = {
    "setup": setup,
    "test": run_tests,
}
