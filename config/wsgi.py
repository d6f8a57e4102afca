"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # loads every view now, not with the first visitor
# What was loaded stays to the end, so no search for garbage needs to walk through it (docs/performance.md).
gc.collect()
gc.freeze()
