"""Seal the audit trail by hand, and after a restore."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import RuleError
from core.services.seals import seal_after_restore, seal_events


class Command(BaseCommand):
    help = "Extend the hash chain over the audit trail by the events that became final."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="close the chain of the cluster the backup came from; run it before the portal starts",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            seal = seal_after_restore() if options["after_restore"] else seal_events()
        except RuleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{seal.events} events, {seal.digest}" if seal else "nothing new")
