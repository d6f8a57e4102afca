"""Loads the demonstration: the district, its requests through the bulk player, and what came of them."""

import uuid
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from core.calendar import CHINA, work_calendar
from core.errors import RuleError
from core.numbers import next_numbers
from demo.afterwards import load_afterwards
from demo.book import Book
from demo.bulk import BulkPlayer
from demo.cast import Cast
from demo.district import load_district
from demo.hard import play_hard_cases
from demo.plan import plan_district
from demo.stories import Story, Teller
from governance.models import Category
from neighborhoods.actors import Level
from neighborhoods.models import Area
from neighborhoods.models.areas import CODE_LENGTH

SEED = 20230610
HISTORY = 1897  # requests collected by representatives from 1 January to 10 June 2023 (docs/glossary.md, "Figures")
HISTORY_FROM = datetime(2023, 1, 1, tzinfo=CHINA)
HISTORY_UNTIL = datetime(2023, 6, 10, 18, tzinfo=CHINA)
RECENT = 220
WAITING = 4
NOTICES_FOR = timedelta(hours=30)  # only the freshest events still send notices
# the namespace of the submissions' keys
KEYS = uuid.UUID("5f3cde7e-2023-4610-8888-000000430902")


@transaction.atomic
def load_demo(*, scale: int = 1, now: datetime | None = None) -> dict[str, int]:
    """Fill an empty database with the invented district; `scale` multiplies the requests. Returns what was written."""
    if Area.objects.exists():
        raise RuleError("The database already holds a district.")
    rng, now = Random(SEED), now or timezone.now()
    plan = plan_district(rng)
    cast = load_district(plan)
    teller = Teller(plan, work_calendar(), rng)
    stories = [
        *teller.history(HISTORY * scale, HISTORY_FROM, HISTORY_UNTIL),
        *teller.recent(RECENT * scale, now),
        *teller.waiting(WAITING, now),
    ]
    book = play(stories, cast)
    play_hard_cases(cast, now)
    grown = load_afterwards(plan, cast, rng=Random(SEED), now=now, notices_for=NOTICES_FOR)
    return {
        "areas": len(cast.areas),
        "people": len(cast.people),
        "issues": len(book.issues),
        "lines": len(book.lines),
        **grown,
    }


def play(stories: list[Story], cast: Cast) -> Book:
    """Write the rows of all stories at once."""
    categories = {c.code: c for c in Category.objects.all()}
    numbers = next_numbers("issue", [timezone.localdate(s.at).year for s in stories])
    book = Book()
    player = BulkPlayer(book, cast, until=timezone.now())
    for index, story in enumerate(stories):
        player.play(
            story,
            number=numbers[index],
            key=uuid.uuid5(KEYS, str(index)),
            category=categories[story.category],
            stamp=cast.stamp(story.area),
            holder=cast.areas[story.area[: CODE_LENGTH[Level.GRID]]],
        )
    book.write(relayed_before=timezone.now() - NOTICES_FOR)
    return book
