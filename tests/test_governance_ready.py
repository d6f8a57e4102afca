"""Ready answers: who is offered which, what fills the boxes, and what the administration refuses."""

import pytest
from django.urls import reverse

from governance.forms.ready import READY_FORMS
from governance.lifecycle.ready import ReadyStep, filled, unknown_placeholders
from governance.models import Category, ReadyAnswer
from governance.services.dispatch import take_issue
from governance.views.desk.steps import STEPS
from tests.factories import UserFactory, make_issue

pytestmark = pytest.mark.django_db


def test_only_listed_names_are_filled_and_nothing_is_followed():
    values = {"number": "ZY-1", "place": "{编号}", "holder": "所"}
    assert filled("{编号}在{地点}，{办理单位}", values) == "ZY-1在{编号}，所"
    strange = "{编号.__class__} {编号!r} {0} {number} {}"
    assert filled(strange, values) == strange
    assert unknown_placeholders("{编号}{电话}{}") == ["电话", ""]


def test_every_step_with_ready_answers_has_a_box_for_them():
    for step in ReadyStep:
        form = STEPS[step].form
        assert form is READY_FORMS[step]
        assert form.ready_boxes
        assert set(form.ready_boxes) <= set(form.base_fields)


def test_a_chosen_text_fills_the_box_where_it_fits(client, district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    lights, drains = Category.objects.get(code="IN03"), Category.objects.get(code="IN01")

    def make(title, **fields):
        return ReadyAnswer.objects.create(
            title=title, **{"step": ReadyStep.RETURN, "text": f"{title}{{编号}}", **fields}
        )

    mine = make("合适", category=lights, owner=district.street, second="清单，见{地点}")
    others = [
        make("别的类别", category=drains),
        make("别的街道", owner=district.far_street),
        make("别的步骤", step=ReadyStep.REPLY),
        make("停用", is_active=False),
    ]
    client.force_login(people.user("grid_worker"))
    address = reverse("governance:issue-return", args=[issue.number])
    page = client.get(address).content.decode()
    assert "合适" in page
    assert not [one for one in others if one.title in page]
    form = client.get(address, {"ready": mine.pk, "next": "/desk/"}).context["form"]
    assert form["reason"].value() == f"合适{issue.number}"
    assert form["basis"].value().startswith("清单，见麻石巷社区")
    for wrong in (*(one.pk for one in others), "x", "", "9" * 40):
        assert client.get(address, {"ready": wrong}).context["form"]["reason"].value() is None
    mine.is_active = False
    mine.save()
    gone = client.get(address, {"ready": mine.pk})
    assert "合适" not in gone.content.decode()
    assert 'name="ready"' not in gone.content.decode()


def test_the_administration_refuses_what_would_not_fit(client, district):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    add = reverse("admin:governance_readyanswer_add")
    good = {
        "title": "退回",
        "step": "return",
        "text": "不归我们，{编号}",
        "second": "清单",
        "order": "1",
        "is_active": "on",
    }
    wrong = (
        {"text": "{电话}"},
        {"text": "长" * 201},
        {"step": "reply"},  # has no second box
        {"owner": str(district.community.pk)},
        {"text": ""},
    )
    for fields in wrong:
        assert client.post(add, {**good, **fields}).status_code == 200
    assert not ReadyAnswer.objects.exists()
    assert client.post(add, {**good, "owner": str(district.street.pk)}).status_code == 302
    answer = ReadyAnswer.objects.get()
    assert client.post(reverse("admin:governance_readyanswer_delete", args=[answer.pk])).status_code == 403
