"""What a page weighs on a first visit: itself and everything it links, compressed as the server sends it."""

import http.client
import re

from benchmarks import stores
from benchmarks.servers import serving
from benchmarks.table import Row, at_most
from benchmarks.volume import follow_page_of
from governance.models import Issue

_LINKED = re.compile(r'(?:src|href)="(/static/[^"#?]+)')


def _fetch(port: int, path: str) -> tuple[int, bytes]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    link.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
    answer = link.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")
    sent = len(body) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    link.close()
    return sent, body


def _page(port: int, path: str) -> float:
    sent, body = _fetch(port, path)
    linked = set(_LINKED.findall(body.decode()))
    return (sent + sum(_fetch(port, each)[0] for each in sorted(linked))) / 1024


def run() -> list[Row]:
    """The heaviest public page with all it links, in KB."""
    stores.use("small")
    issue = Issue.objects.filter(is_public=True).order_by("-pk").first()
    paths = ["/", "/report/", "/follow/", "/issues/", "/accounts/login/"]
    if issue:
        paths += [f"/issues/{issue.number}/", follow_page_of(issue)]
    with serving("benchmarks.settings", "/healthz") as port:
        weights = {path: _page(port, path) for path in paths}
    heaviest = max(weights, key=lambda path: weights[path])
    shown = re.sub(r"/f/.*", "/f/…/", heaviest)
    return [at_most("heaviest public page on a first visit", weights[heaviest], 100, " KB", shown)]
