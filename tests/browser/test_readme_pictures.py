"""The two pictures of the README, taken of the invented district: MULIN_SHOTS=1 keeps them in docs/screenshots/."""

from datetime import timedelta
from random import Random

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.calendar import work_calendar
from demo.district import load_district
from demo.load import play
from demo.plan import DEMO_DOMAIN, plan_district
from demo.stories import Teller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(settings):
    """The whole district, with a few of its requests."""
    settings.DEMO = True
    plan = plan_district(Random(20230610))
    cast = load_district(plan)
    teller = Teller(plan, work_calendar(), Random(4))
    teller.buildings = [b for b in teller.buildings if b.code.startswith("430902005001001")]
    now = timezone.now()
    play([*teller.recent(12, now - timedelta(hours=3)), *teller.recent(8, now), *teller.waiting(4, now)], cast)


def test_pictures_of_the_readme(phone, desk, town, live_server, shot):
    phone.goto("/")
    shot(phone, "home-phone", full=False, documented=True)
    client = Client()
    client.force_login(User.objects.get(email=f"grid@{DEMO_DOMAIN}"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    desk.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    desk.goto("/desk/")
    assert desk.locator(".mu-row").count() > 1
    shot(desk, "today-desk", full=False, documented=True)
