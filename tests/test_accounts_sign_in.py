"""Coming in: by phone or e-mail, with a password, a code or a second step; and being kept out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sms
from accounts.adapters import AccountAdapter
from accounts.models import User
from tests.factories import UserFactory
from tests.test_accounts_pages import PASSWORD, totp_code, with_app

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PHONE = "+8619900000002"


@pytest.fixture
def texts(monkeypatch) -> list[dict[str, str]]:
    """Text messages that were handed over."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(sms, "_senders", [lambda **message: sent.append(message)])
    return sent


@pytest.fixture
def own_counters(settings):
    """Counters that no other test run can clear, and that follow the frozen clock."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def phoned() -> User:
    return UserFactory(email=None, phone=PHONE, phone_verified=True)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def sign_in(client, login: str, password: str = PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


# ---- password ----
@pytest.mark.parametrize("typed", ["19900000002", "199 0000 0002", "199-0000-0002", "+86 199 0000 0002"])
def test_phone_is_understood_as_people_type_it(client, phoned, typed):
    sign_in(client, typed)
    assert is_signed_in(client)


def test_email_in_any_case(client):
    UserFactory(email="zhou@example.invalid")
    sign_in(client, "Zhou@Example.invalid ")
    assert is_signed_in(client)


def test_wrong_password_is_422_with_one_sentence_for_all(client, phoned):
    known, unknown = sign_in(client, "19900000002", "wrong"), sign_in(client, "19900000003", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_disabled_account_cannot_sign_in(client):
    user = UserFactory(is_active=False)
    sign_in(client, user.email)
    assert not is_signed_in(client)


def test_people_at_work_arrive_at_the_desk_and_residents_at_their_page(client, people):
    assert sign_in(client, people.user("grid_worker").email)["Location"] == "/desk/"
    client.logout()
    assert sign_in(client, people.user("nobody").email)["Location"] == "/accounts/me/"


def test_next_is_kept_and_stays_on_this_site(client):
    user = UserFactory()
    page = client.post(
        f"{LOGIN}?next=/desk/issues/", {"login": user.email, "password": PASSWORD, "next": "/desk/issues/"}
    )
    assert page["Location"] == "/desk/issues/"
    client.logout()
    page = client.post(LOGIN, {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert page["Location"].startswith("/")


# ---- limits ----
@pytest.mark.usefixtures("own_counters")
def test_five_wrong_passwords_lock_for_fifteen_minutes(client, phoned):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        for _ in range(5):
            assert sign_in(client, "199 0000 0002", "wrong").status_code == 422
        locked = sign_in(client, "19900000002")
        assert locked.status_code == 422
        assert not is_signed_in(client)
        assert "15 分钟" in str(locked.context["form"].non_field_errors())
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        sign_in(client, "19900000002")
        assert not is_signed_in(client)
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        sign_in(client, "19900000002")
        assert is_signed_in(client)


@pytest.mark.usefixtures("own_counters")
def test_lock_holds_one_account_from_one_address(client, phoned):
    other = UserFactory(email=None, phone="+8619900000004", phone_verified=True)
    for _ in range(5):
        sign_in(client, "19900000002", "wrong")
    sign_in(client, "19900000004")
    assert client.session["_auth_user_id"] == str(other.pk)
    client.logout()
    sign_in(client, "19900000002", REMOTE_ADDR="192.0.2.9")
    assert is_signed_in(client)


@pytest.mark.usefixtures("own_counters")
def test_right_password_is_not_counted(client, phoned):
    for _ in range(6):
        sign_in(client, "19900000002")
        assert is_signed_in(client)
        client.logout()


@pytest.mark.usefixtures("own_counters")
def test_one_address_cannot_try_many_accounts(client):
    for n in range(20):
        sign_in(client, f"user{n}@nowhere.invalid", "wrong")
    user = UserFactory()
    assert sign_in(client, user.email).status_code == 422
    assert not is_signed_in(client)


def test_administration_has_no_door_of_its_own(client):
    UserFactory(email="root@example.invalid", is_staff=True, is_superuser=True)
    response = client.post("/admin/login/", {"username": "root@example.invalid", "password": PASSWORD})
    assert response.status_code in {302, 303}
    assert response["Location"].startswith(LOGIN)
    assert not is_signed_in(client)
    assert client.get("/admin/").status_code == 302


# ---- codes ----
def code_in(text: str) -> str:
    return re.search(r"\b\d{6}\b", text).group()


def test_code_by_text_message(client, phoned, texts):
    client.post(reverse("account_request_login_code"), {"contact": "199 0000 0002"})
    assert texts[0]["phone"] == PHONE
    client.post(reverse("account_confirm_login_code"), {"code": code_in(texts[0]["text"])})
    assert is_signed_in(client)


def test_code_by_email_opens_an_account_without_a_password(client):
    user = User.objects.create_user(name="新同事", email="new@example.invalid")
    client.post(reverse("account_request_login_code"), {"contact": "new@example.invalid"})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[-1].body)})
    assert is_signed_in(client)
    response = client.get(reverse("account_change_password"), follow=True)
    assert "password1" in response.context["form"].fields
    new = {"password1": "Neues-Wort-2026", "password2": "Neues-Wort-2026"}
    client.post(reverse("account_set_password"), new)
    user.refresh_from_db()
    assert user.check_password("Neues-Wort-2026")


def test_forgotten_password_is_replaced_after_a_code(client, phoned, texts):
    """Who has only a phone gets no link by mail; the old password is then not asked."""
    client.post(reverse("account_request_login_code"), {"contact": "19900000002"})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(texts[0]["text"])})
    page = client.get(reverse("account_change_password"))
    assert "oldpassword" not in page.context["form"].fields
    new = {"password1": "Neues-Wort-2026", "password2": "Neues-Wort-2026"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    phoned.refresh_from_db()
    assert phoned.check_password("Neues-Wort-2026")


def test_password_session_must_show_the_old_password(client, phoned):
    sign_in(client, "19900000002")
    assert "oldpassword" in client.get(reverse("account_change_password")).context["form"].fields


def test_unknown_number_looks_like_a_known_one(client, phoned, texts):
    known = client.post(reverse("account_request_login_code"), {"contact": "19900000002"})
    client.logout()
    unknown = client.post(reverse("account_request_login_code"), {"contact": "19900000077"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(texts) == 1


def test_stranger_is_sent_nothing(client, texts):
    client.post(reverse("account_request_login_code"), {"contact": "stranger@example.invalid"})
    client.post(reverse("account_reset_password"), {"email": "stranger@example.invalid"})
    assert not mail.outbox
    assert not texts


def test_changing_the_way_in_asks_for_the_password_again(client, phoned, texts):
    sign_in(client, "19900000002")
    response = client.post(reverse("account_change_phone"), {"phone": "19900000009"})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not texts


def test_new_number_is_checked_before_it_counts(client, phoned, texts):
    sign_in(client, "19900000002")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_change_phone"), {"phone": "19900000009"})
    phoned.refresh_from_db()
    assert phoned.phone == PHONE
    client.post(reverse("account_verify_phone"), {"code": code_in(texts[-1]["text"])})
    phoned.refresh_from_db()
    assert phoned.phone == "+8619900000009"


def test_nonsense_instead_of_a_contact(client):
    response = client.post(reverse("account_request_login_code"), {"contact": "门口的老王"})
    assert response.status_code == 422
    assert "contact" in response.context["form"].errors


@pytest.mark.usefixtures("own_counters")
def test_codes_are_limited_per_number(phoned, texts):
    answers = [
        Client().post(reverse("account_request_login_code"), {"contact": "19900000002"}).status_code for _ in range(5)
    ]
    assert answers == [302, 302, 302, 422, 422]
    assert len(texts) == 3


def test_broken_provider_is_told_and_is_no_error(client, phoned, monkeypatch):
    def broken(**_message: str) -> None:
        raise OSError("provider is away")

    monkeypatch.setattr(sms, "_senders", [broken])
    response = client.post(reverse("account_request_login_code"), {"contact": "19900000002"}, follow=True)
    assert response.status_code == 200
    assert any("短信没有发出去" in str(m) for m in response.context["messages"])


# ---- second step ----
def test_second_step_with_app(client):
    user = UserFactory()
    secret = with_app(user)
    assert sign_in(client, user.email)["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert is_signed_in(client)


def test_code_by_message_does_not_skip_the_second_step(client, phoned, texts):
    with_app(phoned)
    client.post(reverse("account_request_login_code"), {"contact": "19900000002"})
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(texts[0]["text"])})
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)


def test_recovery_code_lets_in_once(client):
    user = UserFactory()
    with_app(user)
    code = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        sign_in(client, user.email)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(client) is expected
        client.logout()


def test_secret_of_the_app_is_not_readable_in_the_database(db):
    user = UserFactory()
    secret = with_app(user)
    assert secret not in str(user.authenticator_set.get(type="totp").data)


# ---- opening an account ----
NEW = {"name": "王阿姨", "phone": "199 0000 0005", "password1": "Feng-wen-li-2026"}


def test_resident_opens_an_account(client, texts):
    client.post(reverse("account_signup"), NEW)
    user = User.objects.get(phone="+8619900000005")
    assert (user.name, user.phone_verified, user.email) == ("王阿姨", False, None)
    assert not is_signed_in(client)
    client.post(reverse("account_verify_phone"), {"code": code_in(texts[0]["text"])})
    user.refresh_from_db()
    assert user.phone_verified
    assert is_signed_in(client)


def test_nobody_without_phone_and_email(client):
    response = client.post(reverse("account_signup"), {**NEW, "phone": ""})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_number_in_use_is_told_to_its_owner_only(client, phoned, texts):
    response = client.post(reverse("account_signup"), {**NEW, "phone": "19900000002"})
    assert response["Location"].startswith(reverse("account_verify_phone"))
    assert User.objects.count() == 1
    assert not re.search(r"\b\d{6}\b", texts[0]["text"])


def test_form_sent_twice_at_the_same_moment_opens_one_account(client, phoned, texts, monkeypatch):
    """Both passed the check before either was written; the constraint decides."""
    monkeypatch.setattr(AccountAdapter, "get_user_by_phone", lambda _self, _phone: None)
    response = client.post(reverse("account_signup"), {**NEW, "phone": "19900000002"})
    assert response["Location"].startswith(reverse("account_verify_phone"))
    assert User.objects.count() == 1


def test_weak_password_is_refused(client):
    response = client.post(reverse("account_signup"), {**NEW, "password1": "aaaaaaaaaa"})
    assert response.status_code == 422
    assert not User.objects.exists()


def test_closed_sign_up_says_so(client, settings):
    settings.ALLOW_PUBLIC_SIGNUP = False
    assert client.get(reverse("account_signup")).status_code == 200
    client.post(reverse("account_signup"), NEW)
    assert not User.objects.exists()
    assert reverse("account_signup") not in client.get(LOGIN).content.decode()


@pytest.mark.usefixtures("own_counters")
def test_too_quick_is_a_page_with_a_way_on(client):
    for _ in range(21):
        response = client.post(reverse("account_signup"), {})
    assert response.status_code == 429
    assert response["Retry-After"]
    assert "稍等" in response.content.decode() or "五分钟" in response.content.decode()


@pytest.mark.parametrize("rubbish", ["\x00", "😀" * 300, "<b>13800000000</b>", "' OR 1=1 --", "x" * 100_000])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("account_login", "login"),
        ("account_login", "password"),
        ("account_request_login_code", "contact"),
        ("account_signup", "phone"),
        ("account_signup", "email"),
        ("account_reset_password", "email"),
    ],
)
def test_rubbish_is_refused_in_words(client, name, field, rubbish):
    given = {"login": "19900000002", "password": "x", "contact": "", **NEW, "email": "", field: rubbish}
    assert 400 <= client.post(reverse(name), given).status_code < 500
    assert not User.objects.exists()


def test_marks_copied_with_a_number_are_no_obstacle(client, phoned):
    """Phones put invisible direction marks around numbers that are copied from the address book."""
    sign_in(client, "\u202a199 0000 0002\u202c")
    assert is_signed_in(client)


def test_signs_that_turn_the_reading_direction_are_no_part_of_a_name(client):
    assert client.post(reverse("account_signup"), {**NEW, "name": "王\u202e阿姨"}).status_code == 422
