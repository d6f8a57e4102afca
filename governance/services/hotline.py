"""Requests passed on by hotlines: each number once, whoever sends it, from a table or from a system."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from core.errors import RuleError
from core.tokens import digits_of
from governance.lifecycle import Channel
from governance.lifecycle.hotline import ExternalChannel, plain_number
from governance.models import Category, Issue
from governance.selectors.hotline import category_of, channel_of, moment_of, places_by_words, taken_in
from governance.services.submit import TEXT_LIMIT, KnownNumberError, Report, passed_on_before, submit_issue
from neighborhoods.actors import Actor
from neighborhoods.models import Area

LOCK = 0x12345
PATIENCE = 3  # seconds
LIMITS = {"number": 40, "address": 120, "name": 60, "text": TEXT_LIMIT}
LOST_DIGITS = "#####"


@dataclass
class Slip:
    """What a row of a table, or a message of a system, says; and what is wrong with it, by column."""

    cells: Mapping[str, str]
    line: int = 0
    report: Report | None = None
    known: Issue | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def complain(self, column: str, sentence: str) -> None:
        """Note what is wrong."""
        self.wrong.append((column, sentence))

    def said(self, column: str) -> str:
        """What a column says."""
        words = self.cells.get(column, "").strip()
        return plain_number(words) if column == "number" else words

    @property
    def key(self) -> tuple[str, str]:
        """Number and channel, which are unique together."""
        return self.said("number"), channel_of(self.said("channel")) or ""

    @property
    def is_new(self) -> bool:
        """Whether it would become a case."""
        return self.report is not None and self.known is None


class Reader:
    """Understands slips for one person; places are looked up for all of them at once."""

    def __init__(self, actor: Actor, slips: list[Slip]) -> None:
        self._places = places_by_words(actor, {slip.said("place") for slip in slips if not slip.known})

    def read(self, slip: Slip) -> Slip:
        """Fill in the report, or say what is wrong. A number that is here already is not looked at further."""
        channel = channel_of(slip.said("channel"))
        if channel is None:
            names = "、".join(str(one.label) for one in ExternalChannel)
            slip.complain("channel", _("Write one of these: %(names)s.") % {"names": names})
        self._check_number(slip)
        if slip.known or slip.wrong:
            return slip
        for column, limit in LIMITS.items():
            if len(slip.said(column)) > limit:
                slip.complain(column, _("At most %(limit)d characters.") % {"limit": limit})
        if not slip.said("text"):
            slip.complain("text", _("Write what is wrong."))
        place, category, at = self._place(slip), self._category(slip), self._moment(slip)
        digits = digits_of(slip.said("phone"))
        if slip.said("phone") and not 7 <= len(digits) <= 15:
            slip.complain("phone", _("Check the phone number: it has too few or too many digits."))
        if place and category and not slip.wrong:
            slip.report = self._report(slip, place, category, at)
        return slip

    def _check_number(self, slip: Slip) -> None:
        number = slip.said("number")
        if not number:
            slip.complain("number", _("Write the number of the slip."))
        elif number == LOST_DIGITS or "E+" in number.upper():
            slip.complain(
                "number", _("The spreadsheet cut this number off. Set the column to “text” and type it again.")
            )
        elif len(number.split()) > 1:
            slip.complain("number", _("A number has no spaces."))

    def _place(self, slip: Slip) -> Area | None:
        words = slip.said("place")
        if not words:
            slip.complain("place", _("Write the community, the grid or the building."))
            return None
        found = self._places.get(words, [])
        if len(found) == 1:
            return found[0]
        if found:
            slip.complain("place", _("Several places are called so. Write the community before it."))
        else:
            slip.complain("place", _("No place of yours is called so. Write its code, or its name as in this portal."))
        return None

    def _category(self, slip: Slip) -> Category | None:
        category = category_of(slip.said("category"))
        if category is None:
            slip.complain("category", _("There is no such category. Write its code or name, or leave it empty."))
        return category

    def _moment(self, slip: Slip) -> datetime | None:
        at = moment_of(slip.said("received"))
        if at is None:
            slip.complain("received", _("Write when it was received, such as 2026-05-20 09:15."))
        elif at > timezone.now():
            slip.complain("received", _("This lies in the future."))
        return at

    def _report(self, slip: Slip, place: Area, category: Category, at: datetime | None) -> Report:
        number, channel = slip.key
        return Report(
            area=place,
            category=category,
            text=slip.said("text"),
            place_note=slip.said("address"),
            channel=Channel.HOTLINE,
            name=slip.said("name"),
            phone=slip.said("phone"),
            external_number=number,
            external_channel=channel,
            received_at=at,
        )


def read_slips(slips: list[Slip], actor: Actor) -> list[Slip]:
    """All of them; a number that stands twice in one table is wrong the second time."""
    known = taken_in(slip.key for slip in slips)
    for slip in slips:
        slip.known = known.get(slip.key)
    reader, first = Reader(actor, slips), dict[tuple[str, str], int]()
    for slip in slips:
        if slip.key in first and slip.said("number"):
            slip.complain("number", _("The same number stands in line %(line)d.") % {"line": first[slip.key]})
        first.setdefault(slip.key, slip.line)
        reader.read(slip)
    return slips


@transaction.atomic
def take_in(*, actor: Actor, slip: Slip) -> tuple[Issue | None, bool]:
    """One slip of a system: the case and whether it is new; no case when something is wrong (`slip.wrong`).

    It waits for nobody's table, only for the same number, which is stored once (`issue_external_once`).
    """
    wait_a_little()
    read_slips([slip], actor)
    return store(slip, actor)


def lock_numbers() -> None:
    """One table after another, until the transaction ends: who comes second finds what the first has written."""
    wait_a_little()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise RuleError(_("Too many requests. Wait a minute.")) from error


def wait_a_little() -> None:
    """A table of a thousand rows takes many seconds; whoever waits for it longer would keep connections from others."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")


def store(slip: Slip, actor: Actor) -> tuple[Issue | None, bool]:
    """The case of a slip that was read."""
    if slip.known or slip.report is None:
        return slip.known, False
    known = passed_on_before(slip.report)
    if known:
        return known, False
    try:
        return submit_issue(actor=actor, report=slip.report), True
    except KnownNumberError as typed:  # or sent in this very moment, by whoever takes no lock
        return typed.issue, False
