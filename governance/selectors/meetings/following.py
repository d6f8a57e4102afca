"""What of a meeting's resolutions is not taken care of yet."""

from django.db.models import Exists, OuterRef

from governance.lifecycle.tasks import TaskState
from governance.models import Meeting, Resolution, Task


def unfollowed(meeting: Meeting) -> list[Resolution]:
    """Resolutions with neither a task nor the remark that nothing has to be done; a task called off does not count.

    The only place that says what takes care of a resolution.
    """
    tasks = Task.objects.filter(resolution=OuterRef("pk")).exclude(state=TaskState.CANCELLED)
    return list(meeting.resolutions.filter(~Exists(tasks), is_information_only=False))
