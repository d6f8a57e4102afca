"""What happens when PostgreSQL or Valkey go away, with the real processes: nothing is half-written, nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.resilience.browser import Answer, Browser
from tests.resilience.portal import Portal, running_portal, until
from tests.resilience.seed import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]  # started once, by one process

PATIENCE = 150  # seconds; usually it takes a few, but a worker starts slowly on a machine that is busy
STEPS = ("/report/", "/report/category/", "/report/text/", "/report/contact/", "/report/check/")
HALF_WRITTEN = """
    SELECT count(*) FROM governance_issue i
    LEFT JOIN core_event e ON e.subject_type = 'governance.issue' AND e.subject_id = i.id AND e.name = 'issue.submitted'
    LEFT JOIN core_outboxmessage m ON m.event_id = e.id
    WHERE i.contact_id IS NULL OR m.id IS NULL
       OR NOT EXISTS (SELECT 1 FROM governance_timelineentry t WHERE t.issue_id = i.id)
       OR NOT EXISTS (SELECT 1 FROM governance_clock c WHERE c.issue_id = i.id)
"""
LEFT_ALONE = """
    SELECT (SELECT count(*) FROM governance_contact c
             WHERE NOT EXISTS (SELECT 1 FROM governance_issue i WHERE i.contact_id = c.id))
         + (SELECT count(*) FROM core_event e WHERE e.subject_type = 'governance.issue'
             AND NOT EXISTS (SELECT 1 FROM governance_issue i WHERE i.id = e.subject_id))
"""
# Told: the relay has seen the event, its reader has the notice, and nothing that may ring now still waits.
UNTOLD = """
    SELECT count(*) FROM core_event e
    JOIN core_outboxmessage m ON m.event_id = e.id
    WHERE e.name = 'issue.submitted' AND (m.relayed_at IS NULL
       OR NOT EXISTS (SELECT 1 FROM notifications_notice n WHERE n.event_id = e.id AND n.user_id = %s)
       OR NOT EXISTS (SELECT 1 FROM notifications_delivery d WHERE d.event_id = e.id)
       OR EXISTS (SELECT 1 FROM notifications_delivery d WHERE d.event_id = e.id
                   AND (d.state = 'parked' OR d.state = 'waiting' AND d.due_at <= now())))
"""
HELD_UP = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, 'core_outboxmessage') > 0
"""
BROKER_LOST = "Connection to broker lost"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def visitor(portal):
    return Browser(portal.where.url)


@pytest.fixture
def worker(portal) -> Browser:
    """The grid worker, signed in."""
    browser = Browser(portal.where.url)
    browser.post("/accounts/login/", login=portal.seed["worker"], password=PASSWORD)
    assert browser.get("/desk/").status == 200
    return browser


def fields_of(portal: Portal, text: str) -> dict[str, dict[str, str]]:
    said = ({"area": portal.seed["area"]}, {"category": "IN03"}, {"text": text}, {"phone": "13800000005"}, {})
    return dict(zip(STEPS, said, strict=True))


def report(portal: Portal, browser: Browser, text: str) -> Answer:
    """All the way to the receipt."""
    return browser.post("/report/check/", draft=begin(portal, browser, text))


def begin(portal: Portal, browser: Browser, text: str) -> str:
    """All pages but the last; answers the draft they leave with the browser."""
    for path, fields in list(fields_of(portal, text).items())[:-1]:
        assert browser.post(path, **fields).status == 303
    return browser.cookies["mulin_draft"]


def is_receipt(answer: Answer) -> bool:
    return answer.status == 303 and answer.headers["Location"].endswith("/receipt/")


def issues_saying(portal: Portal, text: str) -> int:
    return portal.count("SELECT count(*) FROM governance_issue WHERE text = %s", text)


def assert_plain_refusal(answer: Answer) -> None:
    assert answer.status == 503
    assert answer.headers["Retry-After"].isdigit()
    assert "系统正在维护" in answer.text
    assert "Back in a few minutes" in answer.text
    assert "Traceback" not in answer.text
    assert "psycopg" not in answer.text


# ---- PostgreSQL ----
def test_without_a_database_pages_say_so_and_come_back_by_themselves(portal, visitor, worker):
    assert is_receipt(report(portal, visitor, "断电之前"))
    begun = begin(portal, visitor, "断电之中")
    asked = [(visitor.get, path, {}) for path in ("/", "/report/?choose", "/issues/")]
    asked += [(visitor.post, path, {**said, "draft": begun}) for path, said in fields_of(portal, "断电之中").items()]
    asked.append((worker.get, "/desk/", {}))
    process = portal.web.process.pid
    portal.break_database()
    try:
        with ThreadPoolExecutor(len(asked)) as crowd:
            waiting = [crowd.submit(ask, path, **fields) for ask, path, fields in asked]
            alive = Browser(portal.where.url).get("/healthz")  # with every thread of the server waiting
            for answer in waiting:
                assert_plain_refusal(answer.result())
        assert (alive.status, alive.text) == (200, "ok")
        ready = visitor.get("/readyz")
        assert (ready.status, '"ready": false' in ready.text) == (503, True)
        assert ready.seconds < 8  # the patience of deploy/health.py
    finally:
        portal.mend_database()
    assert until(lambda: visitor.get("/").status == 200, PATIENCE)
    assert worker.get("/desk/").status == 200  # still signed in
    assert issues_saying(portal, "断电之中") == 0
    assert is_receipt(report(portal, visitor, "断电之后"))
    assert (portal.web.process.poll(), portal.web.process.pid) == (None, process)


def test_an_issue_is_stored_whole_or_not_at_all(portal):
    """The database dies while people send; whoever saw a receipt is stored, whoever did not can send again, once."""
    received, refused = send_while_the_database_dies(portal)
    assert received
    assert portal.count(HALF_WRITTEN) == 0
    assert portal.count(LEFT_ALONE) == 0
    assert [text for text in received if issues_saying(portal, text) != 1] == []
    browser = Browser(portal.where.url)
    for text, draft in refused.items():
        assert until(lambda draft=draft: is_receipt(browser.post("/report/check/", draft=draft)), PATIENCE)
        assert issues_saying(portal, text) == 1
    assert portal.count(HALF_WRITTEN) == 0


def send_while_the_database_dies(portal: Portal) -> tuple[list[str], dict[str, str]]:
    """Four people send one report after the other; answers the texts with a receipt, and the drafts without."""
    received: list[str] = []
    refused: dict[str, str] = {}
    enough = threading.Event()

    def send_many(name: str) -> None:
        browser = Browser(portal.where.url)
        begun = begin(portal, browser, name)
        for n in range(200):
            text = f"{name} 第 {n} 件"
            if enough.is_set() or browser.post("/report/text/?change=1", draft=begun, text=text).status != 303:
                return
            draft = browser.cookies["mulin_draft"]
            if not is_receipt(browser.post("/report/check/", draft=draft)):
                refused[text] = draft
                return
            received.append(text)

    people = [threading.Thread(target=send_many, args=(name,)) for name in ("甲", "乙", "丙", "丁")]
    for person in people:
        person.start()
    until(lambda: len(received) >= 6, 30)
    portal.break_database()
    enough.set()
    portal.mend_database()
    for person in people:
        person.join(60)
    return received, refused


# ---- Valkey ----
@pytest.fixture(scope="module")
def workers(portal):
    portal.start_workers()
    return portal


def is_told(portal: Portal) -> bool:
    return portal.count(UNTOLD, portal.seed["worker_id"]) == 0


def test_reports_are_taken_while_the_queue_is_away_and_told_later(workers, visitor):
    portal = workers
    assert is_receipt(report(portal, visitor, "先来一件"))
    assert until(lambda: is_told(portal), PATIENCE), portal.log("worker")
    portal.break_queue()
    try:
        for n in range(3):
            answer = report(portal, visitor, f"没有队列 {n}")
            assert is_receipt(answer)
            assert answer.seconds < 10  # it does not wait for the queue
            assert visitor.get(answer.headers["Location"]).status == 200
        assert portal.count(HALF_WRITTEN) == 0
        assert not is_told(portal)
        assert visitor.get("/readyz").status == 503
    finally:
        portal.mend_queue()
    assert until(lambda: is_told(portal), PATIENCE), portal.log("worker")
    assert [child.program.name for child in portal.others if not child.running] == []


def test_a_worker_outlives_a_queue_that_goes_away_while_it_works(workers, visitor):
    """What it held cannot be handed back and its end cannot be acknowledged; it goes on all the same."""
    portal = workers
    with psycopg.connect(portal.services.urls["DATABASE_URL"]) as link:
        link.execute("LOCK TABLE core_outboxmessage IN ACCESS EXCLUSIVE MODE")
        assert until(lambda: portal.count(HELD_UP) > 0, PATIENCE), portal.log("worker")
        lost = portal.log("worker").count(BROKER_LOST)
        portal.break_queue()
        try:
            assert until(lambda: portal.log("worker").count(BROKER_LOST) > lost, PATIENCE), portal.log("worker")
        finally:
            portal.mend_queue()
    assert is_receipt(report(portal, visitor, "忙着的时候"))
    assert until(lambda: is_told(portal), PATIENCE), portal.log("worker")
    assert [child.program.name for child in portal.others if not child.running] == []


def test_a_wiped_queue_loses_nothing(workers, visitor):
    portal = workers
    for n in range(4):
        assert is_receipt(report(portal, visitor, f"清空队列 {n}"))
        portal.wipe_queue()
    assert until(lambda: is_told(portal), PATIENCE), portal.log("worker")


def test_signing_in_works_while_counters_are_away(portal):
    """Counters of failed tries start again, which is the lesser harm; nobody is locked out and nothing breaks."""
    browser, who = Browser(portal.where.url), portal.seed["worker"]
    portal.break_queue()
    try:
        for _n in range(7):
            assert browser.post("/accounts/login/", login=who, password="wrong").status in {200, 422}
        stranger = Browser(portal.where.url)
        assert stranger.post("/follow/", number="ZY-2026-000001", tail="0005").status < 500
        assert stranger.post("/accounts/password/reset/", email=who).status < 500
        assert stranger.post("/accounts/login/code/", contact="13800000005").status < 500
        assert browser.post("/accounts/login/", login=who, password=PASSWORD).status == 302
        assert browser.get("/desk/").status == 200
        assert browser.post("/accounts/logout/").status == 302
    finally:
        portal.mend_queue()
    assert browser.post("/accounts/login/", login=who, password=PASSWORD).status == 302
