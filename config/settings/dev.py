"""One machine, plain HTTP on the loopback address: what `make run` uses."""

from config.settings.base import *  # noqa: F403 - settings modules extend each other by design

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
