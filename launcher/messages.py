"""Compiles translations with polib, so that nobody needs GNU gettext. Run by the environment's own Python."""

import sys
from pathlib import Path


def stale(root: Path) -> list[Path]:
    """Catalogues whose compiled file is missing or older."""
    found = [*root.glob("*/locale/*/LC_MESSAGES/*.po"), *root.glob("locale/*/LC_MESSAGES/*.po")]
    return sorted(po for po in found if not _is_fresh(po))


def _is_fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns


def compile_messages(root: Path) -> int:
    """Writes each `.mo` in one step: a running portal never reads half a catalogue."""
    catalogues = stale(root)
    for po in catalogues:
        import polib  # noqa: PLC0415 - the launcher itself runs before polib is installed

        fresh = po.with_suffix(".mo.new")
        polib.pofile(str(po)).save_as_mofile(str(fresh))
        fresh.replace(po.with_suffix(".mo"))
    return len(catalogues)


if __name__ == "__main__":
    compile_messages(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
