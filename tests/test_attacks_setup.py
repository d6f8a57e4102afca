"""What an attacker tried and got with the first tables, accounts and limits of a district: each stays refused."""

import io
import time
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import User
from core.errors import RuleError
from core.models import Event
from governance.models import LimitVersion
from neighborhoods.actors import Actor, Grant, Level, Role
from neighborhoods.forms.setup import SetupForm
from neighborhoods.lifecycle import TITLE_CHANGED
from neighborhoods.models import Post, Title
from neighborhoods.services.district_file.loading import keep_upload, load_district
from neighborhoods.services.district_file.reading import read_rows
from neighborhoods.services.setup import set_up_code
from tests.factories import UserFactory, make_post
from tests.test_governance_desk_admin import version_form
from tests.test_neighborhoods_district_file import STREET, TREE, table

pytestmark = pytest.mark.django_db
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PHONE, LEAD = "13900000071", "李某"


@pytest.fixture
def owner(client):
    user = UserFactory(name="管某", is_superuser=True, is_staff=True)
    client.force_login(user)
    return Actor(user.pk, "管某", frozenset({Grant(Role.SYSTEM_ADMIN, Level.DISTRICT, 0)}))


# ---- the district's table ----
def test_account_opened_with_a_strangers_number_gets_no_post_from_a_table(owner):
    """Its opener knows the password, and would be in as soon as the owner of the number had proved it."""
    taken = User.objects.create_user(name=LEAD, phone=PHONE, password="Abcdef-12345-x", phone_verified=False)
    lead = ["岗位", "", LEAD, STREET, "", "", "", "", "", "街道（园区）负责人", PHONE]
    upload = keep_upload(actor=owner, filename="区.csv", content=table(*TREE, lead))
    load_district(import_id=upload.pk, actor=owner)
    holder = Post.objects.get(title__code="street_lead").user
    assert holder.pk != taken.pk
    assert not holder.has_usable_password()
    taken.refresh_from_db()
    assert (taken.phone, taken.is_active) == (None, False)


def test_the_set_up_tells_nobody_without_the_code_who_has_an_account(client):
    User.objects.create_user(name="民", email="known@example.invalid", phone=PHONE)
    sent = {"name": "x", "email": "known@example.invalid", "phone": PHONE, "password": "x", "again": "x"}
    for code, told in (("AAAA", set()), (set_up_code(), {"email", "phone"})):
        form = SetupForm(sent | {"code": code})
        assert set(form.errors) & {"email", "phone"} == told


# ---- bombs ----
def workbook(rows: str, *, sheets: int = 1, shared: str = "", styles: str = "") -> bytes:
    """A workbook with `rows` in every sheet."""
    book, file, bomb = Workbook(), io.BytesIO(), io.BytesIO()
    for number in range(1, sheets):
        book.create_sheet(f"s{number}")
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(file) as honest, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in honest.namelist():
            text = honest.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                text = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            text = text.replace("</cellXfs>", f"{styles}</cellXfs>").replace("</Types>", part)
            made.writestr(name, text)
        made.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>{shared}</t></si></sst>')
    return bomb.getvalue()


def test_sheets_of_missing_rows_do_not_fill_the_memory():
    """Rows that were left out are filled in by the reader: a few bytes a sheet, a hundred thousand lines each."""
    content = workbook('<row r="60000"/>', sheets=3)
    with pytest.raises(RuleError, match="20000"):
        read_rows(content)


def test_one_long_text_many_times_costs_no_time():
    words = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in ("类型", "代码"))
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 100
    content = workbook(f"<row>{words}</row>{rows}", shared="长" * 300_000)
    began = time.perf_counter()
    with pytest.raises(RuleError, match="名称"):
        read_rows(content)
    assert time.perf_counter() - began < 5  # it was three seconds for each megabyte of letters


def test_a_million_looks_of_cells_are_not_unpacked():
    """Two megabytes of them take two hundred in memory."""
    with pytest.raises(RuleError, match="大得不正常"):
        read_rows(workbook("", styles="<xf/>" * 500_000))


# ---- accounts ----
def test_an_address_that_was_changed_opens_the_account_no_more(client, people):
    """The mailbox of a typing mistake is a stranger's."""
    keeper = make_post("security_admin").user
    User.objects.filter(pk=keeper.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=keeper.pk))
    user = User.objects.create_user(name="新", email="wrong@example.invalid")
    where = reverse("admin:accounts_user_change", args=[user.pk])
    assert client.post(where, {"name": "新", "email": "right@example.invalid", "phone": ""}).status_code == 302
    found = EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")
    assert [*found] == [("right@example.invalid", True, True)]
    other = User.objects.create_user(name="旧", phone="13900000072")
    EmailAddress.objects.create(user=other, email="theirs@example.invalid", verified=True)
    sent = {"name": "新", "email": "theirs@example.invalid", "phone": ""}
    assert client.post(where, sent).status_code == 200


def test_what_a_title_allows_is_not_changed_unseen(client, people):
    """Administrators hold titles themselves: one more role for theirs is one more for them."""
    title, keeper = Title.objects.get(code="system_admin"), people.user("system_admin")
    User.objects.filter(pk=keeper.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=keeper.pk))
    sent = {"name_zh": title.name_zh, "name_en": title.name_en, "place": title.place}
    where = reverse("admin:neighborhoods_title_change", args=[title.pk])
    assert client.post(where, sent | {"roles": ["system_admin", "street_lead"]}).status_code == 302
    event = Event.objects.get(name=TITLE_CHANGED)
    assert (event.actor_id, event.payload["changed"]) == (keeper.pk, ["roles"])
    assert set(event.payload["roles"]) == {"system_admin", "street_lead"}


# ---- limits ----
def test_a_version_leaves_no_step_without_a_limit(client, owner):
    where, sent = reverse("admin:governance_limitversion_add"), version_form(client)
    prefix = next(key for key in sent if key.endswith("-TOTAL_FORMS")).removesuffix("-TOTAL_FORMS")
    fewer = str(int(sent[f"{prefix}-TOTAL_FORMS"]) - 1)
    assert client.post(where, sent | {f"{prefix}-TOTAL_FORMS": fewer}).status_code == 200
    assert client.post(where, sent | {f"{prefix}-TOTAL_FORMS": "0"}).status_code == 200
    assert client.post(where, sent | {"valid_from_0": "9999-12-31", "valid_from_1": "23:59"}).status_code == 200
    assert LimitVersion.objects.count() == 1


# ---- lists of the administration ----
@pytest.mark.parametrize(
    ("model", "asked", "status"),
    [
        ("core_workday", {"on__year": "9" * 20}, 302),
        ("neighborhoods_post", {"starts_on__year": "2026", "starts_on__month": "9" * 20}, 302),
        ("neighborhoods_areachange", {"at__year": "9" * 20}, 302),
        ("neighborhoods_area", {"street": "abc"}, 200),
        ("neighborhoods_area", {"street": "9" * 20}, 200),
    ],
)
def test_filters_that_are_none_are_no_fault_of_ours(client, owner, model, asked, status):
    assert client.get(reverse(f"admin:{model}_changelist"), asked).status_code == status
