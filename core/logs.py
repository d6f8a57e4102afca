"""Logs without secrets: tracking links and numbers never reach a log line."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.masking import mask_text

_LINK = re.compile(r"/f/[A-Za-z0-9-]+")


def clean(text: str) -> str:
    """Strike out tracking links, phone and ID numbers."""
    return mask_text(_LINK.sub("/f/…", text))


class HideSecrets(logging.Filter):
    """Cleans every line on its way out."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = clean(record.getMessage())
            record.args = None
        return True


def _clean_event(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    # an id of ours may look like a phone number, and is what one searches for
    return {k: clean(v) if isinstance(v, str) and not k.endswith("_id") else v for k, v in event.items()}


def formatter(*, json: bool) -> logging.Formatter:
    """One line a record: readable on a terminal, JSON for a log store."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,  # before the cleaning: an error names what it met
        _clean_event,
    ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            _clean_event,  # events of our own do not pass the chain for foreign records below
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints variables, and with them people
        )
    )
    return structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
