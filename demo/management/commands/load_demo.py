"""manage.py load_demo: fill an empty database with the invented district."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import RuleError
from demo.load import load_demo


class Command(BaseCommand):
    help = "Load the invented district (演示数据) into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="multiply the number of requests")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            written = load_demo(scale=max(1, options["scale"]))
        except RuleError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(", ".join(f"{count} {name}" for name, count in written.items()))
