"""One server behind a TLS proxy: what docker-compose.yml uses."""

from config.settings.base import *  # noqa: F403 - settings modules extend each other by design
from config.settings.base import SENTRY_DSN, env

DEMO = env.bool("DEMO", default=False)
LOG_JSON = env.bool("LOG_JSON", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Who administers, signs for the street or reads the audit trail needs a second step; an empty value switches it off.
MFA_REQUIRED_ROLES = env.list(
    "MFA_REQUIRED_ROLES", default=["system_admin", "security_admin", "auditor", "street_lead"]
)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1)

if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
