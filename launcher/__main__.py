"""`python -m launcher COMMAND`: what the Makefile calls."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from launcher import commands
from launcher.children import die_with_parent
from launcher.places import Places, here
from launcher.words import Stopped, one_sentence

Command = Callable[[Places], int]


def main() -> int:
    """Run the command named on the command line; 2 when there is none of that name."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    command = commands.COMMANDS.get(name)
    if command is None:
        print("make: " + " ".join(commands.COMMANDS), file=sys.stderr)
        return 2
    # without compiled modules each of our processes spends seconds on reading its libraries again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    listen_for_stop()
    if os.environ.pop("MULIN_UNDER_MAKE", ""):
        die_with_parent(signal.SIGTERM, os.getppid())
    with one_sentence():
        try:
            return command(here())
        except Stopped:
            return 130


def listen_for_stop() -> None:
    """The first signal starts an orderly stop; later ones do not disturb it."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup make run
            signal.signal(each, stop)


if __name__ == "__main__":
    sys.exit(main())
