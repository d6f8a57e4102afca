"""Every page of allauth that the portal serves opens in both languages, in our frame, and leads somewhere."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "Linli-test-2026"
OWN = ("account_", "mfa_", "usersessions_")


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_app(user: User) -> str:
    """Gives the account an authenticator app and recovery codes; answers the secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def registered_key() -> dict[str, object]:
    """What a browser sends after making a key."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    made = AttestedCredentialData.create(b"\0" * 16, b"key-1", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    attestation = AttestationObject.create("none", AuthenticatorData.create(b"\0" * 32, flags, 1, made), {})
    client_data = CollectedClientData.create(type="webauthn.create", challenge=b"0", origin="http://testserver")
    response = {"clientDataJSON": websafe_encode(client_data), "attestationObject": websafe_encode(attestation)}
    name = websafe_encode(b"key-1")
    return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def add_key(user: User) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "我的手机", "credential": registered_key()}
    )


# ---- how a person gets to each page: sets the client up and answers the address ----
def plain(name: str) -> Callable[[Client, User], str]:
    return lambda _client, _user: reverse(name)


def signed_in(name: str, **kwargs: object) -> Callable[[Client, User], str]:
    def go(client: Client, user: User) -> str:
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        return reverse(name, kwargs=kwargs or None)

    return go


def proven(name: str) -> Callable[[Client, User], str]:
    """Signed in, and just asked again for the password."""

    def go(client: Client, user: User) -> str:
        signed_in(name)(client, user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return reverse(name)

    return go


def proven_with_app(name: str) -> Callable[[Client, User], str]:
    def go(client: Client, user: User) -> str:
        address = proven(name)(client, user)
        with_app(user)
        return address

    return go


def key_page(name: str) -> Callable[[Client, User], str]:
    def go(client: Client, user: User) -> str:
        proven(name.replace("edit", "list").replace("remove", "list"))(client, user)
        return reverse(name, kwargs={"pk": add_key(user).pk})

    return go


def asked_for_code(client: Client, user: User) -> str:
    client.post(reverse("account_request_login_code"), {"contact": user.email})
    return reverse("account_confirm_login_code")


def second_step(client: Client, user: User) -> str:
    with_app(user)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return reverse("mfa_authenticate")


def second_step_again(name: str) -> Callable[[Client, User], str]:
    def go(client: Client, user: User) -> str:
        signed_in(name)(client, user)
        with_app(user)
        add_key(user)
        return reverse(name)

    return go


def checking_phone(client: Client, _user: User) -> str:
    client.post(reverse("account_signup"), {"name": "王某", "phone": "199 0000 0001", "password1": PASSWORD})
    return reverse("account_verify_phone")


def checking_email(client: Client, _user: User) -> str:
    client.post(reverse("account_signup"), {"name": "王某", "email": "wang@example.invalid", "password1": PASSWORD})
    return reverse("account_email_verification_sent")


def without_password(client: Client, user: User) -> str:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client.force_login(user)
    return reverse("account_set_password")


def reset_link(client: Client, user: User) -> str:
    from django.core import mail

    client.post(reverse("account_reset_password"), {"email": user.email})
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)


WAYS = {
    "account_login": plain("account_login"),
    "account_logout": signed_in("account_logout"),
    "account_inactive": plain("account_inactive"),
    "account_signup": plain("account_signup"),
    "account_reauthenticate": signed_in("account_reauthenticate"),
    "account_email": proven("account_email"),
    "account_email_verification_sent": checking_email,
    "account_change_password": signed_in("account_change_password"),
    "account_set_password": without_password,
    "account_reset_password": plain("account_reset_password"),
    "account_reset_password_done": plain("account_reset_password_done"),
    "account_reset_password_from_key": reset_link,
    "account_reset_password_from_key_done": plain("account_reset_password_from_key_done"),
    "account_request_login_code": plain("account_request_login_code"),
    "account_confirm_login_code": asked_for_code,
    "account_verify_phone": checking_phone,
    "account_change_phone": proven("account_change_phone"),
    "mfa_index": signed_in("mfa_index"),
    "mfa_authenticate": second_step,
    "mfa_reauthenticate": second_step_again("mfa_reauthenticate"),
    "mfa_activate_totp": proven("mfa_activate_totp"),
    "mfa_deactivate_totp": proven_with_app("mfa_deactivate_totp"),
    "mfa_view_recovery_codes": proven_with_app("mfa_view_recovery_codes"),
    "mfa_generate_recovery_codes": proven_with_app("mfa_generate_recovery_codes"),
    "mfa_list_webauthn": proven("mfa_list_webauthn"),
    "mfa_add_webauthn": proven("mfa_add_webauthn"),
    "mfa_edit_webauthn": key_page("mfa_edit_webauthn"),
    "mfa_remove_webauthn": key_page("mfa_remove_webauthn"),
    "mfa_reauthenticate_webauthn": second_step_again("mfa_reauthenticate_webauthn"),
    "usersessions_list": signed_in("usersessions_list"),
}
# not pages: a file to keep, and data for the script
FILES = {"mfa_download_recovery_codes", "mfa_login_webauthn"}


def served_names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith(OWN)}


def test_no_page_is_forgotten():
    assert served_names() == set(WAYS) | FILES


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", sorted(WAYS))
def test_page_opens(client, settings, name, language):
    user = UserFactory()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    address = WAYS[name](client, user)
    response = client.get(address, follow=True)
    assert response.status_code == 200, response.redirect_chain
    assert response.resolver_match.url_name == name, response.redirect_chain
    page = response.content.decode()
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page
    assert page.count("<h1") == 1
    main = page[page.index("<main") : page.index("</main>")]
    assert re.search(r'<a [^>]*href="|<button', main), "a dead end"
    assert "mu-" in main


@pytest.mark.parametrize("name", sorted(WAYS))
def test_chinese_page_is_chinese(client, name):
    """Not one English sentence is left between the Chinese ones."""
    response = client.get(WAYS[name](client, UserFactory(name="周某")), follow=True)
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    words = re.sub(r"<script.*?</script>|<code>.*?</code>|<[^>]+>", " ", main, flags=re.DOTALL)
    words = re.sub(r"\S+@\S+|\+86\S*|\b[A-Z2-7]{32}\b", " ", words)
    assert not re.search(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}\s+[A-Za-z]{2,}", words), words


def test_frame_has_our_look_in_elder_mode(client):
    client.cookies[settings.THEME_COOKIE_NAME] = "elder"
    assert 'data-theme="elder"' in client.get(reverse("account_login")).content.decode()


def test_recovery_codes_can_be_kept_as_a_file(client):
    user = UserFactory()
    proven_with_app("mfa_view_recovery_codes")(client, user)
    response = client.get(reverse("mfa_download_recovery_codes"))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
