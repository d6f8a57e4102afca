"""The portal as it runs, without the limits that protect it from exactly what a benchmark does."""

from config.settings.base import *  # noqa: F403 - settings modules extend each other by design

ALTCHA_ENABLED = False
REPORTS_PER_ADDRESS_HOUR = 10**9
FOLLOW_TRIES_PER_ADDRESS_HOUR = 10**9
# a line for each request would stand between those of the table
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}  # noqa: F405
