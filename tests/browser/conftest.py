"""A real Chromium in two sizes. Every page it opens is watched: no other host, no broken policy, no script error."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.axe import assert_accessible, assert_fits, assert_pressable

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

HERE = Path(__file__).parent
SCREENSHOTS = HERE.parents[1] / "docs" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1280, "height": 900}}


def chromium() -> str | None:
    """MULIN_CHROMIUM, else a known name on the PATH."""
    chosen = os.environ.get("MULIN_CHROMIUM")
    if chosen:
        return chosen if os.access(chosen, os.X_OK) else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    missing = ours and chromium() is None
    if missing and os.environ.get("CI", "").lower() in {"1", "true"}:
        raise pytest.UsageError("No Chromium: with CI=true browser tests may not be skipped. Set MULIN_CHROMIUM.")
    for item in ours:
        item.add_marker("browser")
        if missing:
            item.add_marker(pytest.mark.skip(reason="no Chromium found; install it or set MULIN_CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium(), "headless": True, "args": FLAGS}


class Watch:
    """What a page must not do. Asked when the test is over."""

    def __init__(self, page: Page, own_host: str) -> None:
        self.own_host = own_host
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.own_host:
            self.strangers.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def check(self) -> None:
        assert not self.strangers, f"other hosts were asked: {self.strangers}"
        assert not self.complaints, f"the browser complains: {self.complaints}"


def _watched_page(browser: Browser, url: str, options: dict[str, object]) -> Iterator[Page]:
    context = browser.new_context(base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch = Watch(page, urlsplit(url).netloc)
    yield page
    context.close()
    watch.check()


@pytest.fixture
def phone(browser: Browser, live_server) -> Iterator[Page]:
    """A page on a small phone."""
    yield from _watched_page(browser, live_server.url, PHONE)


@pytest.fixture
def desk(browser: Browser, live_server) -> Iterator[Page]:
    """A page on an office screen."""
    yield from _watched_page(browser, live_server.url, DESK)


@pytest.fixture
def set_mode(live_server) -> Callable[..., None]:
    """`set_mode(page, theme="elder", lang="en")`: as the switches do; the open page is loaded again."""

    def choose(page: Page, theme: str = "", lang: str = "") -> None:
        chosen = {settings.THEME_COOKIE_NAME: theme, settings.LANGUAGE_COOKIE_NAME: lang}
        cookies = [{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items() if value]
        if cookies:
            page.context.add_cookies(cookies)
        if page.url.startswith("http"):
            page.reload()

    return choose


@pytest.fixture
def shot() -> Callable[..., Path]:
    """`shot(page, "name")`: a picture to look at. A `documented` one goes into docs/screenshots/ with MULIN_SHOTS=1."""

    def take(page: Page, name: str, *, full: bool = True, documented: bool = False) -> Path:
        keep = documented and os.environ.get("MULIN_SHOTS") == "1"
        path = (SCREENSHOTS if keep else settings.LOCAL_DIR / "artifacts") / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=full)
        return path

    return take


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: no accessibility violation, no sideways scroll, everything big enough to press."""

    def check(page: Page) -> None:
        assert_accessible(page)
        assert_fits(page)
        assert_pressable(page)

    return check
