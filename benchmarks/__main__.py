"""`python -m benchmarks [name ...]`: measures and prints a Markdown table of ratios."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import django


def _runs() -> dict[str, Callable[[], Iterable[Any]]]:
    """What can be measured, by name; imported here because models exist only after django.setup()."""
    from benchmarks import areas, duties, ladder, memory, pages, points, search, similar, stores, votes, weights  # noqa: PLC0415

    def in_large(measure: Callable[[], Iterable[Any]]) -> Callable[[], Iterable[Any]]:
        def measured() -> Iterable[Any]:
            stores.use("large")
            return measure()

        return measured

    return {
        "sweep": ladder.run,
        "search": in_large(search.run),
        "similar": in_large(similar.run),
        "pages": pages.run,
        "duties": duties.run,
        "submit": pages.submits,
        "areas": areas.run,
        "votes": votes.run,
        "points": points.run,
        "weights": weights.run,
        "memory": memory.run,
    }


def main() -> int:
    """Set the databases up, run what was asked for, clean up."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.setdefault("DEMO", "0")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks import copies, stores, table, volume  # noqa: PLC0415

    runs = _runs()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*runs, []], help="what to measure; everything by default")
    parser.add_argument("--issues", type=int, default=200_000, help="cases in the large database")
    wanted = parser.parse_args()
    names = list(dict.fromkeys(wanted.names)) or list(runs)
    with stores.cleaned(["small", "large", "sweep", "areas", "votes", "points", "base"]):
        stores.create_base()
        call_command("collectstatic", interactive=False, verbosity=0)
        sizes = (("small", 2_000, (4, 4, 4)), ("large", wanted.issues, (65, 385, 10)))
        for kind, count, times in sizes:
            if any(name in names for name in _NEEDS[kind]):
                before = time.monotonic()
                stores.create(kind)
                volume.fill(count)
                copies.multiply(*times)
                print(f"{count:,} cases in {time.monotonic() - before:.0f} s", file=sys.stderr)
        print(table.HEAD)
        reached = True
        for name in names:
            for row in runs[name]():
                reached = reached and row.is_reached
                print(row, flush=True)
    return 0 if reached else 1


_NEEDS = {
    "small": ("pages", "duties", "weights", "memory"),
    "large": ("search", "similar", "pages", "duties", "submit"),
}

if __name__ == "__main__":
    sys.exit(main())
