"""manage.py relay: turn events into notices without waiting for a worker. For servers that keep the relay apart."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from notifications.routing import ROUTES
from notifications.services.deliver import deliver_batch
from notifications.services.relay import relay_batch


class Command(BaseCommand):
    help = "Relay events and send notices until stopped. Any number may run beside each other and beside the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=2.0, help="seconds to rest when nothing is due")
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        stopped = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopped.set()

        if not options["once"]:
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
        while not stopped.is_set():
            if self._one_round():
                continue
            if options["once"]:
                return
            stopped.wait(options["pause"])

    def _one_round(self) -> bool:
        """Whether anything was done. An absent database is waited for, not died of."""
        try:
            relayed = relay_batch(at=timezone.now(), routes=ROUTES)
            return bool(deliver_batch(at=timezone.now()) or relayed)
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"database is away: {error}")
            close_old_connections()
            return False
