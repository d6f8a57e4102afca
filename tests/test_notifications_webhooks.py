"""Other systems: webhooks and the group chat."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from notifications.models import Delivery, DeliveryState
from tests.factories import make_issue
from tests.sending import at_hour, deliver, relay, states

WAITING, SENT, DROPPED, PARKED = DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.PARKED


@pytest.fixture(autouse=True)
def sms_folder(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    return tmp_path / "sms"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_args) -> None:
        """Quiet."""


@pytest.fixture
def receiver(settings) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answer = [], 204
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.WEBHOOK_URLS = [f"http://127.0.0.1:{server.server_port}/hook?key=secret"]
    settings.WEBHOOK_SECRET = "shared"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_webhook_is_signed_and_tells_no_person(district, people, receiver):
    issue = make_issue(district.building, name="张某")
    relay()
    deliver(at_hour(3, days=2))  # a machine knows no night
    ((headers, body),) = receiver.got
    expected = "sha256=" + hmac.new(b"shared", body, hashlib.sha256).hexdigest()
    assert headers["X-Mulin-Signature"] == expected
    facts = json.loads(body)
    assert (facts["event"], facts["number"], facts["state"]) == ("issue.submitted", issue.number, "submitted")
    assert "10000000005" not in body.decode()
    assert "张某" not in body.decode()
    row = Delivery.objects.get(channel="webhook")
    assert (row.state, row.provider) == (SENT, "127.0.0.1")
    assert "secret" not in row.recipient


@pytest.mark.parametrize("answer", [302, 500])
def test_webhook_that_answers_badly_is_tried_again(district, people, receiver, answer):
    receiver.answer = answer
    make_issue(district.building)
    relay()
    deliver()
    row = Delivery.objects.get(channel="webhook")
    assert (row.state, row.last_error) == (WAITING, f"RuntimeError: HTTP {answer}")
    assert len(receiver.got) == 1


def test_removed_webhook_is_dropped(district, people, receiver, settings):
    make_issue(district.building)
    relay()
    settings.WEBHOOK_URLS = []
    deliver()
    assert states(channel="webhook") == [DROPPED]


def test_group_chat_hears_what_cannot_wait(district, people, receiver, settings):
    """apprise's JSON plug-in stands for WeCom and its sisters: the same library makes all of them."""
    settings.CHAT_URLS = [settings.WEBHOOK_URLS[0].replace("http://", "json://").split("?")[0]]
    settings.WEBHOOK_URLS = []
    make_issue(district.building)
    issue = make_issue(district.building, category="IN02", is_danger=True)
    relay()
    deliver()
    ((_headers, body),) = receiver.got
    assert issue.number in json.loads(body)["message"]
    assert states(channel="chat") == [SENT]


def test_group_chat_with_a_wrong_address_is_parked_at_once(district, people, settings):
    settings.CHAT_URLS = ["nonsense-without-meaning"]
    make_issue(district.building, category="IN02", is_danger=True)
    relay()
    deliver()
    assert states(channel="chat") == [PARKED]
