"""Loading a district from a table: honest ones, wrong ones, and rubbish."""

import csv
import io
import zipfile

import pytest
from django.utils import translation
from openpyxl import Workbook

from accounts.adapters import AccountAdapter
from accounts.models import User
from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.models import Area, Compound, Coverage, DistrictImport, PartnerUnit, Post
from neighborhoods.selectors.coverage import covering_branch_id
from neighborhoods.selectors.posts import users_holding
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.district_file.checking import check_rows
from neighborhoods.services.district_file.loading import keep_upload, load_district, plan_of
from neighborhoods.services.district_file.reading import MAX_BYTES, read_rows
from neighborhoods.services.district_file.template import sample_rows, template_csv, template_xlsx
from neighborhoods.services.people import find_or_invite
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HEADER = [
    *("类型", "代码", "名称", "所属代码", "小区类型", "覆盖支部代码", "覆盖方式"),
    *("所在小区代码", "单元数", "岗位", "手机号", "单位名称"),
]
STREET, COMMUNITY, GRID = "430902777", "430902777001", "430902777001001"
BRANCH, BUILDING = GRID + "01", GRID + "01001"


@pytest.fixture
def admin():
    user = UserFactory(name="管某", is_superuser=True, is_staff=True)
    return Actor(user.pk, "管某", frozenset({Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)}))


def table(*rows, header=HEADER):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


TREE = [
    ["街道", STREET, "测试街道"],
    ["社区", COMMUNITY, "测试社区", STREET],
    ["网格", GRID, "测试网格", COMMUNITY],
    ["支部", BRANCH, "测试支部", GRID],
]
COMPOUND = ["小区", "XQ-9", "测试小区", GRID, "物管", BRANCH, "就近"]
HOUSE = ["楼栋", BUILDING, "1 栋", BRANCH, "", "", "", "XQ-9", "2"]


def check(*rows, **kwargs):
    return check_rows(read_rows(table(*rows, **kwargs)))


def complaints(*rows):
    return [(c.line, c.column) for c in check(*rows).complaints]


@pytest.mark.parametrize("make", [template_csv, template_xlsx])
def test_the_template_loads_as_it_is(admin, make):
    upload = keep_upload(actor=admin, filename="模板.xlsx", content=make())
    plan = plan_of(upload)
    assert plan.complaints == []
    assert plan.total == len(sample_rows())
    load_district(import_id=upload.pk, actor=admin)
    assert flaws_of_trees() == []
    assert (Area.objects.count(), Compound.objects.count(), PartnerUnit.objects.count()) == (16, 4, 2)
    assert Post.objects.count() == 17
    compound = Compound.objects.get(code="XQ-004")
    assert Coverage.objects.get(compound=compound).mode == "nearby"
    assert set(compound.buildings.values_list("parent", flat=True)) == {covering_branch_id(compound.pk)}
    upload.refresh_from_db()
    assert bytes(upload.content) == b""  # phone numbers are not kept twice
    assert Event.objects.filter(name="area.district_loaded").count() == 1


def test_loading_twice_loads_once(admin):
    upload = keep_upload(actor=admin, filename="a.csv", content=template_csv())
    load_district(import_id=upload.pk, actor=admin)
    load_district(import_id=upload.pk, actor=admin)
    assert Area.objects.count() == 16
    again = keep_upload(actor=admin, filename="a.csv", content=template_csv())
    plan = plan_of(again)
    assert (plan.complaints, plan.total) == ([], 0)
    assert sum(plan.known.values()) == len(sample_rows())


def test_a_table_that_grew_adds_only_what_is_new(admin):
    load_district(import_id=keep_upload(actor=admin, filename="a", content=table(*TREE)).pk, actor=admin)
    grown = table(*TREE, COMPOUND, HOUSE, ["岗位", "", "钱某", GRID, *[""] * 5, "网格员", "+86 100 0009 9001", ""])
    load_district(import_id=keep_upload(actor=admin, filename="b", content=grown).pk, actor=admin)
    building = Area.objects.get(code=BUILDING)
    assert (building.entrances, building.compound.code) == (2, "XQ-9")
    worker = users_holding({Role.GRID_WORKER}, Area.objects.get(code=GRID).pk)
    assert [user.name for user in worker] == ["钱某"]
    assert not worker[0].has_usable_password()
    assert flaws_of_trees() == []


@pytest.mark.parametrize("phone", ["10000090009", "138 0000 9009"])  # a range nobody has, and a usual one
def test_people_of_a_table_are_found_when_they_sign_in(admin, phone):
    rows = [*TREE, ["岗位", "", "龚某", GRID, *[""] * 5, "网格员", phone]]
    load_district(import_id=keep_upload(actor=admin, filename="a", content=table(*rows)).pk, actor=admin)
    assert AccountAdapter().get_user_by_phone(phone).name == "龚某"
    assert find_or_invite(actor=admin, contact=phone, name="").name == "龚某"
    assert check(*rows).known["post"] == 1


def test_a_person_with_an_account_keeps_it(admin):
    known = UserFactory(name="钱某", phone="+8610000099001", phone_verified=True)
    rows = [*TREE, ["岗位", "", "钱某", GRID, *[""] * 5, "网格员", "10000099001"]]
    load_district(import_id=keep_upload(actor=admin, filename="a", content=table(*rows)).pk, actor=admin)
    assert known.posts.get().area.code == GRID
    assert User.objects.filter(name="钱某").count() == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["宫殿", "1", "x"], "类型"),
        (["社区", "123", "x", STREET], "代码"),
        (["社区", STREET + "abc", "x", STREET], "代码"),
        (["社区", STREET + "002", "", STREET], "名称"),
        (["社区", STREET + "002", "长" * 61, STREET], "名称"),
        (["社区", "999999999001", "x", "999999999"], "代码"),
        (["社区", STREET + "002", "x", STREET + "003"], "所属代码"),
        (["社区", COMMUNITY, "重复", STREET], "代码"),
        (["街道", "430902778", "x", STREET], "所属代码"),
        (["网格", COMMUNITY + "002", "x" * 300, COMMUNITY], "名称"),
        (["小区", "", "x", GRID, "物管"], "代码"),
        (["小区", "XQ-1", "x", COMMUNITY, "物管"], "所属代码"),
        (["小区", "XQ-1", "x", GRID, "城堡"], "小区类型"),
        (["小区", "XQ-1", "x", GRID, "物管", GRID, "单建"], "覆盖支部代码"),
        (["小区", "XQ-1", "x", GRID, "物管", BRANCH, "随便"], "覆盖方式"),
        (["楼栋", BUILDING, "x", BRANCH, "", "", "", "XQ-404"], "所在小区代码"),
        (["楼栋", BUILDING, "x", BRANCH, "", "", "", "", "两个"], "单元数"),
        (["楼栋", BUILDING, "x", BRANCH, "", "", "", "", "-1"], "单元数"),
        (["岗位", "", "x", GRID, *[""] * 5, "国王", "10000099001"], "岗位"),
        (["岗位", "", "x", GRID, *[""] * 5, "网格员", "12"], "手机号"),
        (["岗位", "", "x", COMMUNITY, *[""] * 5, "网格员", "10000099001"], "所属代码"),
        (["岗位", "", "", GRID, *[""] * 5, "网格员", "10000099001"], "名称"),
        (["岗位", "", "x", "", *[""] * 5, "系统管理员", "10000099001"], "岗位"),
        (["岗位", "", "x", "", *[""] * 5, "单位经办人", "10000099001", "没有的单位"], "单位名称"),
    ],
)
def test_every_mistake_names_its_line_and_column(row, column):
    assert (6, column) in complaints(*TREE, row)


@pytest.mark.parametrize(
    ("line", "column", "wrong"),
    [
        (4, "所属代码", lambda row: [*row[:3], "430902777009"]),  # the grid
        (4, "类型", lambda row: ["宫殿", *row[1:]]),
        (5, "名称", lambda row: [*row[:2], "", *row[3:]]),  # the branch
        (6, "小区类型", lambda row: [*row[:4], "城堡", *row[5:]]),  # the compound
        (8, "单位级别", lambda row: [*row[:-1], "天庭"]),  # the unit
    ],
)
def test_one_mistake_is_said_once_not_for_every_line_below_it(line, column, wrong):
    header = [*HEADER, "单位级别"]
    rows = [
        *TREE,
        COMPOUND,
        HOUSE,
        ["单位", "", "路灯所", *[""] * 9, "区直"],
        ["岗位", "", "钱某", GRID, *[""] * 5, "网格员", "10000099001"],
        ["岗位", "", "孙某", "", *[""] * 5, "单位经办人", "10000099002", "路灯所"],
    ]
    assert not check(*rows, header=header).complaints
    rows[line - 2] = wrong(rows[line - 2])
    assert [(c.line, c.column) for c in check(*rows, header=header).complaints] == [(line, column)]


def test_a_column_that_is_missing_is_said_once():
    header = ["联系电话" if word == "手机号" else word for word in HEADER]
    posts = [["岗位", "", name, GRID, *[""] * 5, "网格员", "10000099001"] for name in ("钱某", "孙某")]
    (complaint,) = check(*TREE, *posts, header=header).complaints
    assert (complaint.line, complaint.column) == (6, "手机号")
    assert "表里没有“手机号”这一列" in complaint.message


def test_columns_that_are_left_out_are_named():
    header = [*HEADER, "备注", "住户数", "空列"]
    plan = check(*TREE, [*HOUSE[:3], BRANCH, *[""] * 8, "", "36"], header=header)
    assert plan.is_sound
    assert any("住户数" in hint and "空列" not in hint and "备注" not in hint for hint in plan.hints)


def test_complaints_come_in_the_readers_language(admin):
    content = table(["社区", "123", "x", STREET])
    with translation.override("en"):
        upload = keep_upload(actor=admin, filename="a", content=content)
        complaint = plan_of(upload).complaints[0]
        assert complaint.column == "code"
        assert "12 digits" in complaint.message
    with translation.override("zh-hans"):
        assert plan_of(upload).complaints[0].column == "代码"


def test_buildings_stand_below_the_branch_that_covers_their_compound():
    other = ["支部", GRID + "02", "别的支部", GRID]
    stray = ["楼栋", GRID + "02001", "x", GRID + "02", "", "", "", "XQ-9"]
    assert complaints(*TREE, other, COMPOUND, stray) == [(8, "所在小区代码")]


def test_a_phone_is_one_person():
    first = ["岗位", "", "钱某", GRID, *[""] * 5, "网格员", "10000099001"]
    assert complaints(*TREE, first, [*first[:2], "孙某", *first[3:]]) == [(7, "手机号")]
    assert complaints(*TREE, first, first) == [(7, "岗位")]


def test_codes_that_a_spreadsheet_cut_off_are_noticed():
    book = Workbook()
    book.active.append(["类型", "代码", "名称", "所属代码"])
    book.active.append(["楼栋", 4.3090277700100101e19, "1 栋", BRANCH])
    file = io.BytesIO()
    book.save(file)
    plan = check_rows(read_rows(file.getvalue()))
    assert [(c.line, c.column) for c in plan.complaints] == [(2, "代码")]
    assert complaints(["楼栋", "4.30902E+19", "1 栋", BRANCH]) == [(2, "代码")]


def test_cycles_and_odd_parents_are_refused():
    assert complaints(["社区", COMMUNITY, "x", COMMUNITY]) == [(2, "所属代码")]
    assert complaints(["网格", GRID, "x", COMMUNITY]) == [(2, "代码")]


def test_full_width_digits_and_other_encodings_are_read():
    wide = STREET.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert check(["街道", wide, "测试街道"]).areas[0].code == STREET
    text = table(*TREE).decode().encode("gb18030")
    assert len(check_rows(read_rows(text)).areas) == 4
    semicolons = table(*TREE).decode().replace(",", ";").encode("utf-8-sig")
    assert len(check_rows(read_rows(semicolons)).areas) == 4


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 * 1024 * 1024))
    return file.getvalue()


def archive_of(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def with_entities() -> bytes:
    """A good workbook, but for a definition far behind the beginning of one part."""
    file, good = io.BytesIO(), zipfile.ZipFile(io.BytesIO(template_xlsx()))
    with good, zipfile.ZipFile(file, "w") as archive:
        for part in good.infolist():
            content = good.read(part)
            if part.filename == "xl/workbook.xml":
                hidden = b"<!--" + b"x" * 5000 + b"--><!DOCTYPE workbook [<!ENTITY a 'b'>]><workbook"
                content = content.replace(b"<workbook", hidden, 1)
            archive.writestr(part, content)
    return file.getvalue()


RUBBISH = {
    "empty": lambda: b"",
    "blank": lambda: b"\n\n\n",
    "too large": lambda: b"a" * (MAX_BYTES + 1),
    "bomb": bomb,
    "many parts": lambda: archive_of(**{f"p{n}": b"" for n in range(500)}),
    "other archive": lambda: archive_of(readme_txt=b"hello"),
    "entities": lambda: archive_of(xl__workbook_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    "hidden entities": with_entities,
    "empty workbook": lambda: archive_of(xl__workbook_xml=b"<x/>"),
    "cut off": lambda: template_xlsx()[:3000],
    "old excel": lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 600,
    "nul": lambda: table(*TREE) + b"\x00",
    "no header": lambda: b"a,b,c\n1,2,3\n",
    "missing columns": lambda: table(header=["类型", "名称"]),
    "only a header": table,
    "not text": lambda: b"\xff\xfe\xff\xff\x81",
    "too many rows": lambda: table(*[["社区", str(n), "x", STREET] for n in range(20_001)]),
    "endless field": lambda: table(["社区", "x" * 200_000]),
}


@pytest.mark.parametrize("kind", RUBBISH)
def test_rubbish_is_refused_in_plain_words_and_not_kept(admin, kind):
    with pytest.raises(RuleError) as refused:
        keep_upload(actor=admin, filename="x", content=RUBBISH[kind]())
    assert refused.value.field == "file"
    assert str(refused.value).endswith(("。", "."))
    assert not DistrictImport.objects.exists()


def test_ten_thousand_rows(admin):
    rows = [["街道", STREET, "大街道"]]
    for c in range(1, 6):
        community = f"{STREET}{c:03d}"
        rows.append(["社区", community, f"社区{c}", STREET])
        for g in range(1, 21):
            grid = f"{community}{g:03d}"
            rows.append(["网格", grid, f"网格{g}", community])
            for b in range(1, 11):
                branch = f"{grid}{b:02d}"
                rows.append(["支部", branch, f"支部{b}", grid])
                rows += [["楼栋", f"{branch}{h:03d}", f"{h} 栋", branch] for h in range(1, 10)]
    assert len(rows) > 10_000
    upload = keep_upload(actor=admin, filename="big", content=table(*rows))
    load_district(import_id=upload.pk, actor=admin)
    assert Area.objects.count() == len(rows)
    assert flaws_of_trees() == []


def test_all_or_nothing_when_the_district_changed_meanwhile(admin):
    first = keep_upload(actor=admin, filename="a", content=table(*TREE))
    second = keep_upload(actor=admin, filename="b", content=table(["街道", STREET, "别的名字"]))
    load_district(import_id=first.pk, actor=admin)
    with pytest.raises(RuleError):
        load_district(import_id=second.pk, actor=admin)
    second.refresh_from_db()
    assert second.loaded_at is None


def test_loading_is_for_administrators(people):
    with pytest.raises(NotAllowedError):
        keep_upload(actor=people.street_lead, filename="a", content=template_csv())
