"""Pages under load, against the bare views of the same server, at two sizes."""

import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import stores
from benchmarks.load import Call, measure
from benchmarks.servers import serving
from benchmarks.table import Row, at_least, at_most
from benchmarks.volume import follow_page_of
from governance.forms.draft import Draft
from governance.models import Issue
from neighborhoods.models import Area, Post

SECONDS = 2.0
ROUNDS = 3
CSRF = "a" * 32


def session(title: str) -> tuple[str, Post]:
    """The cookie of somebody who holds such a post where there is most to see."""
    post = Post.objects.filter(title__code=title, user__is_active=True).select_related("user").order_by("pk").first()
    if post is None:
        raise SystemExit(f"nobody is {title}")
    client = Client()
    client.force_login(post.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies["sessionid"].value, post


def _targets() -> dict[str, Call]:
    cookie, post = session("community_staff")
    headers = {"Cookie": f"sessionid={cookie}"}
    mine = Issue.objects.filter(community_id=post.area_id, closed_at=None).order_by("-pk").first()
    if mine is None:
        raise SystemExit("there is no open case")
    return {
        "desk list": Call("/desk/issues/", headers=headers),
        "issue detail": Call(f"/desk/issues/{mine.number}/", headers=headers),
        "Today": Call("/desk/", headers=headers),
        "follow page": Call(follow_page_of(mine)),
    }


def run() -> list[Row]:
    """The pages of cases: how many a second against hello, then as `grown`."""
    return [*_rates(_targets), *grown(_targets)]


def _rates(targets_of: Callable[[], dict[str, Call]]) -> list[Row]:
    """Portal and bare view in turns, at 200,000."""
    stores.use("large")
    size, rows = f"{Issue.objects.count():,}", []
    targets = targets_of()
    with serving("benchmarks.bare_settings", "/hello/") as bare, serving("benchmarks.settings", "/healthz") as port:
        for name, call in targets.items():
            measure(port, _always(call), 0.5)
            pairs = [
                (measure(port, _always(call), SECONDS), measure(bare, _always(Call("/hello/")), SECONDS / 2))
                for _round in range(ROUNDS)
            ]
            ratio = statistics.median(page.rate / hello.rate for page, hello in pairs)
            rates = f"{pairs[-1][0].rate:.0f} against {pairs[-1][1].rate:.0f} requests/s"
            rows.append(at_least(f"{name} at {size}, of hello", ratio, 0.12, rates))
    return rows


def grown(targets_of: Callable[[], dict[str, Call]]) -> list[Row]:
    """The middle response time in the large database against that in the small one, in turns; statements a page."""
    sides: list[tuple[int, dict[str, Call]]] = []
    rows = []
    with ExitStack() as servers:
        for kind in ("small", "large"):
            stores.use(kind)
            sides.append((servers.enter_context(serving("benchmarks.settings", "/healthz")), targets_of()))
        for name in sides[0][1]:
            for port, targets in sides:
                measure(port, _always(targets[name]), 0.5)
            # alone on its connection, so that the time is that of the page and not of the queue
            rounds = [
                [measure(port, _always(targets[name]), SECONDS / 2, 1).p50 for port, targets in sides]
                for _round in range(ROUNDS + 2)
            ]
            growth = statistics.median(full / calm for calm, full in rounds)
            note = f"{rounds[-1][0]:.1f} → {rounds[-1][1]:.1f} ms"
            rows.append(at_most(f"{name}: p50 of the large by that of the small", growth, 1.2, "", note))
    return rows + [at_most(f"{name}: statements", _statements(call), 12) for name, call in sides[-1][1].items()]


def _always(call: Call) -> Callable[[int], Call]:
    return lambda _number: call


def _statements(call: Call) -> int:
    client = Client(HTTP_COOKIE=call.headers.get("Cookie", ""), HTTP_HOST="127.0.0.1")
    client.get(call.path)
    with CaptureQueriesContext(connection) as queries:
        if client.get(call.path).status_code != 200:
            raise SystemExit(f"{call.path} does not answer")
    return len(queries)


def submits() -> list[Row]:
    """The public form, with CSRF and a contact, against one transaction of three rows."""
    stores.use("large")
    area = Area.objects.filter(level=4).order_by("pk").first()
    if area is None:
        raise SystemExit("there is no building")
    headers = {"Cookie": f"csrftoken={CSRF}", "Content-Type": "application/x-www-form-urlencoded"}

    def report() -> Call:
        draft = Draft(
            key=uuid.uuid4().hex,
            began=int(time.time()) - 60,
            area=area.code,
            category="IN03",
            danger=False,
            text="东门到煤棚一段，四盏路灯不亮",
            told=True,
            name="张某",
            phone="10000000005",
        )
        body = urlencode({"draft": draft.token, "csrfmiddlewaretoken": CSRF, "apart": "1"})
        return Call("/report/check/", "POST", body, headers)

    insert = Call("/insert/", "POST", urlencode({"csrfmiddlewaretoken": CSRF}), headers)
    before = Issue.objects.count()
    with serving("benchmarks.bare_settings", "/hello/") as bare, serving("benchmarks.settings", "/healthz") as port:
        pairs = []
        for number in range(ROUNDS + 1):
            ready = [report() for _one in range(1200)]  # made before, so that only the portal's time counts
            pair = measure(port, ready.__getitem__, SECONDS), measure(bare, _always(insert), SECONDS)
            if number:  # the first round warms both up
                pairs.append(pair)
    stored = Issue.objects.count() - before
    ratio = statistics.median(mine.rate / theirs.rate for mine, theirs in pairs)
    note = f"{pairs[-1][0].rate:.0f} against {pairs[-1][1].rate:.0f} requests/s, {stored} stored"
    if not stored:
        raise SystemExit("nothing was stored")
    return [at_least(f"public submit at {before:,} cases, of insert", ratio, 0.4, note)]
