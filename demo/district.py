"""The invented district itself: areas through the bulk service, units, people and their posts."""

from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.demo import DEMO_PASSWORD
from accounts.models import User
from demo.cast import Cast
from demo.plan import DEMO_DOMAIN, FIRST_DAY, UNITS, DistrictPlan
from demo.ready import load_ready_answers
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.models import Area, Compound, Coverage, PartnerUnit, PlaceCode, Post, Title
from neighborhoods.selectors.actors import actor_label
from neighborhoods.services.areas.imports import AreaRow, import_areas
from neighborhoods.services.place_codes import new_code
from neighborhoods.services.sorting import sort_key

LOADER = Actor(
    user_id=None, label="演示数据", grants=frozenset({Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)}), is_system=True
)


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
