"""The bulk player of matters writes what the services write: the same stories through both, compared row by row."""

from datetime import datetime
from random import Random

import time_machine
from django.utils import timezone

from accounts.models import User
from core.calendar import CHINA, work_calendar
from core.models import Event, OutboxMessage
from demo.district import load_district
from demo.matter_stories import MatterStory, MatterTeller, Request
from demo.matters import MatterPlayer, helper_of
from demo.plan import plan_district
from governance.models import Category, DutyClock, Matter, MatterHelper, MatterIssue, MatterLine
from governance.services.matters import collecting, handling
from governance.services.matters.collecting import Hand, Sighting
from neighborhoods.models import Area
from neighborhoods.selectors.actors import actor_for
from tests.factories import make_issue

TABLES = {Matter: "pk", MatterLine: "matter", MatterHelper: "matter", MatterIssue: "matter", DutyClock: "matter"}
LEFT_OUT = {"id", "matter_id", "number", "submission_key", "subject_id", "transaction_id"}
VERBS = {
    "file": collecting.file_matter,
    "leave": collecting.leave_matter,
    "dispatch": collecting.dispatch_matter,
    "handle": handling.handle_matter,
    "report": handling.report_matter,
    "check": handling.check_matter,
    "close": handling.close_matter,
}


def _who(cast, key):
    return actor_for(User.objects.get(pk=cast.people[key].user_id))


def _through_the_services(cast, story: MatterStory) -> Matter:
    with time_machine.travel(story.at, tick=False):
        matter = collecting.collect_matter(
            actor=_who(cast, story.collector),
            sighting=Sighting(
                area=cast.areas[story.area],
                category=Category.objects.get(code=story.category),
                text=story.text,
                source=story.source,
                helpers=tuple(helper_of(cast, one) for one in story.helpers),
                issue_ids=(story.request.pk,) if story.request else (),
            ),
        )
    for act in story.acts:
        extra = dict(act.extra)
        if act.verb == "dispatch":
            extra = {"to": Hand(post=cast.posts.get(extra.get("post")), unit=cast.units.get(extra.get("unit")))}
        if "helpers" in extra:
            extra["helpers"] = tuple(helper_of(cast, one) for one in extra["helpers"])
        with time_machine.travel(act.at, tick=False):
            VERBS[act.verb](matter_id=matter.pk, actor=_who(cast, act.who), **extra)
    return Matter.objects.get(pk=matter.pk)


def _rows(matter: Matter) -> dict[str, list[dict]]:
    found = {
        model.__name__: list(model.objects.filter(**{key: matter.pk}).order_by("pk").values())
        for model, key in TABLES.items()
    }
    events = Event.objects.filter(subject_id=matter.pk, subject_type="governance.matter")
    found["Event"] = list(events.order_by("pk").values())
    for rows in found.values():
        for row in rows:
            row.pop("payload", None)
            for name in LEFT_OUT:
                row.pop(name, None)
    return found


def test_bulk_matters_equal_those_of_the_services(db):
    plan = plan_district(Random(7))
    cast = load_district(plan)
    teller = MatterTeller(plan, work_calendar(), Random(11))
    first, last = datetime(2023, 1, 3, 9, tzinfo=CHINA), datetime(2023, 5, 30, 9, tzinfo=CHINA)
    place = Area.objects.filter(level=4).order_by("code").first()
    issue = make_issue(place)
    request = Request(issue.pk, issue.number, place.code, issue.category.code, first)
    kinds: dict[tuple, MatterStory] = {}
    for story in teller.history([request], first, last):
        path = tuple((a.verb, a.who[:4], a.extra.get("passed"), bool(a.extra.get("helpers"))) for a in story.acts)
        kinds.setdefault((path, story.collector[:4], bool(story.helpers), bool(story.request)), story)
    stories = list(kinds.values())
    assert len(stories) > 12
    player = MatterPlayer(cast)
    for n, story in enumerate(stories):
        player.play(story, number=f"T-{n}")
    player.write(relayed_before=timezone.now())
    for story, mine in zip(stories, player.matters, strict=True):
        theirs = _through_the_services(cast, story)
        assert _rows(Matter.objects.get(pk=mine.pk)) == _rows(theirs), [act.verb for act in story.acts]
    assert Event.objects.count() == OutboxMessage.objects.count()
