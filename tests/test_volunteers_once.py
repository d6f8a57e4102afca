"""Two presses of one form write once, where neither a state nor a constraint holds the second one back."""

import re

import pytest
from django.urls import reverse

from tests import volunteer_stage as stage
from tests.representative_steps import doors, neighbour, nominated, put, serving
from volunteers.models import (
    Activity,
    CheckIn,
    DutyPost,
    Incentive,
    Merit,
    Objection,
    Representative,
    Training,
    Volunteer,
)
from volunteers.models import Reward as Shelf

FORM = {"employer": "市第三中学", "skills": ["teaching"], "free_times": ["evening"], "agrees": "on"}
pytestmark = pytest.mark.django_db


def test_two_presses_write_once(client, district, people):
    place, home = str(district.building.pk), doors(district, people, 1)[0]
    term, entry = serving(district, people), stage.volunteer(district, people, name="李四")
    noticed = put(nominated(district, people, resident=neighbour(district, people, "王小红")), "noticed", people)
    said = {"words": "没见过他"}
    what = {"kind": "honour", "what": "表彰", "evidence": "热心"}
    put_forward = {"name": "周某", "household": home.pk, "source": "branch", "capacity": "linking", "qualities": "热心"}
    merit = {"kind": "training", "title": "急救", "on": "2026-01-05"}
    post = {"place": place, "kind": "care", "title": "陪老人看病", "places": "2", "skills": ["teaching"]}
    reward = {"name": "抽纸", "price": "3", "stock": "9", "is_offered": "on"}
    table = (
        ("community_staff", "representative-train", [term.number], {"on_day": "2026-07-01", "title": "业务"}, Training),
        ("community_staff", "representative-reward", [term.number], what, Incentive),
        ("community_staff", "representative-new", [district.building.pk], put_forward, Representative),
        ("community_staff", "volunteer-merit", [entry.number], merit, Merit),
        ("community_staff", "volunteer-new", [], {"place": place, "name": "没电话某", "asked_by": "女儿"}, Volunteer),
        ("community_staff", "checkin-new", [], {"name": "李小红", "place": place, **FORM}, CheckIn),
        (
            "community_staff",
            "activity-new",
            [],
            {"place": district.branch.pk, "title": "巡逻", "min_age": 16},
            Activity,
        ),
        ("community_staff", "reward-new", [], reward, Shelf),
        ("branch_secretary", "post-new", [], post, DutyPost),
        ("", "notice-detail", [noticed.number], said, Objection),
    )
    for who, name, args, data, model in table:
        client.logout()
        if who:
            client.force_login(people.user(who))
        address, before = reverse(f"volunteers:{name}", args=args), model.objects.count()
        form = client.get(address).content.decode()
        once = re.search(r'name="once" value="([0-9a-f]+)"', form).group(1)
        answers = [client.post(address, {**data, "once": once}) for _press in range(2)]
        assert [answer.status_code for answer in answers] == ([302] * 2 if who else [200] * 2), name
        assert model.objects.count() == before + 1, name
