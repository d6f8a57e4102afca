"""Pages of duties: 20,000 meetings, 10,000 whistles and 20,000 matters beside 200,000 cases."""

from benchmarks.load import Call
from benchmarks.pages import grown, session
from benchmarks.table import Row
from governance.lifecycle.meetings import MeetingState
from governance.lifecycle.whistles import WhistleState
from governance.models import Matter, Meeting, Task, Whistle


def run() -> list[Row]:
    """Every list, and the fullest of each kind of record."""
    return grown(_targets)


def _targets() -> dict[str, Call]:
    cookie, post = session("street_dispatcher")
    headers = {"Cookie": f"sessionid={cookie}"}
    here = {"street_id": post.area_id}
    meeting = Meeting.objects.filter(**here, state=MeetingState.PUBLISHED).order_by("pk")[0].number
    whistle = Whistle.objects.filter(**here, state=WhistleState.RATED).order_by("pk")[0].number
    matter = Matter.objects.filter(**here).order_by("pk")[0].number
    task = Task.objects.filter(**here).order_by("pk")[0].number
    paths = {
        "meetings": "/desk/meetings/",
        "calendar": "/desk/meetings/calendar/",
        "one meeting": f"/desk/meetings/{meeting}/",
        "topics": "/desk/topics/",
        "whistles": "/desk/whistles/",
        "one whistle": f"/desk/whistles/{whistle}/",
        "whistle figures": "/desk/whistles/figures/",
        "tasks": "/desk/tasks/",
        "one task": f"/desk/tasks/{task}/",
        "matters": "/desk/matters/",
        "one matter": f"/desk/matters/{matter}/",
        "committees": "/desk/committee/",
        "public meetings": "/meetings/",
        "one public meeting": f"/meetings/{meeting}/",
    }
    return {name: Call(path, headers=headers if path.startswith("/desk/") else {}) for name, path in paths.items()}
