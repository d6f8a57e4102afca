"""Tests: the real PostgreSQL and Valkey, cheap passwords, mail in memory."""

import os
import re

# Fixed keys: a test must not depend on a file that only a running portal has.
os.environ.setdefault("SECRET_KEY", "test-only-secret-key-that-is-long-enough-for-django-checks")
os.environ.setdefault("FIELD_KEY", "test-only-field-key-that-is-long-enough-too-000000")
os.environ.setdefault("DATABASE_URL", "postgres://mulin@/mulin")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")

from config.settings.base import *  # noqa: F403 - the keys above must be in place first
from config.settings.base import CACHES, DATABASES, LOCAL_DIR, REDIS_URL, STORAGES

# Workers beside each other count and store apart: one of Valkey's sixteen databases each.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if _WORKER:
    _number = int(_WORKER.removeprefix("gw")) % 15 + 1
    _url, _found = re.subn(r"(?<=[?&]db=)\d+|(?<=\d/)\d+$", str(_number), REDIS_URL)
    REDIS_URL = _url if _found else f"{REDIS_URL}?db={_number}"
    CACHES["default"]["LOCATION"] = REDIS_URL

DEMO = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = LOCAL_DIR / f"test-media{_WORKER}"
ALTCHA_COST = 100
CELERY_TASK_ALWAYS_EAGER = False
ALLOWED_HOSTS = ["*"]
# Threads of a concurrency test each need a connection; the pool would hide them from the test runner's clean-up.
DATABASES["default"]["OPTIONS"].pop("pool", None)
