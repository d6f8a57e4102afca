"""Finding a case again by its number and phone, and guessing that is stopped."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import sms
from core.errors import RuleError
from governance.services.links import follow_token
from governance.services.proving import is_right_code, send_code
from tests.factories import make_issue
from tests.reporting import follow_path, replied_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def issue(district, people):
    return make_issue(district.building, name="张小明", phone="13800000005", is_public=True)


@pytest.fixture
def replied(issue, people):
    return replied_to(issue, people)


def text_of(response) -> str:
    return response.content.decode()


# ---- finding ----
def test_number_and_last_four_digits_open_the_case(client, issue):
    for number in (issue.number, issue.number.lower(), issue.number.replace("-", "")):
        answer = client.post("/follow/", {"number": number, "tail": "0005"})
        assert (answer.status_code, answer["Location"]) == (303, "/follow/case/")


@pytest.mark.parametrize(("number", "tail"), [("", "13800010005"), ("", "+86 138 0001 0005"), ("short", "０００５")])
def test_whole_phone_and_short_number_are_as_good(client, issue, number, tail):
    typed = issue.number.rpartition("-")[2].lstrip("0") if number else issue.number
    assert client.post("/follow/", {"number": typed, "tail": tail}).status_code == 303


@pytest.fixture
def texts(monkeypatch) -> list[dict[str, str]]:
    """Text messages that were handed over."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(sms, "_senders", [lambda **message: sent.append(message)])
    return sent


def code_in(message: dict[str, str]) -> str:
    return re.search(r"\b\d{6}\b", message["text"]).group()


def test_looking_up_is_reading_only(client, replied):
    client.post("/follow/", {"number": replied.number, "tail": "0005"})
    page = client.get("/follow/case/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert replied.text in text_of(page)
    assert follow_token(replied) not in text_of(page)
    assert 'name="solved"' not in text_of(page)
    assert Client().get("/follow/case/")["Location"] == "/follow/"


def test_code_to_the_phone_opens_the_private_link(client, replied, texts):
    client.post("/follow/", {"number": replied.number, "tail": "0005"})
    assert client.post("/follow/code/send/")["Location"] == "/follow/code/"
    assert texts[0]["phone"] == "13800000005"
    assert client.post("/follow/code/", {"code": "12345"}).status_code == 422
    wrong = "000000" if code_in(texts[0]) != "000000" else "000001"
    assert client.post("/follow/code/", {"code": wrong}).status_code == 422
    answer = client.post("/follow/code/", {"code": f" {code_in(texts[0])} "})
    assert answer["Location"] == follow_path(replied)
    assert client.get("/follow/case/")["Location"] == "/follow/"


def test_code_is_good_once_for_ten_minutes_and_five_tries(client, replied, texts):
    send_code(replied)
    right = code_in(texts[0])
    wrong = "000000" if right != "000000" else "000001"
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert not is_right_code(replied, right)
    assert not any(is_right_code(replied, wrong) for _try in range(4))
    assert is_right_code(replied, right)
    assert not is_right_code(replied, right)
    send_code(replied)
    assert not any(is_right_code(replied, "x") for _try in range(5))
    assert not is_right_code(replied, code_in(texts[1]))


def test_three_codes_an_hour_and_none_without_a_phone(client, replied, district, people, texts):
    client.post("/follow/", {"number": replied.number, "tail": "0005"})
    assert [client.post("/follow/code/send/").status_code for _time in range(4)] == [303, 303, 303, 422]
    assert len(texts) == 3
    with pytest.raises(RuleError):
        send_code(make_issue(district.building, name="", phone=""))


def test_provider_that_fails_is_a_sentence(client, replied, monkeypatch):
    def broken(**_message: str) -> None:
        raise OSError

    monkeypatch.setattr(sms, "_senders", [broken])
    client.post("/follow/", {"number": replied.number, "tail": "0005"})
    assert client.post("/follow/code/send/").status_code == 422


def test_wrong_number_and_wrong_digits_answer_the_same(client, issue, district, people):
    silent = make_issue(district.building, name="", phone="")
    tries = [(issue.number, "0006"), ("ZY-2026-999999", "0005"), (silent.number, "0000")]
    pages = [client.post("/follow/", {"number": number, "tail": tail}) for number, tail in tries]
    assert {page.status_code for page in pages} == {422}
    assert len({tuple(page.context["form"].non_field_errors()) for page in pages}) == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"number": "", "tail": ""},
        {"number": "ZY-2026-000001", "tail": "12"},
        {"number": "ZY-2026-000001", "tail": "abcd"},
        {"number": "' OR 1=1 --", "tail": "0005"},
        {"number": "<script>", "tail": "🔥🔥🔥🔥"},
        {"number": "ZY-2026-\x00", "tail": "0005"},
        {"number": "\u202eZY-2026-1", "tail": "٠٠٠٥"},
        {"number": "Z" * 1_000_000, "tail": "0" * 1000},
    ],
)
def test_nonsense_is_answered_with_a_sentence(client, db, data):
    assert client.post("/follow/", data).status_code in {400, 422}


def test_guessing_is_stopped(client, issue, settings):
    settings.FOLLOW_TRIES_PER_ADDRESS_HOUR = 3
    for n in range(3):
        assert client.post("/follow/", {"number": issue.number, "tail": f"{n:04d}"}).status_code == 422
    stopped = client.post("/follow/", {"number": issue.number, "tail": "0005"})
    assert stopped.status_code == 429
    assert "0737" in text_of(stopped)


def test_guessing_from_many_addresses_is_stopped(client, issue, settings):
    settings.FOLLOW_TRIES_PER_ADDRESS_HOUR = 3
    for n in range(3):
        client.post("/follow/", {"number": issue.number, "tail": f"{n:04d}"}, REMOTE_ADDR=f"10.0.0.{n}")
    answer = client.post("/follow/", {"number": issue.number, "tail": "0005"}, REMOTE_ADDR="10.0.0.9")
    assert answer.status_code == 429
