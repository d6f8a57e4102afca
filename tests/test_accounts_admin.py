"""Accounts are opened without a password, disabled instead of deleted, and kept by the right people."""

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.lifecycle import ACCOUNT_DISABLED, ACCOUNT_OPENED
from accounts.models import User
from accounts.services.administration import disable_account, enable_account, open_account, remove_second_step
from core.errors import RuleError
from core.models import Event, OutboxMessage
from neighborhoods.actors import SYSTEM
from tests.factories import UserFactory, make_post
from tests.test_accounts_pages import with_app

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def keeper(client, people):
    user = people.user("system_admin")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    client.force_login(user)
    return client


def run(client, action: str, *users: User):
    return client.post(LIST, {"action": action, "_selected_action": [u.pk for u in users]}, follow=True)


def test_open_account_has_no_password(keeper):
    response = keeper.post(f"{LIST}add/", {"name": "新同事", "phone": "199 0000 0006", "email": ""})
    assert response.status_code == 302
    user = User.objects.get(phone="+8619900000006")
    assert not user.has_usable_password()
    assert user.phone_verified
    assert user.email is None
    assert Event.objects.filter(name=ACCOUNT_OPENED, subject_id=user.pk).count() == 1
    assert OutboxMessage.objects.count() == 1


def test_account_needs_a_way_to_be_reached(keeper):
    before = User.objects.count()
    assert keeper.post(f"{LIST}add/", {"name": "无名", "phone": "", "email": ""}).status_code == 200
    assert User.objects.count() == before
    with pytest.raises(RuleError):
        open_account(actor=SYSTEM, name="无名", phone="", email="", is_staff=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        User(name="无名").save()


def test_forms_know_no_password(keeper, people):
    for address in (f"{LIST}add/", f"{LIST}{people.user('grid_worker').pk}/change/"):
        page = keeper.get(address)
        assert page.status_code == 200
        assert "password" not in page.context["adminform"].form.fields
        assert "is_superuser" not in page.context["adminform"].form.fields


def test_disable_and_enable(keeper, people):
    user = people.user("grid_worker")
    run(keeper, "disable", user)
    user.refresh_from_db()
    assert not user.is_active
    assert Event.objects.filter(name=ACCOUNT_DISABLED, subject_id=user.pk).count() == 1
    run(keeper, "disable", user)
    assert Event.objects.filter(name=ACCOUNT_DISABLED).count() == 1
    run(keeper, "enable", user)
    user.refresh_from_db()
    assert user.is_active


def test_nobody_disables_themselves(people):
    actor = people.system_admin
    with pytest.raises(RuleError):
        disable_account(actor=actor, user_id=actor.user_id)
    assert User.objects.get(pk=actor.user_id).is_active
    assert not Event.objects.exists()


def test_enable_refused_when_in_use(people):
    with pytest.raises(RuleError):
        enable_account(actor=people.system_admin, user_id=people.user("grid_worker").pk)


def test_lost_second_step_is_removed(people):
    user = people.user("grid_worker")
    with_app(user)
    remove_second_step(actor=people.system_admin, user_id=user.pk)
    assert not user.authenticator_set.exists()
    with pytest.raises(RuleError):
        remove_second_step(actor=people.system_admin, user_id=user.pk)


def test_accounts_are_never_deleted(keeper, people):
    user = people.user("grid_worker")
    assert keeper.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    run(keeper, "delete_selected", user)
    assert User.objects.filter(pk=user.pk).exists()


def test_keeper_does_not_see_the_owner(keeper):
    owner = UserFactory(is_superuser=True)
    assert keeper.get(f"{LIST}{owner.pk}/change/").status_code == 302
    run(keeper, "disable", owner)
    owner.refresh_from_db()
    assert owner.is_active


@pytest.mark.parametrize(
    ("title", "may_look", "may_edit"),
    [("security_admin", True, True), ("auditor", True, False), ("analyst", False, False)],
)
def test_who_keeps_accounts(client, people, title, may_look, may_edit):
    user = make_post(title).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    client.force_login(user)
    assert (client.get(LIST).status_code == 200) is may_look
    assert (client.get(f"{LIST}add/").status_code == 200) is may_edit
    target = people.user("grid_worker")
    run(client, "disable", target)
    target.refresh_from_db()
    assert target.is_active is not may_edit


def test_editing_keeps_the_rest(keeper, people):
    user = people.user("grid_worker")
    keeper.post(f"{LIST}{user.pk}/change/", {"name": "周某某", "phone": "", "email": user.email})
    user.refresh_from_db()
    assert (user.name, user.is_active, user.has_usable_password()) == ("周某某", True, True)


def test_my_page_names_posts_and_ways_in(client, people):
    client.force_login(people.user("grid_worker"))
    page = client.get(reverse("neighborhoods:me")).content.decode()
    assert "第一网格" in page
    assert "网格员" in page
    assert Session.objects.count() == 1


def test_sessions_are_looked_at_by_security_and_secrets_of_second_steps_by_nobody(client, db):
    url = reverse("admin:usersessions_usersession_changelist")
    for title, status in (("security_admin", 200), ("system_admin", 403)):
        user = make_post(title).user
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(user)
        assert client.get(url, {"q": user.name}).status_code == status
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(url, {"q": "abc"}).status_code == 200
    assert "authenticator" not in client.get("/admin/").content.decode()
