"""Statements that are put together once: they find what the query set finds, whatever stands in place of the marks."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import CharField, F, OuterRef, Subquery, Value

from core.statements import Records, Statement, compiled, updating
from governance.models import Category, Issue, TimelineEntry
from governance.querysets import IssueQuerySet
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
NUMBER, AT = "(number)", datetime(1, 1, 2, tzinfo=UTC)


def _issues() -> IssueQuerySet:
    last = TimelineEntry.objects.filter(issue=OuterRef("pk")).order_by("-pk").values("kind")[:1]
    joined = Issue.objects.select_related("area__compound", "contact", "holder_unit").defer("text")
    return joined.annotate(last=Subquery(last), twice=F("pk") * 2).order_by("pk")


def _whole(issue: Issue) -> dict:
    joined = {name: getattr(issue, name) for name in ("area", "contact", "holder_unit", "last", "twice")}
    return {**{key: value for key, value in vars(issue).items() if key != "_state"}, **joined}


def test_records_are_what_the_query_set_makes(district):
    first, second = (make_issue(district.building) for _n in range(2))
    kept = Records(_issues().filter(number=NUMBER))
    for issue in (first, second, first):
        plain = _issues().get(number=issue.number)
        with connection.execute_wrapper(_counting(calls := [])):
            (found,) = kept.load({NUMBER: issue.number})
            whole = _whole(found)
        assert (whole, len(calls)) == (_whole(plain), 1)
        assert found.get_deferred_fields() == {"text"} | (plain.get_deferred_fields() - {"text"})
    assert kept.load({NUMBER: "ZY-1999-0000001"}) == []


def _counting(calls: list) -> object:
    def count(execute, *args):
        calls.append(args[0])
        return execute(*args)

    return count


def test_what_stands_fast_is_written_in_as_it_is(district):
    """Signs of SQL, of placeholders and of text, beside a mark that changes."""
    strange = "50% 的 'x' \\ %s \"y\" %(z)s"
    issue = make_issue(district.building, text=strange)
    make_issue(district.building, text="灯不亮")
    asked = Issue.objects.filter(text=strange, number=NUMBER).annotate(half=Value("100%", CharField()))
    kept = compiled(asked.values_list("text", "half"))
    assert kept.rows({NUMBER: issue.number}) == [(strange, "100%")]
    assert kept.rows({NUMBER: "ZY-1999-0000001"}) == []


def test_what_finds_nothing_asks_nothing(django_assert_num_queries):
    nothing = Issue.objects.filter(pk__in=[])
    with django_assert_num_queries(0):
        assert Records(nothing).load({}) == []
        assert compiled(nothing.values_list("pk")) == updating(nothing, text="") == Statement("", ())
        updating(nothing, text="").run({})


def test_an_update_changes_the_rows_of_its_question_only(district):
    first, second = (make_issue(district.building) for _n in range(2))
    change = updating(Issue.objects.filter(timeline__issue__number=NUMBER), due_at=AT, place_note="门口")
    change.run({NUMBER: first.number, AT: first.submitted_at})
    assert list(Issue.objects.order_by("pk").values_list("due_at", "place_note")) == [
        (first.submitted_at, "门口"),
        (second.due_at, second.place_note),
    ]


def test_what_runs_often_is_kept_by_the_database(settings):
    kinds = compiled(Category.objects.filter(code=NUMBER).values_list("name_zh"))
    often = settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] + 1
    assert {tuple(kinds.rows({NUMBER: "IN03"})) for _n in range(often)} == {(("路灯照明",),)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%governance_category%%'")
        assert cursor.fetchone() == (1,)
