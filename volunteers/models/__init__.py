"""People who serve: the register of volunteers, and what they do."""

from volunteers.models.volunteers import Volunteer

__all__ = ["Volunteer"]
