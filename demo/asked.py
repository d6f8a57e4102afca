"""Some open cases of the invented district wait for a word: more time, a pause, an answer of the resident.

Played by the services themselves, because there are few of them and they stand in the present.
"""

from datetime import datetime, timedelta

from accounts.models import User
from governance.lifecycle import IN_WORK, ClockState, Step, Urgency
from governance.models import Clock, ClockPause, Issue
from governance.services.extensions import ask_extension
from governance.services.pauses import ask_pause
from governance.services.questions import ask_resident
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Post
from neighborhoods.selectors.actors import actor_for

EACH = 2
QUESTION = "是一直这样，还是只在早晚高峰？方便的话说一下大概几点。"


def ask_around(*, now: datetime) -> int:
    """A few requests of each kind, from the cases that have most time left; says how many."""
    going = Clock.objects.filter(
        step=Step.DONE,
        state=ClockState.RUNNING,
        due_at__gt=now + timedelta(days=1),
        issue__state__in=sorted(IN_WORK),
        issue__holder_unit=None,
        issue__holder_area__level=Level.GRID,
    )
    ids = list(going.order_by("-due_at", "issue__number").values_list("issue", flat=True))
    issues = [Issue.objects.select_related("holder_area").get(pk=pk) for pk in ids[: EACH * 20]]
    longer = [issue for issue in issues if issue.urgency == Urgency.COMPLEX][:EACH]
    rest = [issue for issue in issues if issue not in longer]
    for issue in longer:
        ask_extension(
            issue_id=issue.pk,
            actor=_holder(issue),
            reason="要和产权单位、物业一起看现场，约了下周",
            basis="本区诉求办理规范：复杂诉求可延期一次",
            days=10,
        )
    for issue in rest[:EACH]:
        ask_resident(issue_id=issue.pk, actor=_holder(issue), text=QUESTION)
    for issue in rest[EACH : 2 * EACH]:
        until = now + timedelta(days=3)
        reason, note = ClockPause.Reason.WEATHER, "连日下雨，屋面没法施工"
        ask_pause(issue_id=issue.pk, actor=_holder(issue), reason=reason, ends_at=until, note=note)
    return len(longer) + len(rest[: 2 * EACH])


def _holder(issue: Issue) -> Actor:
    post = Post.objects.filter(area=issue.holder_area).order_by("pk").first()
    return actor_for(User.objects.get(pk=post.user_id if post else 0))
