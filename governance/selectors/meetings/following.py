"""What of a meeting's resolutions is not taken care of yet."""

from governance.models import Meeting, Resolution


def unfollowed(meeting: Meeting) -> list[Resolution]:
    """Resolutions with neither a task nor the remark that nothing has to be done.

    The only place that says what takes care of a resolution.
    """
    return list(meeting.resolutions.filter(is_information_only=False))
