"""What grows out of the cases: calls to residents, meetings with their votes, whistles."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from demo.again import hold_again
from demo.asked import ask_around
from demo.cast import Cast
from demo.meetings import load_meetings
from demo.plan import DistrictPlan
from demo.votes import load_votes
from demo.whistles import load_whistles


def load_afterwards(
    plan: DistrictPlan, cast: Cast, *, rng: Random, now: datetime, notices_for: timedelta
) -> dict[str, int]:
    """Load them in this order, because each looks at what was there before; says how many."""
    ask_around(now=timezone.now())
    met = load_meetings(plan, cast, now, timezone.now() - notices_for)
    hold_again(now)
    whistles = load_whistles(cast, rng, now, timezone.now() - notices_for)
    return {**met, "motions": load_votes(), "whistles": whistles}
