"""Numbers around a page: some seconds old at most, and never after a step of one's own."""

import pytest
from django.core.cache import cache

from governance.selectors.counting import Count
from governance.selectors.kept_counts import Where, kept_counts
from neighborhoods.actors import NOBODY
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def shown(client) -> str:
    return str(client.get("/desk/").context["desk_nav"]()[1].count)


def test_numbers_are_kept_for_some_seconds(client, district, people):
    client.force_login(people.user("grid_worker"))
    make_issue(district.building)
    assert shown(client) == "1"
    make_issue(district.building)
    assert shown(client) == "1"
    cache.clear()  # as after those seconds
    assert shown(client) == "2"


def test_own_steps_are_counted_at_once(client, district, people):
    client.force_login(people.user("grid_worker"))
    issue, other = make_issue(district.building), make_issue(district.building)
    before = client.get("/desk/").context["desk_nav"]()[0].count
    assert str(before) == "2"
    for one in (issue, other):
        client.post(f"/desk/issues/{one.number}/take/")
        client.post(f"/desk/issues/{one.number}/contact/", {"reached": "yes", "note": "问清了"})
    assert str(client.get("/desk/").context["desk_nav"]()[0].count or "0") == "0"


def test_numbers_of_one_person_are_nobody_elses(client, district, people):
    make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    assert shown(client) == "1"
    client.force_login(people.user("far_grid_worker"))
    assert not client.get("/desk/").context["desk_nav"]()[1].count


def test_without_an_account_nothing_is_kept(db):
    asked: list[int] = []

    def count() -> dict[str, Count]:
        asked.append(1)
        return {"today": Count(3)}

    for _time in range(2):
        assert kept_counts(NOBODY, Where.TABS, count)["today"].number == 3
    assert len(asked) == 2
