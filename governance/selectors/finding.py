"""What somebody looks for at the desk: words of a case, and names of the places it may be at."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet, Value

from governance.querysets import IssueQuerySet, contains
from neighborhoods.actors import STAMP_COLUMN, Level

MOST_TERMS = 6
MOST_PLACES = 500  # a word that names more of them narrows nothing
MOST_IDS = 1000
# A number and its measure word belong together, however they are typed: 石桥花园1栋, 石桥花园 1 栋.
_TERM = re.compile(r"\d+\s+[栋幢号座]|\S+")
_BUILDING = re.compile(r"(?P<head>.*?)(?P<building>\d+[栋幢号座]\S*)")
# Every community is a 社区: such a word is looked for in the text alone.
_GENERAL = frozenset({"街道", "社区", "网格", "小区", "支部", "党支部", "花园"})

# Names without white space; a building stands after its compound, a branch beside the compounds it covers, because a
# case about a whole compound lies there. Some hundreds of rows, read once; the cases are then found by their indexes.
_NAMED = """
WITH named(id, level, label) AS (
    SELECT area.id, area.level, lower(regexp_replace(concat(compound.name, area.name), '\\s', '', 'g'))
    FROM neighborhoods_area area LEFT JOIN neighborhoods_compound compound ON compound.id = area.compound_id
    UNION ALL
    SELECT coverage.branch_id, 3, lower(regexp_replace(compound.name, '\\s', '', 'g'))
    FROM neighborhoods_coverage coverage JOIN neighborhoods_compound compound ON compound.id = coverage.compound_id
)
SELECT id, level, label FROM named
WHERE EXISTS (SELECT FROM unnest(%s::text[]) AS word WHERE strpos(label, word) > 0)
"""


@dataclass(frozen=True)
class _Term:
    """One thing that a case must have: in its text, or in the name of its place."""

    typed: str

    @property
    def parts(self) -> tuple[str, ...]:
        """What the name of a place must contain: 石桥花园1栋 is a building 1栋 of 石桥花园（示例）."""
        plain = "".join(self.typed.lower().split())
        match = _BUILDING.fullmatch(plain)
        parts = (match["head"], match["building"]) if match else (plain,)
        return tuple(part for part in parts if part)

    @property
    def may_name_a_place(self) -> bool:
        first = self.parts[0]
        return len(first) > 1 and first not in _GENERAL

    def names(self, label: str) -> bool:
        return self.may_name_a_place and all(_has(label, part) for part in self.parts)

    def places(self, named: list[tuple[int, int, str]]) -> Q | None:
        """Cases at the places it names; of a branch only its own, because it may cover more than the one named."""
        found = [(pk, Level(level)) for pk, level, label in named if self.names(label)]
        if not 0 < len(found) <= MOST_PLACES:
            return None
        condition = Q()
        for level in {level for _pk, level in found}:
            column = "area" if level == Level.BRANCH else STAMP_COLUMN[level]
            condition |= Q(**{f"{column}__in": sorted({pk for pk, at in found if at == level})})
        return condition


def _has(label: str, part: str) -> bool:
    """Whether the part stands in the label; 1栋 is not in 11栋."""
    return bool(re.search(rf"(?<!\d){re.escape(part)}" if part[0].isdigit() else re.escape(part), label))


def mentioning(rows: IssueQuerySet, words: str) -> IssueQuerySet:
    """Those of these cases that have every word in their text or in the name of their place."""
    terms = [_Term(typed) for typed in _TERM.findall(words)[:MOST_TERMS]]
    named = _named(terms)
    there = _there(rows, [term.places(named) for term in terms])
    return rows.filter(*(contains(term.typed) | at for term, at in zip(terms, there, strict=True)))


def _named(terms: list[_Term]) -> list[tuple[int, int, str]]:
    """Id, level and label of the areas that some term may name; one statement, none without such a term."""
    wanted = [term.parts[0] for term in terms if term.may_name_a_place]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [wanted])
        return cursor.fetchall()


def _there(rows: IssueQuerySet, places: list[Q | None]) -> list[Q]:
    """For the places of each term: the cases there by their ids, or the condition itself where there are many.

    PostgreSQL expects an average number of cases everywhere. For a new building, or one outside the scope, it would
    walk through all cases of the scope by age and find none; with ids it knows better. One statement.
    """
    parts: list[QuerySet] = [
        rows.filter(at).order_by().annotate(term=Value(n, IntegerField())).values_list("term", "pk")[: MOST_IDS + 1]
        for n, at in enumerate(places)
        if at is not None
    ]
    found: dict[int, list[int]] = {}
    for n, pk in parts[0].union(*parts[1:], all=True) if parts else []:
        found.setdefault(n, []).append(pk)
    return [
        at if at is not None and len(found.get(n, [])) > MOST_IDS else Q(pk__in=found.get(n, []))
        for n, at in enumerate(places)
    ]
