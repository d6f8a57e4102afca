"""Reference data that a new database needs before anything works; loaded after `migrate`, and only into empty tables.

Not data migrations: those would be lost when a test flushes its tables, and would have to freeze today's files.
"""

import csv
from pathlib import Path

from django.db import models


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that comes with the code."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed(model: type[models.Model], rows: list[models.Model]) -> None:
    """Insert the rows unless the table already has some: what an administrator changed is never touched."""
    if not model._default_manager.exists():
        model._default_manager.bulk_create(rows)
