"""Sessions end when people walk away; the way back is kept; all other devices can be signed out."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.templatetags.sign_in import device
from tests.factories import UserFactory
from tests.test_accounts_pages import PASSWORD

pytestmark = pytest.mark.django_db
START = timezone.now().replace(microsecond=0)


def after(minutes: float):
    return time_machine.travel(START + timedelta(minutes=minutes), tick=False)


@pytest.fixture
def worker(client, people):
    """A grid worker who signed in at START."""
    with after(0):
        client.force_login(people.user("grid_worker"))
    return client


def test_staff_are_signed_out_after_thirty_idle_minutes(worker):
    with after(29):
        assert worker.get("/desk/").status_code == 200
    with after(58):
        assert worker.get("/desk/").status_code == 200
    with after(89):
        response = worker.get("/desk/issues/?state=open", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=/desk/issues/")
    assert any("30 分钟" in str(message) for message in response.context["messages"])


def test_residents_have_longer(client):
    with after(0):
        client.force_login(UserFactory())
    with after(110):
        assert client.get("/accounts/me/").status_code == 200
    with after(231):
        assert client.get("/accounts/me/").status_code == 302


def test_sign_in_that_was_never_used_ends_too(worker):
    with after(300):
        assert worker.get("/desk/").status_code == 302


def test_public_page_is_shown_after_the_time_out(worker):
    with after(60):
        response = worker.get("/accessibility/")
    assert response.status_code == 200
    assert "_auth_user_id" not in worker.session


def test_something_sent_too_late_leads_back_to_the_page_it_came_from(worker):
    with after(60):
        response = worker.post("/desk/notices/read/", HTTP_REFERER="http://testserver/desk/notices/?only=unread")
    assert response.status_code == 303
    assert response["Location"] == "/accounts/login/?next=/desk/notices/%3Fonly%3Dunread"


def test_referer_of_another_site_is_not_followed(worker):
    with after(60):
        response = worker.post("/desk/notices/read/", HTTP_REFERER="https://evil.example/desk/")
    assert response["Location"] == "/accounts/login/?next=/desk/"


def test_part_of_a_page_moves_the_whole_page(worker):
    with after(60):
        response = worker.get(
            "/desk/issues/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/desk/issues/?q=路灯"
        )
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/accounts/login/?next=/desk/issues/")


def test_session_row_is_not_written_at_every_request(worker, django_assert_num_queries):
    def written() -> int:
        return Session.objects.get(session_key=worker.session.session_key).get_decoded()["seen"]

    first = written()
    with after(0.5):
        worker.get("/accounts/me/")
    assert written() == first
    with after(1.5):
        worker.get("/accounts/me/")
    assert written() == first + 90


def test_post_given_during_the_session_counts(client, people):
    """Somebody who becomes staff gets the shorter limit without signing in anew."""
    from tests.factories import make_post

    resident = people.user("nobody")
    with after(0):
        client.force_login(resident)
    make_post("grid_worker", user=resident, area=people.user("grid_worker").posts.get().area)
    with after(2):
        client.get("/accounts/me/")
    with after(40):
        assert client.get("/accounts/me/").status_code == 302


def test_disabled_account_is_out_at_once(worker, people):
    user = people.user("grid_worker")
    user.is_active = False
    user.save(update_fields=["is_active"])
    with after(1):
        assert worker.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0 Safari/604.1", "微信 · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("", "未知设备"),
    ],
)
def test_devices_are_named_as_people_do(user_agent, said):
    assert device(user_agent) == said


def test_all_other_devices_are_signed_out(client):
    user = UserFactory()
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.get(reverse("usersessions_list")).context["session_count"] == 2
    client.post(reverse("usersessions_list"))
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert client.get("/accounts/me/").status_code == 200
