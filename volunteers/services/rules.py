"""What hours may be, by day: settings are a list of dated rules, and a record follows the rule of its own day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class HourRule:
    """Caps in minutes, limits in days, and how many of a hundred confirmed records are asked about."""

    day_minutes: int
    activity_minutes: int
    late_days: int
    expire_days: int
    remind_days: tuple[int, ...]
    check_percent: int


def hour_rule(on: date) -> HourRule:
    """The rule in force on a day; the oldest one reaches back without end."""
    rules: list[tuple[str, dict[str, Any]]] = sorted(settings.VOLUNTEER_HOUR_RULES.items())
    found = [rule for since, rule in rules if date.fromisoformat(since) <= on]
    return HourRule(**(found[-1] if found else rules[0][1]))
