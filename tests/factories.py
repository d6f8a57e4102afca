"""Minimum valid rows. A test sets only what it asserts on."""

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from governance.models import Category
from governance.services.submit import Report, submit_issue
from neighborhoods.actors import NOBODY
from neighborhoods.models import Area, Compound, Coverage, PartnerUnit, PlaceCode, Post, Title

# Codes of areas repeat after a hundred; the first of each hundred belong to tests/replay.py.
FIRST_SERIAL = 30
_serials = [(number for number in itertools.count() if number % 100 >= FIRST_SERIAL)]


def _next_serial() -> int:
    return next(_serials[-1])


@contextmanager
def numbered(numbers: Iterator[int]) -> Iterator[None]:
    """Codes from these numbers instead of the next ones."""
    _serials.append(numbers)
    yield
    _serials.pop()


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"周某{n}")
    email = factory.Sequence(lambda n: f"user{n}@example.invalid")
    password = factory.django.Password("Linli-test-2026")

    @factory.post_generation
    def proved(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        """As after an office or a code: without, signing in by password asks for a code first."""
        if create and self.email and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class AreaFactory(factory.django.DjangoModelFactory):
    """A street by default; give a parent for the lower levels. Codes follow the parent's."""

    class Meta:
        model = Area

    parent = None
    name = factory.Sequence(lambda n: f"地方{n}")
    variant = factory.LazyAttribute(lambda o: "" if o.parent else "street")

    @factory.lazy_attribute
    def code(self) -> str:
        serial = _next_serial()
        if self.parent is None:
            return f"430902{serial % 1000:03d}"
        width = {0: 3, 1: 3, 2: 2, 3: 3}[self.parent.level]
        return f"{self.parent.code}{serial % 10**width:0{width}d}"


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartnerUnit

    name = factory.Sequence(lambda n: f"单位{n}")
    short_name = factory.LazyAttribute(lambda o: o.name)
    level = "district"


def make_compound(grid: Area, branch: Area | None = None, **fields: Any) -> Compound:
    serial = _next_serial()
    compound = Compound.objects.create(
        grid=grid, code=f"C{serial:06d}", name=fields.pop("name", f"小区{serial}"), kind=fields.pop("kind", "managed")
    )
    if branch:
        Coverage.objects.create(compound=compound, branch=branch, mode="own", valid_from=date(2022, 1, 1))
    return compound


def make_post(title: str, *, area: Area | None = None, unit: PartnerUnit | None = None, **fields: Any) -> Post:
    """A post since 2022 for a new person (or `user`)."""
    user = fields.pop("user", None) or UserFactory()
    return Post.objects.create(
        user=user, title=Title.objects.get(code=title), area=area, unit=unit, starts_on=date(2022, 1, 1), **fields
    )


def make_report(area: Area, **fields: Any) -> Report:
    category = fields.pop("category", None) or "IN03"
    if isinstance(category, str):
        category = Category.objects.get(code=category)
    return Report(
        area=area,
        category=category,
        text=fields.pop("text", "东门到煤棚一段，四盏路灯不亮"),
        submission_key=fields.pop("submission_key", uuid.uuid4()),
        **fields,
    )


def make_issue(area: Area, **fields: Any) -> Any:
    """An issue that came in by the public form; with a phone unless told otherwise."""
    fields.setdefault("phone", "10000000005")
    fields.setdefault("name", "张某")
    actor = fields.pop("actor", NOBODY)
    return submit_issue(actor=actor, report=make_report(area, **fields))


def make_place_code(area: Area, entrance: int | None = 1) -> PlaceCode:
    return PlaceCode.objects.create(code=f"TEST{_next_serial():04d}", area=area, entrance=entrance)


def now() -> Any:
    return timezone.now()


def make_plan(**fields: Any) -> Any:
    """A meeting ten days from now, for two hours, with a chair and a secretary without accounts."""
    from governance.services.meetings.planning import Officers, Plan

    starts_at = fields.pop("starts_at", timezone.now() + timedelta(days=10))
    return Plan(
        kind=fields.pop("kind", "council"),
        title=fields.pop("title", "楼道里的电动车停在哪里"),
        starts_at=starts_at,
        ends_at=fields.pop("ends_at", starts_at + timedelta(hours=2)),
        place=fields.pop("place", "议事亭"),
        officers=fields.pop("officers", None) or Officers(chair_name="赵某", secretary_name="王某"),
        **fields,
    )


def make_meeting(area: Area, actor: Any, **fields: Any) -> Any:
    """A meeting that collects topics."""
    from governance.services.meetings.planning import open_meeting

    return open_meeting(actor=actor, area=area, plan=make_plan(**fields))


def make_topic(area: Area, **fields: Any) -> Any:
    """A topic as a resident proposes it, with a phone unless told otherwise."""
    from governance.services.meetings.topics import Proposal, propose_topic

    actor = fields.pop("actor", NOBODY)
    if actor is NOBODY:
        fields.setdefault("phone", "10000000006")
    return propose_topic(actor=actor, proposal=Proposal(area=area, title=fields.pop("title", "电动车停放"), **fields))
