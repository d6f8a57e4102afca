"""Loads the invented district: areas through the bulk service, requests through the bulk player."""

import uuid
from datetime import date, datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.demo import DEMO_PASSWORD
from accounts.models import User
from core.calendar import CHINA, work_calendar
from core.errors import RuleError
from demo.afterwards import load_afterwards
from demo.book import Book
from demo.bulk import BulkPlayer
from demo.cast import Cast
from demo.hard import play_hard_cases
from demo.plan import DEMO_DOMAIN, FIRST_DAY, UNITS, DistrictPlan, plan_district
from demo.ready import load_ready_answers
from demo.store import numbers_for
from demo.stories import Story, Teller
from governance.models import Category
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.models import Area, Compound, Coverage, PartnerUnit, PlaceCode, Post, Title
from neighborhoods.models.areas import CODE_LENGTH
from neighborhoods.selectors.actors import actor_label
from neighborhoods.services.areas.imports import AreaRow, import_areas
from neighborhoods.services.place_codes import new_code
from neighborhoods.services.sorting import sort_key

SEED = 20230610
HISTORY = 1897  # requests collected by representatives from 1 January to 10 June 2023 (docs/glossary.md, "Figures")
HISTORY_FROM = datetime(2023, 1, 1, tzinfo=CHINA)
HISTORY_UNTIL = datetime(2023, 6, 10, 18, tzinfo=CHINA)
RECENT = 220
WAITING = 4
NOTICES_FOR = timedelta(hours=30)  # only the freshest events still send notices
LOADER = Actor(
    user_id=None, label="演示数据", grants=frozenset({Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)}), is_system=True
)
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


def load_district(plan: DistrictPlan) -> Cast:
    """Areas, compounds, coverages, stairwell codes, units, people and their posts."""
    cast = Cast()
    _load_areas(plan, cast)
    cast.units = _load_units()
    _load_people(plan, cast)
    load_ready_answers(cast)
    return cast


def _load_areas(plan: DistrictPlan, cast: Cast) -> None:
    import_areas(
        [AreaRow(a.code, a.name, _facts(a.level, a.variant, a.code, a.name)) for a in plan.areas if a.level < 4],
        actor=LOADER,
    )
    areas = {a.code: a for a in Area.objects.all()}
    compounds = Compound.objects.bulk_create(
        [
            Compound(grid=areas[c.grid], code=c.code, name=c.name, pinyin=sort_key(c.name), kind=c.kind)
            for c in plan.compounds
        ]
    )
    by_code = {c.code: c for c in compounds}
    Coverage.objects.bulk_create(
        [
            Coverage(compound=by_code[c.code], branch=areas[c.branch], mode=c.mode, valid_from=FIRST_DAY)
            for c in plan.compounds
        ]
    )
    import_areas(
        [
            AreaRow(
                a.code,
                a.name,
                {
                    "compound_id": by_code[a.compound].pk,
                    "entrances": a.entrances,
                    "floors": a.floors,
                    "households": a.households,
                },
            )
            for a in plan.areas
            if a.level == 4
        ],
        actor=LOADER,
    )
    cast.areas = {a.code: a for a in Area.objects.all()}
    PlaceCode.objects.bulk_create(
        [
            PlaceCode(code=new_code(), area=cast.areas[a.code], entrance=n)
            for a in plan.areas
            if a.level == Level.BUILDING
            for n in range(1, a.entrances + 1)
        ]
    )


def _facts(level: int, variant: str, code: str, name: str) -> dict[str, object]:
    if level == Level.STREET:
        return {"variant": variant, "duty_phone": f"0737-000 01{code[-2:]}", "duty_hours": "8:30–17:30"}
    if level == Level.COMMUNITY:
        return {"duty_phone": f"0737-000 0{code[-4]}{code[-2:]}", "duty_hours": "8:30–17:30"}
    if level == Level.BRANCH:
        return {"approval_no": f"演示批〔2022〕{code[-5:]}号", "approved_on": date.fromisoformat(FIRST_DAY)}
    return {}


def _load_units() -> dict[str, PartnerUnit]:
    units = PartnerUnit.objects.bulk_create(
        [
            PartnerUnit(name=name, short_name=short, level=level, pinyin=sort_key(name), phone=f"0737-000 02{n:02d}")
            for n, (name, short, level) in enumerate(UNITS, 1)
        ]
    )
    return {u.short_name: u for u in units}


def _load_people(plan: DistrictPlan, cast: Cast) -> None:
    password, unusable = make_password(DEMO_PASSWORD), make_password(None)
    users = User.objects.bulk_create(
        [
            User(
                name=person.name,
                email=f"{person.login}@{DEMO_DOMAIN}" if person.login else f"person{n}@people.{DEMO_DOMAIN}",
                password=password if person.login else unusable,
                is_staff=person.title in {"system_admin", "security_admin", "auditor"},
                is_superuser=person.title == "system_admin",
            )
            for n, person in enumerate(plan.people, 1)
        ]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )
    titles = {t.code: t for t in Title.objects.all()}
    posts = Post.objects.bulk_create(
        [
            Post(
                user=user,
                title=titles[person.title],
                area=cast.areas.get(person.area),
                unit=cast.units.get(person.unit),
                starts_on=date.fromisoformat(FIRST_DAY),
            )
            for person, user in zip(plan.people, users, strict=True)
        ]
    )
    cast.posts = {person.key: post for person, post in zip(plan.people, posts, strict=True)}
    cast.people = {
        person.key: Actor(user_id=post.user_id, label=actor_label(person.name, _places_of(post)))
        for person, post in zip(plan.people, posts, strict=True)
    }


def _places_of(post: Post) -> list[str]:
    return [post.unit.short_name] if post.unit else [post.area.name] if post.area else []


def play(stories: list[Story], cast: Cast) -> Book:
    """Write the rows of all stories at once."""
    categories = {c.code: c for c in Category.objects.all()}
    numbers = numbers_for("issue", "", [timezone.localdate(s.at).year for s in stories])
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
