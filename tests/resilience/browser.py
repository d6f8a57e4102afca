"""A browser without JavaScript: keeps cookies, follows nothing, sends forms."""

import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    headers: Message
    text: str
    seconds: float


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class Browser:
    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar), _Stay()]
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str) -> Answer:
        return self._ask(path, None)

    def post(self, path: str, **fields: str) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get("/follow/")  # any page with a form
        fields["csrfmiddlewaretoken"] = self.cookies.get("csrftoken", "")
        return self._ask(path, urllib.parse.urlencode(fields).encode())

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.jar}

    def _ask(self, path: str, body: bytes | None) -> Answer:
        asked = time.monotonic()
        try:
            answer = self._opener.open(self.url + path, body, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
        return Answer(answer.status, answer.headers, text, time.monotonic() - asked)
