"""The administration: through services, consequences first, nothing deleted."""

from datetime import timedelta

import pytest
from django.contrib import admin as django_admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from core.models import Event
from neighborhoods.actors import Role
from neighborhoods.admin.base import admin_actor
from neighborhoods.models import Area, AreaChange, Body, Compound, Coverage, PartnerUnit, PlaceCode, Post, Title
from tests.factories import AreaFactory, UserFactory, make_issue, make_place_code

pytestmark = pytest.mark.django_db
MODELS = ["area", "areachange", "body", "compound", "coverage", "partnerunit", "placecode", "post", "title"]


def url(name, *args):
    return reverse(f"admin:neighborhoods_{name}", args=args)


@pytest.fixture
def admin(client, people):
    user = people.user("system_admin")
    user.is_staff = True
    user.save()
    client.force_login(user)
    return client


def test_a_superuser_acts_as_system_administrator(db):
    request = RequestFactory().get("/")
    request.user = UserFactory(is_superuser=True)
    assert admin_actor(request).roles == {Role.SYSTEM_ADMIN}
    request.user = UserFactory()
    assert admin_actor(request).roles == frozenset()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_form_opens_in_both_languages(admin, district, model, language):
    make_place_code(district.building)
    Body.objects.create(kind="owners_committee", name="业委会", area=district.community)
    AreaChange.objects.create(area=district.grid, kind="renamed", by_label="x")
    admin.cookies["mulin_lang"] = language
    with translation.override(language):
        assert admin.get(url(f"{model}_changelist")).status_code == 200
        add = admin.get(url(f"{model}_add"))
        assert add.status_code == (403 if model == "areachange" else 200)
        row = django_admin.site._registry
        first = next(m for m in row if m._meta.model_name == model).objects.order_by("pk").first()
        assert admin.get(url(f"{model}_change", first.pk)).status_code == 200
        assert admin.post(url(f"{model}_delete", first.pk), {"post": "yes"}).status_code == 403


def test_pages_carry_no_inline_script_or_style(admin, district):
    pages = [url("area_changelist"), url("area_add"), url("area_move", district.grid.pk), url("post_add")]
    for page in pages:
        text = admin.get(page).content.decode()
        assert "style=" not in text
        assert "<script>" not in text


def test_the_administration_is_closed_to_others(client, people):
    for name in ("street_lead", "nobody"):
        user = people.user(name)
        user.is_staff = True
        user.save()
        client.force_login(user)
        for model in MODELS:
            assert client.get(url(f"{model}_changelist")).status_code == 403
    auditor = people.user("auditor")
    auditor.is_staff = True
    auditor.save()
    client.force_login(auditor)
    assert client.get(url("area_changelist")).status_code == 200
    assert client.get(url("area_add")).status_code == 403


# ---- areas ----
def test_a_drop_moves_nothing_and_leads_to_the_preview(admin, district):
    make_issue(district.building)
    drop = {
        "cmd": "move_node",
        "position": "last-child",
        "cut_item": district.grid.pk,
        "pasted_on": district.other_community.pk,
    }
    assert admin.post(url("area_changelist"), drop).status_code == 200
    district.grid.refresh_from_db()
    assert district.grid.parent == district.community
    preview = admin.get(url("area_changelist"))
    assert preview.status_code == 302
    page = admin.get(preview["Location"])
    assert page.context["seen"].nodes == 4
    assert page.context["seen"].open_work_total == 1
    answer = admin.post(preview["Location"], {"to": district.other_community.code, "reason": "网格调整"})
    assert answer.status_code == 303
    district.grid.refresh_from_db()
    assert district.grid.parent == district.other_community
    assert AreaChange.objects.get().reason == "网格调整"
    assert admin.get(url("area_changelist")).status_code == 200  # the pending drop is spent


def test_a_drop_between_siblings_means_their_parent(admin, district):
    sibling = AreaFactory(parent=Area.objects.get(pk=district.other_community.pk))
    drop = {"cmd": "move_node", "position": "right", "cut_item": district.grid.pk, "pasted_on": sibling.pk}
    admin.post(url("area_changelist"), drop)
    assert district.other_community.code in admin.get(url("area_changelist"))["Location"]


@pytest.mark.parametrize("drop", [{}, {"cut_item": "x", "pasted_on": "y"}, {"cut_item": "0", "pasted_on": "0"}])
def test_a_wrong_drop_is_not_found(admin, drop):
    assert admin.post(url("area_changelist"), {"cmd": "move_node", **drop}).status_code == 404


def test_a_forbidden_move_says_why_before_anything_is_typed(admin, district):
    page = admin.get(url("area_move", district.grid.pk), {"to": district.street.code})
    assert page.context["refused"]
    answer = admin.post(url("area_move", district.grid.pk), {"to": district.street.code})
    assert answer.status_code == 422
    for code in ("", "abc", "999", "９９９"):
        assert admin.post(url("area_move", district.grid.pk), {"to": code}).status_code == 422
    assert not AreaChange.objects.exists()


def test_the_new_parent_is_found_by_its_name(admin, district):
    """Once its code had to be known by heart."""
    page = admin.get(url("area_move", district.grid.pk))
    words = f"文昌坊社区（大码头街道） {district.other_community.code}"
    assert words in page.context["offered"]
    assert f'<option value="{words}">' in page.content.decode()
    assert not any("第二网格" in offer for offer in page.context["offered"])  # not one level up
    assert admin.get(url("area_move", district.grid.pk), {"to": words}).context["seen"].nodes == 4
    assert admin.post(url("area_move", district.grid.pk), {"to": words, "reason": "网格调整"}).status_code == 303
    district.grid.refresh_from_db()
    assert district.grid.parent == district.other_community


def test_area_form_adds_and_revises_through_the_services(admin, district):
    fields = {"parent": district.street.pk, "name": "新社区", "code": "", "variant": ""}
    assert admin.post(url("area_add"), fields).status_code == 302
    area = Area.objects.get(name="新社区")
    assert area.code.startswith(district.street.code)
    change = {"name": "新名社区", "duty_phone": "0737-000 0055", "duty_hours": "", "reason": "更名"}
    assert admin.post(url("area_change", area.pk), change).status_code == 302
    area.refresh_from_db()
    assert (area.name, area.duty_phone) == ("新名社区", "0737-000 0055")
    assert set(Event.objects.values_list("name", flat=True)) == {"area.added", "area.renamed", "area.revised"}


def test_a_refusal_stands_beside_the_form_and_keeps_what_was_typed(admin, district):
    fields = {"parent": district.building.pk, "name": "太深", "code": "", "variant": ""}
    answer = admin.post(url("area_add"), fields)
    assert answer.status_code == 200
    assert "太深" in answer.content.decode()
    assert answer.context["adminform"].form.errors
    assert not Area.objects.filter(name="太深").exists()


def test_merge_and_close(admin, district):
    empty = AreaFactory(parent=Area.objects.get(pk=district.community.pk), name="空网格")
    merge = url("area_merge", empty.pk)
    assert admin.get(merge).status_code == 200
    assert admin.post(merge, {"target": district.community.code}).status_code == 422
    assert admin.post(merge, {"target": district.other_grid.code}).status_code == 303
    empty.refresh_from_db()
    assert empty.closed_on
    assert admin.get(url("area_close", empty.pk)).status_code == 404
    assert admin.post(url("area_close", district.community.pk)).status_code == 422
    assert admin.post(url("area_close", district.other_building.pk), {"reason": "拆除"}).status_code == 303


def test_a_large_district_shows_one_street_at_a_time(admin, district, monkeypatch):
    monkeypatch.setattr("neighborhoods.admin.areas.ALL_AT_ONCE", 3)
    shown = admin.get(url("area_changelist")).content.decode()
    assert district.grid.name not in shown
    one = admin.get(url("area_changelist"), {"street": district.street.tree_id}).content.decode()
    assert district.grid.name in one
    assert district.far_grid.name not in one


# ---- places ----
def test_compounds_and_coverage_go_through_the_services(admin, district):
    fields = {"grid": district.grid.pk, "code": "XQ-7", "name": "后台小区", "kind": "managed", "built_year": ""}
    inline = {"coverages-TOTAL_FORMS": 0, "coverages-INITIAL_FORMS": 0}
    assert admin.post(url("compound_add"), fields | inline).status_code == 302
    compound = Compound.objects.get(code="XQ-7")
    assert admin.get(url("compound_changelist"), {"gap": "yes"}).context["cl"].result_count == 1
    row = {"compound": compound.pk, "branch": district.branch.pk, "mode": "joint"}
    assert admin.post(url("coverage_add"), row).status_code == 302
    assert Coverage.objects.get(compound=compound).branch == district.branch
    again = admin.post(url("coverage_add"), row)
    assert again.status_code == 200
    assert again.context["adminform"].form.errors
    assert admin.post(url("compound_change", compound.pk), fields | inline | {"name": "改名"}).status_code == 302
    compound.refresh_from_db()
    assert compound.pinyin == "gai ming"


def test_codes_are_issued_and_revoked(admin, district):
    assert admin.post(url("placecode_add"), {"area": district.building.pk, "entrance": 2}).status_code == 302
    code = PlaceCode.objects.get()
    action = {"action": "revoke", "_selected_action": [code.pk]}
    admin.post(url("placecode_changelist"), action)
    code.refresh_from_db()
    assert code.revoked_at
    assert admin.post(url("placecode_changelist"), action).status_code == 302  # a warning, no error
    assert admin.post(url("placecode_add"), {"area": district.building.pk, "entrance": 99}).status_code == 200


def test_units_get_a_sort_key_and_titles_keep_their_code(admin):
    fields = {"name": "园林局", "short_name": "园林", "level": "district", "phone": "", "is_active": "on"}
    assert admin.post(url("partnerunit_add"), fields).status_code == 302
    assert PartnerUnit.objects.get(name="园林局").pinyin == "yuan lin ju"
    title = Title.objects.get(code="grid_worker")
    change = {"code": "x", "name_zh": "网格员", "name_en": "Grid worker", "place": "area", "level": 2}
    change["roles"] = ["grid_worker"]
    assert admin.post(url("title_change", title.pk), change).status_code == 302
    title.refresh_from_db()
    assert title.code == "grid_worker"
    assert admin.post(url("title_change", title.pk), change | {"roles": ["king"]}).status_code == 200


def test_levels_of_titles_are_words(admin):
    page = admin.get(url("title_changelist"), {"level": "2"})
    assert {title.level for title in page.context["cl"].result_list} == {2}
    assert "网格" in page.content.decode()
    assert admin.get(url("title_changelist"), {"level": "x"}).status_code == 200


# ---- posts ----
def test_appoint_hand_over_and_end(admin, district):
    title = Title.objects.get(code="grid_worker")
    fields = {
        "contact": "100 0009 9010",
        "name": "新某",
        "title": title.pk,
        "area": district.other_grid.pk,
        "unit": "",
        "body": "",
        "starts_on": timezone.localdate().isoformat(),
    }
    answer = admin.post(url("post_add"), fields, follow=True)
    assert "岗位“新某 网格员”" in str(next(iter(answer.context["messages"])))
    post = Post.objects.get(user__name="新某")
    twice = admin.post(url("post_add"), fields)
    assert twice.status_code == 200
    assert twice.context["adminform"].form.errors
    on = timezone.localdate().isoformat()
    form = admin.get(url("post_hand_over", post.pk)).content.decode()
    assert f'value="{on}"' in form  # as the browser reads a day; written otherwise the field stays empty
    answer = admin.post(url("post_hand_over", post.pk), {"contact": "next@example.invalid", "name": "", "on": on})
    assert answer.status_code == 422  # nobody has this address yet, and no name was given
    answer = admin.post(url("post_hand_over", post.pk), {"contact": "next@example.invalid", "name": "后某", "on": on})
    assert answer.status_code == 303
    successor = Post.objects.get(user__name="后某")
    assert admin.get(url("post_end", successor.pk)).status_code == 200
    later = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert admin.post(url("post_end", successor.pk), {"ends_on": later}).status_code == 303
    successor.refresh_from_db()
    assert successor.ends_on.isoformat() == later
    names = set(Event.objects.values_list("name", flat=True))
    assert {"post.appointed", "post.handed_over", "post.ended", "account.invited"} <= names


@pytest.mark.parametrize("contact", ["", "12", "nonsense"])
def test_a_person_needs_a_contact(admin, district, contact):
    title = Title.objects.get(code="grid_worker")
    fields = {"contact": contact, "name": "某", "title": title.pk, "area": district.grid.pk, "starts_on": "2026-01-01"}
    answer = admin.post(url("post_add"), fields)
    assert answer.status_code == 200
    assert "contact" in answer.context["adminform"].form.errors
