"""Compare the audit trail with its seals."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import EventSeal
from core.services.seals import verify_seals


class Command(BaseCommand):
    help = "Recompute the hash chain and list every link that does not fit; fails when there is one."

    def handle(self, *_args: Any, **_options: Any) -> None:
        differences = verify_seals()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(f"{len(differences)} seals do not fit the audit trail")
        self.stdout.write(f"{EventSeal.objects.count()} seals fit")
