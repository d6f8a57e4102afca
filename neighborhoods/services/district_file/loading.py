"""Keeping an uploaded file until it is confirmed, and loading it in one transaction."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.contacts import is_proved, release_contact
from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor
from neighborhoods.lifecycle import DISTRICT_LOADED
from neighborhoods.models import Area, Compound, Coverage, DistrictImport, PartnerUnit, Post
from neighborhoods.services.areas.imports import import_areas
from neighborhoods.services.district_file.checking import check_rows
from neighborhoods.services.district_file.known import users_by_phone
from neighborhoods.services.district_file.plan import Plan
from neighborhoods.services.district_file.reading import read_rows
from neighborhoods.services.locks import lock_roots
from neighborhoods.services.sorting import sort_key

KEEP = timedelta(days=1)


@transaction.atomic
def keep_upload(*, actor: Actor, filename: str, content: bytes) -> DistrictImport:
    """An administrator uploads a table; it waits a day for confirmation. What nobody confirmed before is dropped."""
    require(policies.can_load_district(actor))
    read_rows(content)
    stale = DistrictImport.objects.filter(loaded_at=None, uploaded_at__lt=timezone.now() - KEEP)
    stale.delete()
    name = filename.replace("\x00", "")[-120:] or "-"
    return DistrictImport.objects.create(uploaded_by_id=actor.user_id or 0, filename=name, content=content)


def plan_of(upload: DistrictImport) -> Plan:
    """What the upload would load, in the reader's language."""
    return check_rows(read_rows(bytes(upload.content)))


@transaction.atomic
def load_district(*, import_id: int, actor: Actor) -> DistrictImport:
    """An administrator confirms: all of it is loaded, or nothing. Confirming twice loads once."""
    require(policies.can_load_district(actor))
    lock_roots()
    upload = DistrictImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if upload.loaded_at:
        return upload
    plan = plan_of(upload)
    if not plan.is_sound:
        raise RuleError(_("The table does not fit any more. Look at the list of errors again."))
    _load(plan, actor)
    upload.loaded_at, upload.counts, upload.content = timezone.now(), plan.counts(), b""
    upload.save(update_fields=["loaded_at", "counts", "content"])
    events.record(DISTRICT_LOADED, actor=actor, subject=upload, counts=upload.counts)
    return upload


def _load(plan: Plan, actor: Actor) -> None:
    if plan.areas:
        import_areas(plan.areas, actor=actor)
    _load_compounds(plan)
    PartnerUnit.objects.bulk_create(
        [
            PartnerUnit(
                name=u.name, short_name=u.short_name, level=u.level, phone=u.phone, pinyin=sort_key(u.name, 300)
            )
            for u in plan.units
        ]
    )
    _load_posts(plan, actor)


def _load_compounds(plan: Plan) -> None:
    codes = {c.grid_code for c in plan.compounds} | {c.branch_code for c in plan.compounds}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "pk"))
    compounds = Compound.objects.bulk_create(
        [
            Compound(
                code=c.code,
                name=c.name,
                pinyin=sort_key(c.name),
                kind=c.kind,
                built_year=c.built_year,
                grid_id=areas[c.grid_code],
            )
            for c in plan.compounds
        ]
    )
    today = timezone.localdate()
    Coverage.objects.bulk_create(
        [
            Coverage(compound=compound, branch_id=areas[c.branch_code], mode=c.mode, valid_from=today)
            for compound, c in zip(compounds, plan.compounds, strict=True)
            if c.branch_code
        ]
    )
    _attach_buildings(plan.building_compounds)


def _attach_buildings(pairs: dict[str, str]) -> None:
    """Buildings point at their compound; those loaded before stay as they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE neighborhoods_area a SET compound_id = c.id"
            " FROM unnest(%s::varchar[], %s::varchar[]) AS pair (building, compound)"
            " JOIN neighborhoods_compound c ON c.code = pair.compound"
            " WHERE a.code = pair.building AND a.compound_id IS NULL",
            [list(pairs), list(pairs.values())],
        )


def _load_posts(plan: Plan, actor: Actor) -> None:
    users = users_by_phone({post.phone for post in plan.posts})
    for phone in [phone for phone, user in users.items() if not is_proved(user=user, phone=phone)]:
        release_contact(user=users.pop(phone), actor=actor)  # whoever opened it may know its password
    fresh = {post.phone: post.name for post in plan.posts if post.phone not in users}
    created = [User(name=name, phone=phone, phone_verified=True) for phone, name in fresh.items()]
    for user in created:
        user.set_unusable_password()  # signs in with a code sent to the phone
    User.objects.bulk_create(created)
    users |= dict(zip(fresh, created, strict=True))
    areas = dict(Area.objects.filter(code__in={p.area_code for p in plan.posts}).values_list("code", "pk"))
    units = dict(PartnerUnit.objects.values_list("name", "pk"))
    today = timezone.localdate()
    Post.objects.bulk_create(
        [
            Post(
                user=users[p.phone],
                title_id=p.title_id,
                area_id=areas.get(p.area_code),
                unit_id=units.get(p.unit_name),
                starts_on=today,
            )
            for p in plan.posts
        ]
    )
