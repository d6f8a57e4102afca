"""The commands by name."""

from collections.abc import Callable

from launcher import keeping, tools
from launcher.places import Places
from launcher.run import run_portal
from launcher.setup import set_up
from launcher.testing import run_tests


def setup(places: Places) -> int:
    """Installs everything for running and developing."""
    set_up(places, "dev")
    return 0


COMMANDS: dict[str, Callable[[Places], int]] = {
    "setup": setup,
    "run": run_portal,
    "test": run_tests,
    "lint": tools.lint,
    "format": tools.format_code,
    "types": tools.types,
    "check": tools.check,
    "lock": tools.lock,
    "bench": tools.bench,
    "backup": keeping.backup,
    "restore": keeping.restore,
    "reset": tools.reset,
    "counts": tools.counts,
    "messages": tools.messages,
    "manage": tools.manage,
}
