"""What an attacker tried and got with accounts and administrators: each stays refused."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.lifecycle import ACCOUNT_CHANGED, ACCOUNT_CONTACT_RELEASED
from accounts.models import User
from accounts.services.contacts import release_contact
from core.errors import RuleError
from core.models import Event
from neighborhoods.models import Title
from neighborhoods.services.people import find_or_invite
from tests.factories import UserFactory, make_post

pytestmark = pytest.mark.django_db


# ---- accounts ----
def test_account_opened_with_a_strangers_number_gets_no_post(people):
    taken = User.objects.create_user(name="冒", phone="19900000077", password="Abcdef-12345-x", phone_verified=False)
    user = find_or_invite(actor=people.system_admin, contact="19900000077", name="新同事")
    taken.refresh_from_db()
    assert user.pk != taken.pk
    assert (taken.phone, taken.is_active) == (None, False)
    assert not user.has_usable_password()
    assert Event.objects.filter(name=ACCOUNT_CONTACT_RELEASED).exists()


def test_proved_account_is_found(people):
    known = User.objects.create_user(name="旧", phone="19900000078", password="Abcdef-12345-x")
    assert find_or_invite(actor=people.system_admin, contact="19900000078", name="").pk == known.pk
    invited = find_or_invite(actor=people.system_admin, contact="neu@example.invalid", name="新")
    assert find_or_invite(actor=people.system_admin, contact="neu@example.invalid", name="").pk == invited.pk


def test_security_admin_does_not_move_into_another_administrators_account(client, people):
    security, auditor = make_post("security_admin").user, people.user("auditor")
    User.objects.filter(pk__in=[security.pk, auditor.pk]).update(is_staff=True)
    client.force_login(User.objects.get(pk=security.pk))
    url = reverse("admin:accounts_user_change", args=[auditor.pk])
    before = User.objects.get(pk=auditor.pk).email
    client.post(url, {"name": auditor.name, "email": "mine@example.invalid", "phone": "", "is_staff": "on"})
    assert User.objects.get(pk=auditor.pk).email == before
    plain = people.user("nobody")
    url = reverse("admin:accounts_user_change", args=[plain.pk])
    client.post(url, {"name": "改", "email": plain.email or "", "phone": str(plain.phone or "")})
    assert Event.objects.filter(name=ACCOUNT_CHANGED, subject_id=plain.pk).exists()


def test_owners_are_not_shut_out_by_an_appointment(people):
    owner = User.objects.create_superuser(name="主", email="owner@example.invalid", password="Abcdef-12345-x")
    with pytest.raises(RuleError):
        release_contact(user=owner, actor=people.system_admin)
    owner.refresh_from_db()
    assert owner.is_active
    assert owner.email == "owner@example.invalid"


def may_enter(user: User) -> User:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return user


def test_nobody_unticks_an_administrator_to_change_the_address(client, people):
    admin = may_enter(people.user("system_admin"))
    client.force_login(may_enter(make_post("security_admin").user))
    client.post(f"/admin/accounts/user/{admin.pk}/change/", {"name": admin.name, "email": "mine@example.invalid"})
    admin.refresh_from_db()
    assert admin.is_staff
    assert admin.email != "mine@example.invalid"


def test_no_title_joins_what_administrators_keep_apart(client, people):
    title = Title.objects.get(code="system_admin")
    client.force_login(may_enter(people.user("system_admin")))
    sent = {
        "name_zh": title.name_zh,
        "name_en": title.name_en,
        "place": title.place,
        "roles": ["system_admin", "auditor"],
    }
    client.post(f"/admin/neighborhoods/title/{title.pk}/change/", sent)
    title.refresh_from_db()
    assert title.roles == ["system_admin"]


def test_account_opened_with_a_strangers_address_is_lost_to_its_opener_when_the_owner_signs_in(client):
    """The opener kept password and session, and with them the post the owner was given later."""
    address, opener = "owner-to-be@example.invalid", Client()
    user = UserFactory(email=address, password="Abcdef-12345-x", proved=False)
    EmailAddress.objects.create(user=user, email=address, verified=False, primary=True)
    opener.force_login(user)
    assert opener.get("/accounts/me/").status_code == 200
    client.post(reverse("account_request_login_code"), {"contact": address})
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body).group()
    client.post(reverse("account_confirm_login_code"), {"code": code})
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/accounts/me/").status_code == 200
    assert opener.get("/accounts/me/").status_code == 302


def test_sign_up_answers_the_same_for_known_and_unknown_addresses(client):
    known = UserFactory(email="known@example.invalid")
    form = {"name": "x", "phone": "", "password1": "Abcdef-12345-x"}
    sent = [form | {"email": address} for address in (known.email, "new@example.invalid")]
    answers = [
        browser.post(reverse("account_signup"), data) for browser, data in zip((Client(), client), sent, strict=True)
    ]
    page = reverse("account_email_verification_sent")
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, page)}
    assert client.get(page).status_code == 200
    assert client.get("/accounts/me/").status_code == 302
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body).group()
    client.post(reverse("account_email_verification_sent"), {"code": code})
    assert client.get("/accounts/me/").status_code == 200


def test_sign_up_with_two_contacts_is_refused(client):
    """A code proved the one, and the other was somebody else's."""
    sent = {"name": "x", "email": "victim@example.invalid", "phone": "19900000099", "password1": "Abcdef-12345-x"}
    assert client.post(reverse("account_signup"), sent).status_code == 422
    assert not User.objects.exists()


def test_a_code_by_mail_does_not_take_the_second_step_from_an_administrator(client, people):
    """Whoever reads the mail of an administrator who never proved the address stands before the second step."""
    admin = may_enter(people.user("system_admin"))
    admin.set_password("Abcdef-12345-x")
    admin.save()
    EmailAddress.objects.filter(user=admin).update(verified=False)
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client.post(reverse("account_request_login_code"), {"contact": admin.email})
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body).group()
    client.post(reverse("account_confirm_login_code"), {"code": code})
    admin.refresh_from_db()
    assert admin.has_usable_password()
    assert Authenticator.objects.filter(user=admin).exists()
    assert client.get("/desk/").status_code == 302
