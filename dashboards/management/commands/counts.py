"""manage.py counts: what the records of this district count to, as one JSON object."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dashboards.metrics.figures import METRICS

AS_OF = "2023-06-10"  # the day of the published report whose figures the invented district reproduces


class Command(BaseCommand):
    help = "Print the figures that records of this district count to, under their published keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default=AS_OF, help="the day of the count (YYYY-MM-DD)")

    def handle(self, *_args: Any, **options: Any) -> None:
        on = date.fromisoformat(options["on"])
        self.stdout.write(json.dumps({metric.key: metric.value(on) for metric in METRICS}))
