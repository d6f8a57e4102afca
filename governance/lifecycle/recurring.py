"""Events about what keeps coming back in one place."""

RECURRENCE_FOUND = "recurrence.found"
RECURRENCE_DECIDED = "recurrence.decided"

RECURRENCE_EVENTS = frozenset({RECURRENCE_FOUND, RECURRENCE_DECIDED})
