"""The frame of every page: choices, plain pages, errors, health, weight."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import timezone

from core import health
from core.health import Finding, State, heartbeat_finding
from core.views.errors import csrf_failure

PLAIN = ["/help/", "/privacy/", "/accessibility/", "/preferences/"]
FIRST_VISIT = 100 * 1024
HOST = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//""")
INLINE = re.compile(r"<style|<script(?![^>]*(?:\bsrc=|application/json))|\sstyle=|\son[a-z]+=|javascript:")


# ---- plain pages ----
@pytest.mark.django_db
@pytest.mark.parametrize("address", PLAIN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_plain_page_opens_without_a_session(client, address, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(address)
    assert response.status_code == 200
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in response.text
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.django_db
def test_plain_page_in_english_has_no_chinese_sentence(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for address in PLAIN:
        # the service's own name, the law's language switch and "中文" may stay
        assert not re.search(r"[\u4e00-\u9fff，。]{9,}", client.get(address).text), address


@pytest.mark.django_db
def test_plain_page_asks_the_database_nothing(client, django_assert_num_queries):
    for address in PLAIN:
        with django_assert_num_queries(0):
            client.get(address)


def test_robots_keep_out_of_private_links_and_the_desk(client):
    text = client.get("/robots.txt").text
    assert "Disallow: /f/" in text
    assert "Disallow: /desk/" in text


# ---- choices ----
def choose(client: Client, **data: str):
    return client.post("/preferences/", {"next": "/help/?a=1", **data})


@pytest.mark.parametrize("theme", ["light", "dark", "elder"])
def test_theme_is_remembered_and_written_by_the_server(client, theme):
    response = choose(client, theme=theme)
    assert (response.status_code, response["Location"]) == (303, "/help/?a=1")
    cookie = response.cookies[settings.THEME_COOKIE_NAME]
    assert cookie.value == theme
    assert cookie["samesite"] == "Lax"
    assert f'data-theme="{theme}"' in client.get("/help/").text


def test_theme_auto_leaves_it_to_the_device(client):
    choose(client, theme="elder")
    choose(client, theme="auto")
    assert "data-theme" not in client.get("/help/").text


def test_language_is_remembered(client):
    choose(client, language="en")
    assert "<h1>Help</h1>" in client.get("/help/").text


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"language": "tlh"}])
def test_unknown_choice_is_refused(client, data):
    response = choose(client, **data)
    assert response.status_code == 422
    assert not response.cookies.get(settings.THEME_COOKIE_NAME)
    assert "mu-errors" in response.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_choice_never_leads_to_another_host(client, target):
    assert choose(client, theme="dark", next=target)["Location"] == "/"


def test_rubbish_in_the_cookies_is_ignored(client):
    client.cookies[settings.THEME_COOKIE_NAME] = '"><script>'
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    page = client.get("/help/").text
    assert "data-theme" not in page
    assert 'lang="zh-Hans"' in page


def test_switch_after_a_refused_form_leads_back_to_the_form(client):
    """A redirect is a GET: the page the form stood on, not the address it was sent to."""
    response = client.post("/preferences/", {"theme": "pink"}, headers={"referer": "http://testserver/help/?x=1"})
    assert 'name="next" value="/help/?x=1"' in response.text
    response = client.post("/preferences/", {"theme": "pink"}, headers={"referer": "http://evil.example/x"})
    assert 'name="next" value="/preferences/"' in response.text


# ---- errors ----
@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有这一页"), ("en", "This page does not exist")])
def test_missing_page_shows_a_way_on(client, language, words):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert words in response.text
    assert 'href="/follow/"' in response.text


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_page_for_a_broken_portal_needs_nothing(name):
    """No request, no database (this test has none), no context processor, no file manifest; both languages."""
    page = get_template(name).render({})
    assert 'lang="en"' in page
    assert settings.SERVICE_PHONE in page
    assert "tel:119" in page


def test_page_for_a_broken_portal_survives_a_missing_manifest(settings):
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    settings.STATIC_ROOT = settings.LOCAL_DIR / "nothing-was-collected-here"
    assert "/static/css/tokens.css" in get_template("500.html").render({})


def test_csrf_failure_says_what_to_do():
    response = csrf_failure(RequestFactory().get("/"), "no cookie")
    assert response.status_code == 403
    assert "这张表单已经失效" in response.text


# ---- health ----
def test_healthz_asks_nothing(client):
    assert client.get("/healthz").text == "ok"


@pytest.mark.django_db
def test_readyz_names_every_check(client, monkeypatch):
    monkeypatch.setattr(health, "_checks", {"database": health._database, "redis": health._redis})
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"]["redis"]["state"] == "ok"


@pytest.mark.django_db
def test_readyz_fails_when_one_check_fails_and_still_asks_the_others(client, monkeypatch):
    def broken() -> Finding:
        raise ConnectionError("password of the database")

    monkeypatch.setattr(health, "_checks", {"broken": broken, "database": health._database})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["broken"] == {"state": "failing", "detail": "ConnectionError"}
    assert response.json()["checks"]["database"]["state"] == "ok"


def test_heartbeat_may_be_missing_right_after_a_start(monkeypatch):
    late_after = timedelta(seconds=60)
    assert heartbeat_finding(timezone.now(), late_after=late_after).state == State.OK
    monkeypatch.setattr(health, "is_starting", lambda: True)
    assert heartbeat_finding(None, late_after=late_after).state == State.STARTING
    monkeypatch.setattr(health, "is_starting", lambda: False)
    assert heartbeat_finding(None, late_after=late_after).state == State.FAILING
    old = timezone.now() - timedelta(minutes=10)
    assert heartbeat_finding(old, late_after=late_after).state == State.FAILING


# ---- weight, and nothing from elsewhere ----
def compressed(text: bytes) -> int:
    return len(gzip.compress(text, 6))


def first_visit(client: Client, address: str) -> int:
    """Bytes of a page and of every file it names, as they go over the wire."""
    page = client.get(address).text
    files = {name.split("#")[0] for name in re.findall(r'(?:src|href)="/static/([^"]+)"', page)}
    sizes = [compressed(Path(finders.find(name)).read_bytes()) for name in files]
    return compressed(page.encode()) + sum(sizes)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PLAIN)
def test_first_visit_stays_light(client, address):
    assert first_visit(client, address) <= FIRST_VISIT


def test_public_styles_stay_in_their_budget():
    css = settings.BASE_DIR / "static" / "css"
    assert sum((css / name).stat().st_size for name in ("tokens.css", "components.css")) <= 25 * 1024


def test_our_scripts_are_small():
    for path in (settings.BASE_DIR / "static" / "js").glob("*.js"):
        assert path.stat().st_size < 4096, path.name


def test_no_template_or_file_names_another_host():
    root = settings.BASE_DIR
    files = [
        *(root / "templates").rglob("*.html"),
        *(root / "static").rglob("*.css"),
        *(root / "static" / "js").glob("*"),
    ]
    found = [str(path.relative_to(root)) for path in files if HOST.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_no_template_carries_inline_script_or_style():
    """The content security policy would refuse it."""
    root = settings.BASE_DIR / "templates"
    found = [str(p.relative_to(root)) for p in root.rglob("*.html") if INLINE.search(p.read_text(encoding="utf-8"))]
    assert not found


def test_a_request_too_large_is_refused_unread(client, settings):
    settings.BODY_MAX_BYTES = 100
    answer = client.post("/preferences/", {"theme": "x" * 200})
    assert answer.status_code == 413
    assert "10 MB" in answer.content.decode()
