"""The reference: the same settings, middleware and server, with two views that do almost nothing."""

from benchmarks.settings import *  # noqa: F403 - settings modules extend each other by design

ROOT_URLCONF = "benchmarks.bare"
