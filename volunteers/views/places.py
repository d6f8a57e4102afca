"""Choosing a place on a form: what was looked for, else where somebody serves; what is chosen stays."""

from django.shortcuts import get_object_or_404

from neighborhoods.actors import Grant
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.querysets import AreaQuerySet
from neighborhoods.selectors.areas import areas_within
from neighborhoods.selectors.finding import FOUND_SHOWN, areas_named, place_label


def open_areas(grants: frozenset[Grant] | None = None) -> AreaQuerySet:
    """Every open area for a resident; for the desk those of its posts."""
    if grants is None:
        areas: AreaQuerySet = Area.objects.open()
        return areas
    return areas_within(grants).open()


def place_choices(
    request: PortalRequest, areas: AreaQuerySet, own: frozenset[Grant] = frozenset(), start: str = ""
) -> list[tuple[str, str]]:
    """For the radio buttons."""
    sent = request.POST if request.method == "POST" else request.GET
    words = sent.get("place_words", "").replace("\x00", "")[:60]
    found = areas_named(areas, words) or _own(own)
    chosen = sent.get("place", "") or start
    if _is_id(chosen) and not any(str(area.pk) == chosen for area in found):
        found = [*areas.select_related("compound", "parent__parent__parent").filter(pk=chosen), *found]
    return [(str(area.pk), place_label(area)) for area in found]


def _own(grants: frozenset[Grant]) -> list[Area]:
    ids = sorted({grant.area_id for grant in grants})
    rows = Area.objects.filter(pk__in=ids).open().select_related("compound", "parent__parent__parent")
    return list(rows.order_by("level", "code")[:FOUND_SHOWN])


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 16


def chosen_area(areas: AreaQuerySet, pk: str) -> Area:
    """The area that was chosen; one outside does not exist."""
    area: Area = get_object_or_404(areas, pk=pk)
    return area
