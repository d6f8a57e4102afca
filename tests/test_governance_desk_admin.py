"""The administration of the reference data: versions of the limits, categories, rules; cases are read only."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from governance.lifecycle import Step
from governance.models import Category, Clock, LimitVersion, RoutingRule, TimeLimit
from governance.selectors.reference import limit_for
from tests.factories import UserFactory, make_issue, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def version_form(client) -> dict[str, str]:
    """The form for a new version as the page offers it: a copy of the limits in force."""
    formset = client.get(reverse("admin:governance_limitversion_add")).context["inline_admin_formsets"][0].formset
    sent = {"name": "2026", "note": "区文件", "_save": "1"}
    sent |= {
        f"{formset.prefix}-{key}": str(formset.management_form[key].value()) for key in formset.management_form.fields
    }
    for form in formset.forms:
        sent |= {form.add_prefix(name): str(form[name].value() or "") for name in form.fields if name != "DELETE"}
    return sent


def test_a_new_version_copies_the_limits_and_is_valid_from_now(admin, district):
    before = LimitVersion.objects.get()
    old_clock = Clock.objects.get(issue=make_issue(district.building))
    sent = version_form(admin)
    urgency, step = "O", Step.ACCEPT
    row = next(k for k, v in sent.items() if k.endswith("-step") and v == step and sent[k[:-4] + "track"] == urgency)
    sent[row[:-4] + "amount"] = "7"
    assert admin.post(reverse("admin:governance_limitversion_add"), sent).status_code == 302
    new = LimitVersion.objects.get(name="2026")
    assert abs(timezone.now() - new.valid_from) < timedelta(minutes=5)
    assert new.limits.count() == before.limits.count()
    assert before.limits.get(track=urgency, step=step).amount != 7
    assert limit_for(urgency, step, timezone.now()).amount == 7  # this process has forgotten the old ones
    old_clock.refresh_from_db()
    assert old_clock.version == before
    assert Clock.objects.get(issue=make_issue(district.building)).version == new


def test_a_version_in_force_is_never_edited_or_deleted(admin):
    version = LimitVersion.objects.get()
    limits = set(version.limits.values_list("track", "step", "amount"))
    change = reverse("admin:governance_limitversion_change", args=[version.pk])
    page = admin.get(change)
    assert page.status_code == 200
    assert "危急 受理：15 分钟" in page.content.decode()
    assert admin.post(change, {"name": "anders"}).status_code == 403
    assert admin.post(reverse("admin:governance_limitversion_delete", args=[version.pk])).status_code == 403
    assert set(TimeLimit.objects.filter(version=version).values_list("track", "step", "amount")) == limits


def test_a_version_is_written_down_before_it_begins_and_put_right_until_then(admin):
    add, now = reverse("admin:governance_limitversion_add"), timezone.now()
    sent = version_form(admin)
    row = next(key for key in sent if key.endswith("-amount")).removesuffix("amount")
    for day, status in (("2020-01-01", 200), ("kein Tag", 200), (f"{now.year + 1}-07-01", 302)):
        assert admin.post(add, sent | {"valid_from_0": day, "valid_from_1": "00:00"}).status_code == status
    new = LimitVersion.objects.get(name="2026")
    assert timezone.localtime(new.valid_from).strftime("%m-%d %H:%M") == "07-01 00:00"
    limit = new.limits.get(track=sent[f"{row}track"], step=sent[f"{row}step"])
    later = new.valid_from + timedelta(seconds=1)
    # ---- until then it is changed like anything that was only planned
    change = reverse("admin:governance_limitversion_change", args=[new.pk])
    formset = admin.get(change).context["inline_admin_formsets"][0].formset
    put_right = sent | {f"{formset.prefix}-INITIAL_FORMS": str(formset.initial_form_count()), "valid_from_0": "x"}
    for form in formset.forms:
        put_right |= {form.add_prefix(name): str(form[name].value() or "") for name in form.fields if name != "DELETE"}
    place = next(form.prefix for form in formset.forms if form.instance.pk == limit.pk)
    put_right |= {f"{place}-amount": "9", "valid_from_0": f"{now.year + 1}-07-01", "valid_from_1": "00:00"}
    assert admin.post(change, put_right).status_code == 302
    assert limit_for(limit.track, limit.step, later).amount == 9
    assert limit_for(limit.track, limit.step, now).amount != 9
    with time_machine.travel(later):
        admin.force_login(User.objects.get())
        assert admin.post(change, put_right).status_code == 403


def test_a_limit_of_nothing_is_refused(admin):
    sent = version_form(admin)
    sent[next(key for key in sent if key.endswith("-amount"))] = "0"
    assert admin.post(reverse("admin:governance_limitversion_add"), sent).status_code == 200
    assert LimitVersion.objects.count() == 1


def test_categories_are_edited_and_never_deleted(admin):
    category = Category.objects.get(code="IN03")
    change = reverse("admin:governance_category_change", args=[category.pk])
    fields = ("name_zh", "name_en", "icon", "group", "order", "urgency", "danger_question_zh", "danger_question_en")
    sent = {name: getattr(category, name) for name in (*fields, "similar_scope", "similar_days", "callback_every")}
    sent |= {"danger_urgency": "", "danger_numbers": "", "usual_lead_zh": "照明所", "usual_lead_en": "lighting"}
    assert admin.post(change, {**sent, "name_zh": "路灯", "is_active": "on"}).status_code == 302
    category.refresh_from_db()
    assert (category.code, category.name_zh) == ("IN03", "路灯")
    assert admin.post(reverse("admin:governance_category_delete", args=[category.pk])).status_code == 403


def test_categories_are_chosen_by_the_name_of_their_group(admin):
    page = admin.get(reverse("admin:governance_category_changelist"), {"group": "EL"})
    assert "老人" in page.text
    assert {category.group for category in page.context["cl"].queryset} == {"EL"}


def test_a_rule_has_exactly_one_goal(admin, district, people):
    add = reverse("admin:governance_routingrule_add")
    both = {"order": "1", "category": "", "within": "", "to_unit": str(district.lighting.pk), "to_level": "1"}
    assert admin.post(add, both).status_code == 200
    assert admin.post(add, {**both, "to_unit": "", "to_level": ""}).status_code == 200
    assert not RoutingRule.objects.exists()
    assert admin.post(add, {**both, "to_level": "", "is_active": "on"}).status_code == 302
    assert make_issue(district.building).holder_unit == district.lighting


def test_cases_can_only_be_looked_up(admin, district):
    issue = make_issue(district.building, name="张小明", phone="10000000005")
    page = admin.get(reverse("admin:governance_issue_change", args=[issue.pk])).content.decode()
    assert issue.number in page
    assert "10000000005" not in page
    assert "张小明" not in page
    assert issue.number in admin.get(reverse("admin:governance_issue_changelist")).content.decode()
    assert (
        admin.post(reverse("admin:governance_issue_change", args=[issue.pk]), {"state": "working"}).status_code == 403
    )
    assert admin.get(reverse("admin:governance_issue_add")).status_code == 403


KEPT = ("category", "limitversion", "routingrule", "ladderrung", "readyanswer", "meetingrule", "decisionrule",
        "dismissalreason", "hotlinetoken")  # fmt: skip


@pytest.mark.parametrize(
    ("title", "looks", "keeps"),
    [("system_admin", 200, 200), ("security_admin", 200, 403), ("auditor", 200, 403), ("analyst", 403, 403)],
)
def test_rules_are_kept_by_system_administrators_and_looked_at_by_those_who_watch(client, db, title, looks, keeps):
    user = make_post(title).user
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(user)
    for model in KEPT:
        assert client.get(reverse(f"admin:governance_{model}_changelist")).status_code == looks, model
        assert client.get(reverse(f"admin:governance_{model}_add")).status_code == keeps, model
    change = reverse("admin:governance_limitversion_change", args=[LimitVersion.objects.get().pk])
    page = client.get(change)
    assert (page.status_code, "危急 受理：15 分钟" in page.content.decode()) == (looks, looks == 200)
    assert client.get(reverse("admin:governance_issue_changelist")).status_code == 403  # cases are not theirs to read
