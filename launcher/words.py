"""What the launcher says to the person at the terminal: English first, then Chinese."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC


class Trouble(Exception):  # noqa: N818 - it is a sentence for a person, not a programming error
    """Something the person can put right. Ends the command with one plain sentence and a non-zero exit."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese


class Stopped(BaseException):
    """Ctrl-C or SIGTERM: everything that was started is stopped, then the command ends."""


def say(english: str, chinese: str = "") -> None:
    """Progress goes to stderr, so that a command's own output stays clean."""
    print(f"{english}  {chinese}".rstrip(), file=sys.stderr, flush=True)


def disk_full() -> Trouble:
    """The sentence for a full disk."""
    return Trouble(
        "The disk is full: free some space (about 1 GB) and try again.",
        "磁盘已满：请腾出约 1 GB 空间后重试。",
    )


def end_with(trouble: Trouble) -> SystemExit:
    """Says the trouble in both languages; raise what it returns."""
    print(f"\n{trouble.english}\n{trouble.chinese}", file=sys.stderr, flush=True)
    return SystemExit(1)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turns trouble into one sentence and exit code 1, whatever the command was doing."""
    try:
        yield
    except Trouble as trouble:
        raise end_with(trouble) from None
    except OSError as error:
        if error.errno not in {ENOSPC, EDQUOT}:
            raise
        raise end_with(disk_full()) from None
