"""manage.py check_trees: verify every tree by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from neighborhoods.services.trees import check_trees


class Command(BaseCommand):
    help = "Verifies every tree of areas and reports what is wrong. Repairs nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        flaws = check_trees()
        for flaw in flaws:
            self.stdout.write(str(flaw))
        if flaws:
            raise CommandError(f"{len(flaws)} flaws")
        self.stdout.write("all trees are sound")
