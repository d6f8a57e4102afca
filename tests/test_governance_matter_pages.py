"""Matters in the browser: written down, taken, checked, linked with requests."""

import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from governance.lifecycle.matters import (
    MatterState,
)
from governance.models import Matter
from governance.services.matters import collecting
from tests.factories import make_issue
from tests.matter_steps import collect, post_of, sighting

pytestmark = pytest.mark.django_db
S = MatterState


# ---- at the desk ----
def form(district, **fields):
    values = {"submission_key": uuid.uuid4(), "text": "楼道灯坏了", "category": "IN03", "source": "patrol"}
    return {**values, "place": district.grid.pk, **fields}


def test_a_grid_worker_writes_one_down_and_it_goes_its_way(client, district, people):
    client.force_login(people.user("grid_worker"))
    page = client.get("/desk/matters/new/").content.decode()
    assert f'value="{district.grid.pk}"' in page  # where they serve is chosen already
    for wrong in ({"text": ""}, {"category": "XX99"}, {"source": ""}, {"place": district.far_grid.pk}):
        assert client.post("/desk/matters/new/", form(district, **wrong)).status_code == 422
    for wrong in ({"helper": "周某"}, {"helper_role": "volunteer"}, {"submission_key": "x"}):
        assert client.post("/desk/matters/new/", form(district, **wrong)).status_code == 422
    assert not Matter.objects.exists()
    found = client.post("/desk/matters/new/", {**form(district), "find": "1", "place_words": "3 栋"})
    assert "纺织厂老家属院" in found.content.decode()
    assert "3 栋" in client.get("/desk/matters/places/", {"place_words": "3 栋"}).content.decode()
    helper = {"helper_role": "volunteer", "helper": "平安巡逻队", "takes": "on", "place": district.building.pk}
    response = client.post("/desk/matters/new/", form(district, **helper))
    matter = Matter.objects.get()
    url = f"/desk/matters/{matter.number}/"
    assert (response.status_code, response["Location"]) == (303, url)
    assert (matter.state, matter.helpers.get().label) == (S.DISPATCHED, "平安巡逻队")
    page = client.get(url).content.decode()
    assert page.count('class="is-done"') == 3
    assert "平安巡逻队" in page
    assert client.post(f"{url}handle/", {"result": " "}).status_code == 422
    neighbour = {"result": "换了", "post": post_of(people, "representative").pk}
    assert client.post(f"{url}handle/", neighbour).status_code == 303
    assert matter.helpers.filter(role="representative").exists()
    assert client.post(f"{url}report/", {"text": "已告诉住户"}).status_code == 303
    assert client.post(f"{url}check/", {"passed": "yes"}).status_code == 403
    client.force_login(people.user("community_staff"))
    assert client.post(f"{url}check/", {"passed": "no"}).status_code == 422
    assert client.post(f"{url}check/", {"passed": "yes", "note": "亮了"}).status_code == 303
    assert client.get(f"{url}check/")["Location"] == url
    assert client.post(f"{url}check/", {"passed": "yes"}).status_code == 422
    assert client.post(f"{url}close/", {}).status_code == 303
    assert client.get(url).content.decode().count('class="is-done"') == 7
    for tab in ("todo", "file", "check", "open", "late", "over", "rubbish"):
        assert client.get("/desk/matters/", {"tab": tab, "page": "9"}).status_code == 200
    query = {"tab": "over", "category": "IN03", "source": "patrol", "words": "楼道", "helped": "1"}
    assert matter.number in client.get("/desk/matters/", query).content.decode()
    assert matter.number not in client.get("/desk/matters/", {**query, "category": "EN01"}).content.decode()


def test_a_matter_is_made_from_a_request_and_unlinked(client, district, people):
    issue = make_issue(district.building, text="三楼灯坏了，我电话 13812345678")
    other = make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    issue_url = reverse("governance:issue-detail", args=[issue.number])
    assert f"/desk/matters/new/?issue={issue.number}" in client.get(issue_url).content.decode()
    page = client.get("/desk/matters/new/", {"issue": issue.number}).content.decode()
    assert "13812345678" not in page
    assert issue.number in page
    sent = form(district, source="issue", issue=issue.number, place=district.building.pk)
    assert client.post("/desk/matters/new/", sent).status_code == 303
    matter = Matter.objects.get()
    assert matter.number in client.get(issue_url).content.decode()
    url = f"/desk/matters/{matter.number}/"
    assert client.post(f"{url}link/", {"issues": "ZY-2026-999999"}).status_code == 422
    assert client.post(f"{url}link/", {"issues": other.number}).status_code == 303
    assert client.post(f"{url}unlink/{issue.number}/").status_code == 303
    assert client.post(f"{url}unlink/{issue.number}/").status_code == 404
    assert list(matter.issues.all()) == [other]
    far = make_issue(district.far_building)
    assert client.get("/desk/matters/new/", {"issue": far.number}).status_code == 404
    client.force_login(people.user("representative"))
    assert client.get("/desk/matters/new/", {"issue": issue.number}).status_code == 404


def test_pages_ask_a_fixed_number_of_statements(client, district, people, django_assert_max_num_queries):
    issue = make_issue(district.building)
    for _n in range(4):
        matter = collect(district, people, "grid_worker", issue_ids=(issue.pk,))
    client.force_login(people.user("community_staff"))
    for url in (
        "/desk/matters/?tab=open&helped=1",
        f"/desk/matters/{matter.number}/",
        f"/desk/matters/{matter.number}/not-file/",
        "/desk/matters/new/",
        f"/desk/issues/{issue.number}/",
    ):
        client.get(url)
        with django_assert_max_num_queries(12):
            client.get(url)


def test_a_day_is_what_the_calendar_says(district, people):
    with time_machine.travel(datetime(2023, 5, 5, 2, 0, tzinfo=UTC), tick=False):  # a Friday; Saturday was worked
        matter = collecting.collect_matter(actor=people.grid_worker, sighting=sighting(district))
    assert timezone.localtime(matter.due_at).date().isoformat() == "2023-05-06"
