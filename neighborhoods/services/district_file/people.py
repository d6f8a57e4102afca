"""Lines about partner units, and about persons and their posts."""

import re

from django.utils.translation import gettext as _

from neighborhoods.models import Post, Title
from neighborhoods.policies import ADMIN_ROLES
from neighborhoods.services.district_file.cells import has_name
from neighborhoods.services.district_file.columns import UNIT_LEVEL_WORDS, Kind, in_language, meaning_of
from neighborhoods.services.district_file.known import Known
from neighborhoods.services.district_file.plan import NewPost, NewUnit, Plan
from neighborhoods.services.district_file.reading import RawRow

SHORT_NAME_LIMIT = 30
PHONE = re.compile(r"1\d{10}")


def phone_of(text: str) -> str:
    """A mainland mobile number as accounts keep it (+86…), however it is written; empty when it is none.

    With the country code even where no operator has the range yet: without, such a number would be stored as it was
    typed, and signing in would not find it.
    """
    digits = re.sub(r"[\s\-–—.()（）]", "", text).removeprefix("+")
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return f"+86{digits}" if PHONE.fullmatch(digits) else ""


def check_units(rows: list[RawRow], known: Known, plan: Plan) -> None:
    """Departments and companies that take part."""
    for row in rows:
        level = meaning_of(row["unit_level"], UNIT_LEVEL_WORDS)
        if not has_name(row, plan):
            continue
        if row["name"] in known.units:
            plan.known[Kind.UNIT] += 1
        elif level is None:
            words = "、".join(in_language(words) for words in UNIT_LEVEL_WORDS.values())
            plan.complain(row, "unit_level", _("Write one of these: %(words)s.") % {"words": words})
            plan.refused.add(row["name"])
        else:
            short_name = (row["short_name"] or row["name"])[:SHORT_NAME_LIMIT]
            plan.units.append(NewUnit(row["name"], short_name, level, row["duty_phone"][:30]))
            plan.new[Kind.UNIT] += 1
            known.units.add(row["name"])


def check_posts(rows: list[RawRow], known: Known, plan: Plan) -> None:
    """Who serves where. One phone is one person."""
    seen: dict[tuple[str, int, str, str], int] = {}
    held = _held(set(known.names_by_phone))
    for row in rows:
        post = _post(row, known, plan)
        if post is None:
            continue
        key = (post.phone, post.title_id, post.area_code, post.unit_name)
        if key in seen:
            message = _("The same post stands in line %(line)d already. Delete one of them.")
            plan.complain(row, "title", message % {"line": seen[key]})
        elif key in held:
            plan.known[Kind.POST] += 1
        else:
            plan.posts.append(post)
            plan.new[Kind.POST] += 1
        seen[key] = row.line


def _held(phones: set[str]) -> set[tuple[str, int, str, str]]:
    """Posts without an end that these people hold already."""
    posts = Post.objects.filter(ends_on=None, user__phone__in=sorted(phones), body=None)
    values = posts.values_list("user__phone", "title", "area__code", "unit__name")
    return {(phone_of(str(phone)), title, area or "", unit or "") for phone, title, area, unit in values}


def _post(row: RawRow, known: Known, plan: Plan) -> NewPost | None:
    title = known.titles.get(row["title"]) or known.titles.get(row["title"].lower())
    phone = phone_of(row["phone"])
    before = len(plan.complaints)
    has_name(row, plan)
    if title is None:
        plan.complain(row, "title", _("There is no title of this name. The template lists all of them."))
    if not phone:
        plan.complain(row, "phone", _("Write a mobile number of 11 digits: it is how the person signs in."))
    else:
        _same_person(row, phone, known, plan)
    if title is not None:
        _check_place(row, title, known, plan)
    if len(plan.complaints) > before or title is None:
        return None
    place = title.place
    return NewPost(
        row["name"],
        phone,
        title.pk,
        row["parent"] if place == Title.Place.AREA else "",
        row["unit"] if place == Title.Place.UNIT else "",
    )


def _same_person(row: RawRow, phone: str, known: Known, plan: Plan) -> None:
    name = known.names_by_phone.setdefault(phone, row["name"])
    if name != row["name"]:
        message = _("This number belongs to %(name)s. Correct the name or the number.")
        plan.complain(row, "phone", message % {"name": name})
    elif phone in known.switched_off:
        plan.complain(row, "phone", _("This account is switched off."))


def _check_place(row: RawRow, title: Title, known: Known, plan: Plan) -> None:
    if ADMIN_ROLES & title.role_set:
        plan.complain(row, "title", _("Administrators are appointed one by one, not from a table."))
    elif title.place == Title.Place.AREA:
        area = known.areas.get(row["parent"])
        if area is None and plan.follows(row["parent"]):
            return
        if area is None or area.is_closed or (title.level is not None and area.level != title.level):
            message = _("“%(title)s” needs the code of the area it serves, of the right level. “%(code)s” is not one.")
            plan.complain(row, "parent", message % {"title": title.name_zh, "code": row["parent"]})
    elif title.place == Title.Place.UNIT and row["unit"] not in known.units and not plan.follows(row["unit"]):
        message = _("There is no unit “%(unit)s”. Add a line for it, or correct the name.")
        plan.complain(row, "unit", message % {"unit": row["unit"]})
