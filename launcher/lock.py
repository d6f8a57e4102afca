"""One launcher at a time works on one data folder. The kernel lets go of the lock when the launcher ends."""

import fcntl
import os
from pathlib import Path

from launcher.words import Trouble


class Lock:
    """An advisory lock whose file also says what its holder does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, note: str, *, wait: bool = False) -> bool:
        """False when somebody else holds it, unless told to wait."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        self.write(note)
        return True

    def write(self, note: str) -> None:
        """Say in the file what is being done; nothing without the lock."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, note.encode(), 0)

    def note(self) -> str:
        """What the holder, or the last one, is doing; empty when nobody ever was."""
        return self.path.read_text("utf-8") if self.path.exists() else ""

    def release(self) -> None:
        """Let go; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def take_or_refuse(self, note: str) -> None:
        """Take it, or raise `Trouble` that names what runs here."""
        if not self.take(note):
            busy = self.note() or "?"
            raise Trouble(
                f"Mulin is already running from this folder ({busy}): stop that one first.",
                f"本文件夹中的睦邻已在运行（{busy}）：请先停止它。",
            )
