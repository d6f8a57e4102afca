"""What of a meeting's resolutions is not taken care of yet."""

from governance.lifecycle.tasks import TaskState
from governance.models import Meeting, Resolution, Whistle


def is_left(resolution: Resolution) -> bool:
    """Whether it has neither a task nor the remark that nothing has to be done; a task called off does not count.

    The only place that says what takes care of a resolution. Its tasks are prefetched.
    """
    is_given = any(task.state != TaskState.CANCELLED for task in resolution.tasks.all())
    return not is_given and not resolution.is_information_only


def open_resolutions(whistle: Whistle) -> list[Resolution]:
    """What the units resolved on the spot and nobody has been given yet."""
    return unfollowed(whistle.meeting) if whistle.meeting else []


def unfollowed(meeting: Meeting) -> list[Resolution]:
    """Those of a meeting that are left."""
    return [one for one in meeting.resolutions.prefetch_related("tasks") if is_left(one)]
