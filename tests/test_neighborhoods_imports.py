"""The bulk path, and the nightly look at the trees."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Area, AreaChange
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import AreaFacts, add_area
from neighborhoods.services.areas.imports import AreaRow, import_areas
from neighborhoods.services.trees import check_trees
from neighborhoods.tasks import check_trees as task

pytestmark = pytest.mark.django_db


def sample():
    return [
        AreaRow("100000001", "大码头街道"),
        AreaRow("100000001002", "乙社区"),
        AreaRow("100000001001", "甲社区", {"duty_phone": "0737-000 0001", "floors": 3}),
        AreaRow("100000001001001", "第一网格"),
        AreaRow("10000000100100101", "支部", {"approval_no": "资组〔2022〕1号"}),
        AreaRow("10000000100100101001", "1 栋", {"floors": 6, "entrances": 2}),
    ]


def shape():
    return sorted(Area.objects.values_list("code", "parent__code", "level", "lft", "rght"))


def test_import_areas_yields_what_the_service_yields():
    assert import_areas(sample(), actor=SYSTEM) == 6
    imported = shape()
    first = list(
        Area.objects.order_by("code").values("name", "pinyin", "variant", "duty_phone", "floors", "approval_no")
    )
    AreaChange.objects.all().delete()
    for level in (4, 3, 2, 1, 0):
        Area.objects.filter(level=level).delete()
    for row in sorted(sample(), key=lambda r: r.code):
        parent = Area.objects.filter(code=row.parent_code).first()
        add_area(actor=SYSTEM, parent_id=parent and parent.pk, facts=AreaFacts(row.name, code=row.code, **row.facts))
    assert shape() == imported
    assert list(Area.objects.order_by("code").values(*first[0])) == first


def test_import_areas_adds_to_a_tree_that_exists():
    import_areas(sample(), actor=SYSTEM)
    more = [AreaRow("100000001001002", "第二网格"), AreaRow("100000003", "新街道"), AreaRow("100000003001", "新社区")]
    import_areas(more, actor=SYSTEM)
    assert flaws_of_trees() == []
    assert Area.objects.get(code="100000001001").get_children().count() == 2
    assert Area.objects.values("tree_id").distinct().count() == 2


def test_import_areas_records_one_event_and_a_line_of_history_each():
    import_areas(sample(), actor=SYSTEM)
    assert Event.objects.get().payload == {"count": 6}
    assert OutboxMessage.objects.count() == 1
    assert AreaChange.objects.filter(kind="added").count() == 6


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [AreaRow("12", "x")],
        [AreaRow("１００００００１１", "x")],
        [AreaRow("100000001001", "没有街道")],
        [AreaRow("100000001", "x"), AreaRow("100000001", "y")],
        [AreaRow("100000001", " ")],
        [AreaRow("100000001", "长" * 61)],
    ],
)
def test_import_areas_refuses_rows_that_cannot_stand(rows):
    with pytest.raises(RuleError):
        import_areas(rows, actor=SYSTEM)
    assert not Area.objects.exists()
    assert not Event.objects.exists()


def test_import_areas_refuses_codes_in_use():
    import_areas(sample(), actor=SYSTEM)
    with pytest.raises(RuleError):
        import_areas([AreaRow("100000001001", "又一个")], actor=SYSTEM)
    assert Area.objects.count() == 6


def test_import_areas_is_for_administrators(people):
    with pytest.raises(NotAllowedError):
        import_areas(sample(), actor=people.street_lead)


def test_check_trees_reports_and_repairs_nothing():
    import_areas(sample(), actor=SYSTEM)
    assert check_trees() == []
    out = StringIO()
    call_command("check_trees", stdout=out)
    assert "sound" in out.getvalue()
    Event.objects.all()
    Area.objects.filter(code="100000001002").update(lft=3)
    assert check_trees()
    event = Event.objects.get(name="area.tree_found_broken")
    assert event.payload["count"] >= 1
    with pytest.raises(CommandError):
        call_command("check_trees", stdout=StringIO())
    task()
    assert Area.objects.get(code="100000001002").lft == 3
