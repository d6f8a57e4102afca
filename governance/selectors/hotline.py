"""What a row of a hotline means: the place, the category, the moment; and which numbers are here already."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from core.calendar import CHINA
from governance.lifecycle.hotline import ExternalChannel
from governance.models import Category, HotlineToken, Issue
from governance.selectors.recording import record_areas
from governance.selectors.reference import categories
from neighborhoods.actors import Actor
from neighborhoods.models import Area, Compound

OTHER = "OT99"
LONGEST_NAME = 60
FIRST_YEAR = 2000  # what is older is a slip of the pen
_ABOVE = ("compound__name", "parent__name", *(f"{'parent__' * n}name" for n in (2, 3, 4)))
_SUPPLEMENT = re.compile(r"（[^）]*）|\([^)]*\)")
_MOMENT = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D+(\d{1,2})[:：时](\d{1,2}))?\D*")
# By a name, and by the first name before it (none: ""): the areas called so, with all names above them.
_Index = dict[str, dict[str, list[tuple[int, frozenset[str]]]]]
# What a table may call them; the stored value is understood as well.
CHANNEL_WORDS = {
    ExternalChannel.HOTLINE: ("12345热线", "热线", "市民热线", "hotline", "hotline 12345"),
    ExternalChannel.CITY: ("数字城管", "数字化城管", "城管平台", "digital city management"),
    ExternalChannel.MAILBOX: ("市长信箱", "区长信箱", "领导信箱", "mailbox"),
    ExternalChannel.PEOPLE: ("领导留言板", "人民网", "网民留言", "message board"),
    ExternalChannel.PETITION: ("信访", "信访局", "petition office"),
    ExternalChannel.OTHER: ("其他", "其它", "another office"),
}


def channel_of(words: str) -> str | None:
    """The channel somebody means; the hotline when nothing is said."""
    plain = words.strip().lower()
    if not plain:
        return ExternalChannel.HOTLINE
    return next((c for c, spellings in CHANNEL_WORDS.items() if plain == c.value or plain in spellings), None)


def category_of(words: str) -> Category | None:
    """By code, or by name in either language; “something else” when nothing is said."""
    plain = words.strip().lower() or OTHER.lower()
    return next((c for c in categories() if plain in {c.code.lower(), c.name_zh, c.name_en.lower()}), None)


def moment_of(words: str) -> datetime | None:
    """A moment as spreadsheets and systems write it; without a zone it is that of the district."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        found = _MOMENT.fullmatch(words)
        if not found:
            return None
        try:
            year, month, day, hour, minute = (int(part or 0) for part in found.groups())
            at = datetime(year, month, day, hour, minute, tzinfo=CHINA)
        except ValueError:
            return None
    try:  # the database keeps no zone with seconds in it
        at = at.astimezone(CHINA) if timezone.is_aware(at) else at.replace(tzinfo=CHINA)
    except OverflowError:
        return None
    return at if at.year >= FIRST_YEAR else None


def places_called(actor: Actor, words: str) -> list[Area]:
    """The open areas that are called so: by code, by name after the names of what they belong to, or by compound."""
    return places_by_words(actor, {words})[words]


def places_by_words(actor: Actor, words: Collection[str]) -> dict[str, list[Area]]:
    """The same for all the places of a table, at most two of each: a few statements, however many rows it has."""
    typed = {one: "".join(one.split()) for one in words}
    open_areas = record_areas(actor)
    by_code = _by_code(open_areas, typed.values())
    by_name = _by_name(open_areas, {plain for plain in typed.values() if plain and not _is_code(plain)})
    left = {plain for plain, found in by_name.items() if not found}
    by_place = {
        **_by_compound(open_areas, left),
        **by_code,
        **{plain: found for plain, found in by_name.items() if found},
    }
    ids = {one: by_place.get(plain, [])[:2] for one, plain in typed.items()}
    areas = Area.objects.in_bulk({pk for found in ids.values() for pk in found})
    return {one: [areas[pk] for pk in found] for one, found in ids.items()}


def _is_code(plain: str) -> bool:
    return plain.isascii() and plain.isdigit()


def _by_code(areas: QuerySet[Area], typed: Collection[str]) -> dict[str, list[int]]:
    found = areas.filter(code__in={plain for plain in typed if _is_code(plain)})
    return {code: [pk] for code, pk in found.values_list("code", "pk")}


def _by_name(areas: QuerySet[Area], typed: Collection[str]) -> dict[str, list[int]]:
    """Found by what it ends with, a name, and by what it begins with, a name above that one."""
    ends = {plain[at:] for plain in typed for at in _starts_of_names(plain)}
    names = areas.order_by().values_list("name", flat=True).distinct() if ends else []
    wanted = [name for name in names if _bare(name) in ends]
    index: _Index = defaultdict(lambda: defaultdict(list))
    rows = areas.filter(name__in=wanted).order_by("level", "code").values_list("pk", "name", *_ABOVE)
    for pk, name, *above in rows if wanted else []:
        belongs = _names_above(above)
        for first in belongs | {""}:
            index[_bare(name)][first].append((pk, belongs))
    return {plain: _two_called(plain, index) for plain in typed}


def _by_compound(areas: QuerySet[Area], typed: set[str]) -> dict[str, list[int]]:
    """Hotlines name the compound (小区): what is about all of it lies with the branch that covers it."""
    called: dict[int, set[str]] = {}
    for pk, name in Compound.objects.values_list("pk", "name") if typed else []:
        if known := typed & {_bare(name), _bare(_SUPPLEMENT.sub("", name))}:
            called[pk] = known
    found: dict[str, list[int]] = defaultdict(list)
    covering = areas.filter(coverages__compound__in=called).values_list("coverages__compound_id", "pk").distinct()
    for compound, pk in covering if called else []:
        for plain in called[compound]:
            found[plain].append(pk)
    return found


def _two_called(plain: str, index: _Index) -> list[int]:
    """Whoever knows two needs no third: several are called so."""
    found: dict[int, None] = {}
    for at in _starts_of_names(plain):
        rest, by_first = plain[:at], index.get(plain[at:], {})
        for end in range(1, min(at, LONGEST_NAME) + 1) if rest and by_first else [0]:
            for pk, above in by_first.get(rest[:end], []):
                if _belongs(rest, above):
                    found[pk] = None
                if len(found) == 2:
                    return list(found)
    return list(found)


def _starts_of_names(plain: str) -> range:
    return range(max(len(plain) - LONGEST_NAME, 0), len(plain))


def _bare(name: str) -> str:
    return "".join(name.split())


def _names_above(above: list[str | None]) -> frozenset[str]:
    """Of a compound, which comes first, also without what stands in brackets."""
    names = {*above, _SUPPLEMENT.sub("", above[0] or "")}
    return frozenset(_bare(name) for name in names if name)


def _belongs(rest: str, above: Iterable[str]) -> bool:
    """Whether what stands before the name is made of names above it."""
    for name in sorted(above, key=len, reverse=True):
        rest = rest.replace(name, "", 1)
    return not rest


def taken_in(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Issue]:
    """The cases that carry these numbers (number, channel) already."""
    wanted = set(pairs)
    found = Issue.objects.filter(external_number__in={number for number, _channel in wanted})
    keyed = {(issue.external_number, issue.external_channel): issue for issue in found}
    return {pair: issue for pair, issue in keyed.items() if pair in wanted}


def live_token(digest: str) -> HotlineToken | None:
    """The key with this digest, unless it was revoked."""
    return HotlineToken.objects.select_related("street").filter(digest=digest, revoked_at=None).first()
