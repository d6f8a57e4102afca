"""Signing in with a real browser: password, code, authenticator app, passkey; on a phone, in both languages."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import sms
from accounts.models import User
from tests.factories import UserFactory
from tests.test_accounts_pages import PASSWORD, totp_code

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+8619900000008"


@pytest.fixture
def resident(settings) -> User:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    cache.clear()
    return UserFactory(name="王阿姨", email="wang@example.invalid", phone=PHONE, phone_verified=True)


def sign_in(page, login: str = "199 0000 0008") -> None:
    page.goto(reverse("account_login"))
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


DOORS = ["account_login", "account_request_login_code", "account_signup", "account_reset_password"]


@pytest.mark.parametrize("mode", [("light", "zh-hans"), ("elder", "zh-hans"), ("light", "en"), ("elder", "en")])
@pytest.mark.parametrize("name", DOORS)
def test_doors_are_accessible(phone, set_mode, axe, shot, name, mode):
    theme, lang = mode
    set_mode(phone, theme=theme, lang=lang)
    phone.goto(reverse(name))
    axe(phone)
    shot(phone, f"{name}-{theme}-{lang}")


def test_rooms_are_accessible(phone, axe, shot, resident):
    sign_in(phone)
    assert phone.url.endswith("/accounts/me/")
    axe(phone)
    shot(phone, "me-phone")
    for name in ("mfa_index", "account_change_password", "usersessions_list"):
        phone.goto(reverse(name))
        axe(phone)
        shot(phone, f"{name}-phone")


def test_wrong_password_is_said_first(phone, axe, shot, resident):
    phone.goto(reverse("account_login"))
    phone.fill("#id_login", "19900000008")
    phone.fill("#id_password", "wrong")
    phone.get_by_role("button", name="登录", exact=True).click()
    assert phone.title().startswith("有错误")
    assert phone.locator("#errors").is_visible()
    assert phone.input_value("#id_login") == "19900000008"
    axe(phone)
    shot(phone, "sign-in-wrong")


def test_code_by_text_message(phone, axe, monkeypatch, resident):
    sent: list[str] = []
    monkeypatch.setattr(sms, "_senders", [lambda **message: sent.append(message["text"])])
    phone.goto(reverse("account_login"))
    phone.get_by_role("link", name="用验证码登录").click()
    phone.fill("#id_contact", "19900000008")
    phone.get_by_role("button", name="发送验证码").click()
    axe(phone)
    phone.fill("#id_code", re.search(r"\d{6}", sent[0]).group())
    phone.get_by_role("button", name="继续").click()
    assert phone.get_by_role("heading", name="王阿姨").is_visible()


def test_authenticator_app_is_set_up_and_used(desk, axe, shot, resident):
    sign_in(desk)
    desk.goto(reverse("mfa_index"))
    desk.get_by_role("link", name="设置验证器应用").click()
    desk.fill("#id_password", PASSWORD)
    desk.get_by_role("button", name="继续").click()
    axe(desk)
    shot(desk, "totp-desk")
    secret = desk.locator("main code").inner_text()
    desk.fill("#id_code", totp_code(secret))
    desk.get_by_role("button", name="启用").click()
    assert desk.get_by_role("heading", name="恢复码").is_visible()
    axe(desk)
    recovery = desk.locator("main li").first.inner_text()
    desk.get_by_role("link", name="我已保存好").click()
    desk.goto(reverse("account_logout"))
    desk.get_by_role("button", name="退出登录").click()
    sign_in(desk)
    axe(desk)
    desk.fill("#id_code", recovery)
    desk.get_by_role("button", name="登录", exact=True).click()
    assert desk.get_by_role("heading", name="王阿姨").is_visible()


def test_passkey_is_added_and_signs_in_alone(desk, axe, shot, resident):
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_in(desk)
    desk.goto(reverse("mfa_add_webauthn"))
    desk.fill("#id_password", PASSWORD)
    desk.get_by_role("button", name="继续").click()
    desk.fill("#id_name", "我的手机")
    desk.check("#id_passwordless")
    axe(desk)
    desk.get_by_role("button", name="添加密钥").click()
    desk.wait_for_url("**/recovery-codes/**")
    desk.goto(reverse("mfa_list_webauthn"))
    assert desk.get_by_text("我的手机").is_visible()
    axe(desk)
    shot(desk, "keys-desk")
    desk.goto(reverse("account_logout"))
    desk.get_by_role("button", name="退出登录").click()
    desk.goto(reverse("account_login"))
    desk.get_by_role("button", name="用通行密钥").click()
    desk.wait_for_url("**/accounts/me/")
    assert desk.get_by_role("heading", name="王阿姨").is_visible()
