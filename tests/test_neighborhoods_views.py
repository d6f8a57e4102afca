"""First run, loading, posters, as a browser sees them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from core.errors import RuleError
from core.models import Event
from neighborhoods.actors import Role
from neighborhoods.models import Area, DistrictImport, PlaceCode
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.district_file.template import template_csv
from neighborhoods.services.setup import FirstAccount, set_up_code, set_up_portal
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SETUP, IMPORT = "/setup/", "/desk/import/"
ACCOUNT = {
    "code": set_up_code().lower(),
    "name": "管某",
    "email": "admin@example.invalid",
    "password": "Linli-2026-start",
    "again": "Linli-2026-start",
}


@pytest.fixture
def admin(client, people):
    client.force_login(people.user("system_admin"))
    return client


def upload(client, content, name="district.csv"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


# ---- first run ----
def test_setup_makes_the_administrator_and_signs_them_in(client):
    assert client.get(SETUP).status_code == 200
    answer = client.post(SETUP, ACCOUNT)
    assert (answer.status_code, answer["Location"]) == (303, IMPORT)
    user = User.objects.get()
    assert (user.is_superuser, user.is_staff) == (True, True)
    assert actor_for(user).roles == {Role.SYSTEM_ADMIN}
    assert client.get(IMPORT).status_code == 200
    assert Event.objects.get().name == "portal.set_up"


def test_setup_is_gone_once_somebody_exists(client):
    client.post(SETUP, ACCOUNT)
    client.logout()
    assert client.get(SETUP).status_code == 404
    assert client.post(SETUP, ACCOUNT | {"email": "second@example.invalid"}).status_code == 404
    with pytest.raises(RuleError):
        set_up_portal(account=FirstAccount("x", "x@example.invalid", "", "Linli-2026-start"))
    assert User.objects.count() == 1


def test_a_resident_who_came_first_does_not_take_the_setup_away(client):
    UserFactory(email="first@example.invalid", phone="+8613900009001")
    assert client.get("/")["Location"] == SETUP
    assert f'<a href="{SETUP}">' in client.get("/accounts/login/").text
    for taken in ({"email": "First@example.invalid"}, {"phone": "139 0000 9001"}):
        answer = client.post(SETUP, ACCOUNT | taken)
        assert (answer.status_code, "已用于另一个账号" in answer.text) == (422, True)
    assert client.post(SETUP, ACCOUNT).status_code == 303
    assert client.get(SETUP).status_code == 404
    client.logout()
    assert SETUP not in client.get("/accounts/login/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"code": ""},
        {"code": "AAAA-AAAA-AAAA"},
        {"email": "nonsense"},
        {"password": "short", "again": "short"},
        {"again": "something else 1A"},
        {"phone": "12"},
    ],
)
def test_setup_refuses_and_keeps_what_was_typed(client, wrong):
    answer = client.post(SETUP, ACCOUNT | wrong)
    assert answer.status_code == 422
    assert not User.objects.exists()
    if "name" not in wrong:
        assert "管某" in answer.content.decode()


# ---- loading ----
def test_the_whole_way_from_template_to_posters(client):
    client.post(SETUP, ACCOUNT)
    template = client.get("/desk/import/template.csv")
    assert "attachment" in template["Content-Disposition"]
    answer = upload(client, template.content)
    assert answer.status_code == 303
    preview = answer["Location"]
    assert not Area.objects.exists()
    page = client.get(preview).content.decode()
    assert "楼栋" in page
    done = client.post(preview)
    assert done.status_code == 303
    assert "还没有接入短信服务商" in client.get(done["Location"]).text
    assert client.get(preview).status_code == 303
    assert Area.objects.count() == 16
    assert "粮食局家属院" in client.get("/desk/compounds/").content.decode()


def test_the_excel_template_comes_back_readable(admin):
    content = admin.get("/desk/import/template.xlsx").content
    assert upload(admin, content, "district.xlsx").status_code == 303


def test_errors_are_listed_line_by_line_and_nothing_is_loaded(admin):
    before = Area.objects.count()
    answer = upload(admin, "类型,代码,名称,所属代码\n社区,1,<script>x</script>,9\n".encode())
    page = admin.get(answer["Location"]).content.decode()
    assert "代码" in page
    assert "<script>x" not in page
    assert admin.post(answer["Location"]).status_code == 422
    assert Area.objects.count() == before


@pytest.mark.parametrize("content", [b"", b"\x00" * 10, b"PK\x03\x04rubbish", b"a,b\n"])
def test_rubbish_is_answered_beside_the_field(admin, content):
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert 'class="mu-err"' in answer.content.decode()
    assert not DistrictImport.objects.exists()


def test_no_file_at_all(admin):
    assert admin.post(IMPORT).status_code == 422


def test_loading_is_closed_to_everybody_else(client, people):
    client.force_login(people.user("system_admin"))
    preview = upload(client, template_csv())["Location"]
    urls = [IMPORT, preview, f"{preview}done/", "/desk/import/template.csv", "/desk/import/template.xlsx"]
    for name in ("street_lead", "grid_worker", "auditor", "nobody", "department_clerk"):
        client.force_login(people.user(name))
        assert {client.get(url).status_code for url in urls} == {403}
        assert client.post(preview).status_code == 403
    client.logout()
    assert {client.get(url).status_code for url in urls} == {302}


def test_unknown_uploads_are_not_found(admin):
    assert admin.get(f"{IMPORT}00000000-0000-0000-0000-000000000000/").status_code == 404
    assert admin.get(f"{IMPORT}00000000-0000-0000-0000-000000000000/done/").status_code == 404
    assert admin.get(f"{IMPORT}nonsense/").status_code == 404


# ---- posters ----
def sheet(code):
    return reverse("neighborhoods:poster-sheet", args=[code])


def test_posters_are_made_once_and_printed_for_each_entrance(client, people, district, settings):
    settings.PUBLIC_URL = "https://linli.example"
    client.force_login(people.user("grid_worker"))
    url = sheet(district.compound.code)
    assert client.get(url).content.decode().count("nb-poster__code") == 0
    assert not PlaceCode.objects.exists()  # looking writes nothing
    assert client.post(url).status_code == 303
    page = client.get(url).content.decode()
    assert page.count('class="nb-poster__code"') == 3
    assert "扫一扫" in page
    assert district.community.duty_phone in page
    for code in PlaceCode.objects.all():
        assert f"linli.example/q/{code.code}/" in page


def test_posters_of_others_do_not_exist_for_me(client, people, district):
    client.force_login(people.user("far_grid_worker"))
    assert client.get(sheet(district.compound.code)).status_code == 404
    assert client.post(sheet(district.compound.code)).status_code == 404
    assert client.get(sheet("nonsense")).status_code == 404
    assert not PlaceCode.objects.exists()


def test_the_list_of_compounds_shows_ones_own_and_searches(client, people, district):
    client.force_login(people.user("community_lead"))
    page = client.get("/desk/compounds/").content.decode()
    assert district.compound.name in page
    assert "柳岸新村" not in page
    assert district.compound.name not in client.get("/desk/compounds/", {"q": "没有"}).content.decode()
    assert district.compound.name in client.get("/desk/compounds/", {"q": district.compound.code}).content.decode()
    client.force_login(people.user("department_clerk"))
    assert client.get("/desk/compounds/").status_code == 403


def test_the_list_asks_the_same_number_of_questions_for_one_row_and_many(
    client, people, district, django_assert_max_num_queries
):
    from tests.factories import make_compound

    for number in range(20):
        make_compound(district.grid, name=f"多小区{number}")
    client.force_login(people.user("community_lead"))
    with django_assert_max_num_queries(12):
        client.get("/desk/compounds/")
