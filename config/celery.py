"""The Celery app and the one table of periodic work.

Every entry is a sweep that may run late, twice or in parallel. `expires` stays below the period, so that a worker
that was away does not find a heap of old ticks.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "config.broker:Transport")

app = Celery("mulin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE, HOUR, DAY = 60, 3600, 86400


def _nightly(task: str, hour: int, minute: int) -> dict[str, Any]:
    """At this time in China; what was not begun within half a day is left to the next night."""
    return {"task": task, "schedule": crontab(hour=hour, minute=minute), "options": {"expires": DAY // 2}}


app.conf.beat_schedule = {
    # the wake-up after commit is best effort; this bounds the delay when Redis lost it
    "relay": {"task": "notifications.relay", "schedule": 5.0, "options": {"expires": 4}},
    # shortest limit is 15 minutes, so a minute's delay is small against every rung
    "sweep": {"task": "governance.sweep_clocks", "schedule": 60.0, "options": {"expires": 50}},
    # limits of people who serve are days; ten minutes late is nothing
    "volunteers": {"task": "volunteers.sweep", "schedule": 10 * MINUTE, "options": {"expires": 9 * MINUTE}},
    # readyz reports a beat that stopped ticking
    "heartbeat": {"task": "notifications.heartbeat", "schedule": 30.0, "options": {"expires": 25}},
    # a call-back must start within three working days of the reply; hourly is fine
    "callbacks": {"task": "governance.start_callbacks", "schedule": HOUR, "options": {"expires": HOUR - 60}},
    "digest": {
        "task": "notifications.digest",
        "schedule": crontab(minute="0,30"),
        "options": {"expires": HOUR // 2 - 60},
    },
    # an unsealed tail of the audit trail is never older than ten minutes
    "seal": {"task": "core.seal_events", "schedule": 10 * MINUTE, "options": {"expires": 9 * MINUTE}},
    # nightly, when nobody moves areas
    "trees": _nightly("neighborhoods.check_trees", 3, 10),
    # points of yesterday are gone before anybody looks at them, and counted when nobody redeems any
    "points": _nightly("volunteers.expire_points", 2, 20),
    "reconcile": _nightly("volunteers.reconcile", 2, 50),
    "retention": _nightly("governance.apply_retention", 3, 30),
    "recurrences": _nightly("governance.find_recurrences", 5, 10),
    # in the morning, when whoever has to go on with a meeting is at work
    "meetings": _nightly("governance.remind_organizers", 8, 40),
    "links": _nightly("governance.expire_links", 3, 50),
    # half a year of notices is enough to look something up, and keeps the queues small; nightly is soon enough
    "prune": _nightly("notifications.prune", 4, 30),
    "sessions": _nightly("core.clear_sessions", 4, 10),
}
