"""A second step where the role demands it."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory
from tests.test_accounts_pages import with_app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED_ROLES = ["system_admin", "street_dispatcher"]


def test_role_without_second_step_is_sent_to_set_it_up(client, people):
    client.force_login(people.user("street_officer"))
    for address in ("/desk/", "/desk/issues/", "/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (303, reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get("/accounts/me/").status_code == 200
    assert client.get("/help/").status_code == 200


def test_with_second_step_all_is_open(client, people):
    user = people.user("street_officer")
    with_app(user)
    client.force_login(user)
    assert client.get("/desk/").status_code == 200


def test_other_roles_are_left_alone(client, people):
    client.force_login(people.user("grid_worker"))
    assert client.get("/desk/").status_code == 200


def test_owner_of_the_portal_counts_as_system_administrator(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get("/admin/")["Location"] == reverse("mfa_index")


def test_nothing_is_asked_where_nothing_is_required(client, people, settings):
    settings.MFA_REQUIRED_ROLES = []
    client.force_login(people.user("street_officer"))
    assert client.get("/desk/").status_code == 200
