"""What a row of a hotline means: the place, the category, the moment; and which numbers are here already."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace
from django.utils import timezone

from core.calendar import CHINA
from governance.lifecycle.hotline import ExternalChannel
from governance.models import Category, HotlineToken, Issue
from governance.selectors.recording import record_areas
from governance.selectors.reference import categories
from neighborhoods.actors import Actor
from neighborhoods.models import Area, Compound

OTHER = "OT99"
FIRST_YEAR = 2000  # what is older is a slip of the pen
_SUPPLEMENT = re.compile(r"（[^）]*）|\([^)]*\)")
_MOMENT = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D+(\d{1,2})[:：时](\d{1,2}))?\D*")
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
    if at.year < FIRST_YEAR:
        return None
    return at if timezone.is_aware(at) else at.replace(tzinfo=CHINA)


def places_called(actor: Actor, words: str) -> list[Area]:
    """The open areas that are called so: by code, by name after the names of what they belong to, or by compound."""
    plain = "".join(words.split())
    found = record_areas(actor).select_related("compound", "parent__parent__parent__parent")
    if plain.isascii() and plain.isdigit():
        return list(found.filter(code=plain))
    bare = found.annotate(bare=Replace("name", Value(" "), Value("")), typed=Value(plain))
    named = bare.filter(typed__endswith=F("bare")).order_by("level", "code")[:500]
    return [area for area in named if _belongs(area, plain)] or _branches_of(plain, found)


def _branches_of(plain: str, areas: QuerySet[Area]) -> list[Area]:
    """Hotlines name the compound (小区): what is about all of it lies with the branch that covers it."""
    alike = Compound.objects.filter(name__startswith=plain[:2]) if len(plain) > 1 else Compound.objects.none()
    names = {one.pk: {"".join(name.split()) for name in (one.name, _SUPPLEMENT.sub("", one.name))} for one in alike}
    called = [pk for pk, known in names.items() if plain in known]
    return list(areas.filter(coverages__compound__in=called).distinct()[:2]) if called else []


def _belongs(area: Area, plain: str) -> bool:
    """Whether what stands before the name is made of names above it."""
    rest = plain.removesuffix("".join(area.name.split()))
    above, node = [], area.parent
    while node is not None:
        above.append(node.name)
        node = node.parent
    if area.compound:
        above += [area.compound.name, _SUPPLEMENT.sub("", area.compound.name)]
    for name in sorted({"".join(one.split()) for one in above}, key=len, reverse=True):
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
