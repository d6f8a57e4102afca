"""The table of demo log-ins."""

import io

import pytest
from django.core.management import call_command

from accounts.demo import DEMO_PASSWORD
from tests.factories import UserFactory, make_post

pytestmark = pytest.mark.django_db


def printed() -> str:
    out = io.StringIO()
    call_command("demo_logins", stdout=out)
    return out.getvalue()


def test_one_line_for_each_log_in(settings, district):
    settings.DEMO = True
    make_post("grid_worker", area=district.grid, user=UserFactory(email="grid@demo.invalid"))
    make_post("grid_worker", area=district.grid, user=UserFactory(email="person7@people.demo.invalid"))
    lines = printed().splitlines()
    assert len(lines) == 2
    assert {"grid@demo.invalid", DEMO_PASSWORD, "第一网格"} <= set(lines[1].split())


def test_silent_outside_the_demonstration(district):
    make_post("grid_worker", area=district.grid, user=UserFactory(email="grid@demo.invalid"))
    assert not printed()
