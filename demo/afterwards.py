"""What grows out of the cases: calls to residents, matters, meetings with their votes, whistles."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from demo.again import hold_again
from demo.aid import load_aid
from demo.asked import ask_around
from demo.cast import Cast
from demo.checkin_scenes import play_checkin_scenes
from demo.checkins import load_checkins
from demo.committees import load_committees
from demo.disputed import play_disputed
from demo.matters import load_matters
from demo.meetings import load_meetings
from demo.plan import DistrictPlan
from demo.points import load_points
from demo.representatives import load_representatives
from demo.volunteer_scenes import load_scenes
from demo.volunteers import load_volunteers
from demo.votes import load_votes
from demo.whistles import load_whistles


def load_afterwards(
    plan: DistrictPlan, cast: Cast, *, rng: Random, now: datetime, notices_for: timedelta
) -> dict[str, int]:
    """Load them in this order, because each looks at what was there before; says how many."""
    ask_around(now=timezone.now())
    matters = load_matters(plan, cast, now, timezone.now() - notices_for)
    play_disputed(cast, now)
    met = load_meetings(plan, cast, now, timezone.now() - notices_for)
    hold_again(now)
    whistles = load_whistles(cast, rng, now, timezone.now() - notices_for)
    committees = load_committees(cast, now)
    linked = load_representatives(plan, cast, now, timezone.now() - notices_for)
    served = load_volunteers(plan, cast, timezone.now() - notices_for)
    checked_in = load_checkins(cast, timezone.now() - notices_for)
    load_scenes(cast, now)
    points = load_points(cast)
    helped = load_aid(cast)
    duty_posts = play_checkin_scenes(cast)
    return {
        **met,
        **linked,
        "people with points": points,
        "needs of neighbours": helped,
        "committees": committees,
        "matters": matters,
        "motions": load_votes(),
        "whistles": whistles,
        **served,
        **checked_in,
        "duty posts": duty_posts,
    }
