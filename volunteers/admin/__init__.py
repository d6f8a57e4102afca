"""Pages of the administration about people who serve."""

from volunteers.admin import checkins

__all__ = ["checkins"]
