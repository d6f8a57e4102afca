"""Codes on stairwell posters."""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import PLACE_CODE_ISSUED, PLACE_CODE_REVOKED
from neighborhoods.models import Area, Compound, PlaceCode
from neighborhoods.selectors.places import entrances_without_code
from neighborhoods.services.stamps import stamp_of

# Read aloud and typed by hand: nothing that looks like something else (0 O, 1 I L).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def new_code() -> str:
    """Eight characters out of thirty-one: guessing one of 10,000 live codes takes 85 million tries."""
    return "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))


@transaction.atomic
def ensure_code(*, area_id: int, entrance: int | None, actor: Actor) -> PlaceCode:
    """The live code of an entrance; made when there is none yet."""
    area = Area.objects.get(pk=area_id)
    require(policies.can_keep_place_codes(actor, stamp_of(area)))
    _check_entrance(area, entrance)
    live = PlaceCode.objects.filter(area=area, entrance=entrance, revoked_at=None)
    known = live.first()
    if known:
        return known
    try:
        with transaction.atomic():
            code = PlaceCode.objects.create(code=new_code(), area=area, entrance=entrance)
    except IntegrityError:  # somebody else made it in the same moment
        return live.get()
    events.record(PLACE_CODE_ISSUED, actor=actor, subject=code, area_id=area.pk, entrance=entrance)
    return code


def _check_entrance(area: Area, entrance: int | None) -> None:
    if area.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": area.name})
    highest = (area.entrances or 1) if area.level == Level.BUILDING else 0
    if entrance is not None and not 1 <= entrance <= highest:
        raise RuleError(_("%(area)s has no entrance %(number)d.") % {"area": area.name, "number": entrance})


@transaction.atomic
def issue_codes(*, compound_id: int, actor: Actor) -> int:
    """A code for every entrance of a compound that has none yet; tells how many were made."""
    compound = Compound.objects.select_for_update(of=("self",)).select_related("grid").get(pk=compound_id)
    require(policies.can_print_posters(actor, stamp_of(compound.grid)))
    missing = entrances_without_code(compound_id)
    codes = [PlaceCode(code=new_code(), area_id=area_id, entrance=entrance) for area_id, entrance in missing]
    PlaceCode.objects.bulk_create(codes)
    if codes:
        events.record(PLACE_CODE_ISSUED, actor=actor, subject=compound, count=len(codes))
    return len(codes)


@transaction.atomic
def revoke_code(*, code_id: int, actor: Actor) -> PlaceCode:
    """A poster was torn off or misused: its code leads nowhere from now on."""
    code = PlaceCode.objects.select_for_update(of=("self",)).select_related("area").get(pk=code_id)
    require(policies.can_keep_place_codes(actor, stamp_of(code.area)))
    if code.revoked_at:
        raise RuleError(_("This code has been revoked already."))
    code.revoked_at = timezone.now()
    code.save(update_fields=["revoked_at"])
    events.record(PLACE_CODE_REVOKED, actor=actor, subject=code, area_id=code.area_id, entrance=code.entrance)
    return code
