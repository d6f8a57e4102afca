"""The private page of a case: what it shows, answering, adding, taking back."""

import io
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from core.wording import in_one_piece, say_moment
from governance.lifecycle import State
from governance.lifecycle.asking import Asked
from governance.models import Callback, Issue, TimelineEntry
from governance.services.answers import answer_issue, reopen_issue
from governance.services.dispatch import refuse_issue
from governance.services.handling import note_issue
from governance.services.links import follow_token
from neighborhoods.models import Area
from tests.factories import make_issue
from tests.reporting import follow_path, photo_file, replied_to

pytestmark = pytest.mark.django_db
VERBS = ["answer", "add", "urge", "reopen", "withdraw", "hide"]


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


# ---- reading ----
def test_page_opens_with_the_answer_then_who_then_when(client, issue):
    page = client.get(follow_path(issue))
    assert page.status_code == 200
    text = text_of(page).partition("<main")[2]
    assert text.index("<h1>") < text.index("第一网格") < text.index("0737-000 0012") < text.index("mu-clock")
    assert issue.text in text


def test_both_days_are_promised_from_the_beginning_in_words(client, issue):
    page = client.get(follow_path(issue))
    text = text_of(page)
    assert page.context["done_at"] > page.context["view"].due.due_at
    assert text.index("什么时候签收") < text.index("什么时候办好") < text.index("预计 ")
    assert f"预计 {in_one_piece(say_moment(page.context['done_at']))} 前" in text
    receipt = client.get(follow_path(issue, "receipt"))
    assert receipt.context["done_at"] == page.context["done_at"]


def test_danger_promises_no_day_and_keeps_the_numbers(client, district, people):
    trapped = make_issue(district.building, category="IN05", is_danger=True)
    text = text_of(client.get(follow_path(trapped)))
    assert "什么时候办好" not in text
    assert text.index('href="tel:96333"') < text.index('href="tel:119"') < text.index("<h1>")


@pytest.mark.parametrize("name", ["麻石巷社区第一网格", "麻石巷第一网格", "第一网格"])
def test_a_grid_named_after_its_community_is_not_named_twice(client, district, issue, name):
    Area.objects.filter(pk=district.grid.pk).update(name=name)
    text = text_of(client.get(follow_path(issue)))
    assert "麻石巷社区第一网格" in text
    assert text.count("麻石巷社区麻石巷") == 0


def test_a_case_taken_back_leads_on(client, issue):
    client.post(follow_path(issue, "withdraw"), {"reason": "算了"})
    text = text_of(client.get(follow_path(issue)))
    body = text[text.index('id="h-on"') : text.index("<footer")]
    for way in ('href="/"', 'href="/report/"', 'href="tel:0737-0000012"'):
        assert way in body, way


def test_private_pages_are_not_kept_indexed_or_told_to_others(client, issue):
    for url in (follow_path(issue), follow_path(issue, "receipt"), follow_path(issue, "add"), "/f/FORG-EDFO-RGED/"):
        page = client.get(url)
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]
        assert page["X-Robots-Tag"] == "noindex"


def test_token_may_be_read_aloud_and_typed(client, issue):
    token = follow_token(issue)
    for typed in (token.lower(), token.replace("-", ""), token.replace("0", "O").replace("1", "l")):
        assert client.get(f"/f/{typed}/").status_code == 200


TOKENS = ["x", "FORG-EDFO-RGED", "0" * 12, "a" * 3000, "<script>", "🔥", "'--", "%2e%2e"]


@pytest.mark.parametrize("verb", ["", "receipt", *VERBS])
def test_forged_link_is_a_friendly_404(client, db, verb):
    method = client.post if verb in VERBS else client.get
    for token in TOKENS:
        answer = method(f"/f/{token}/" + (f"{verb}/" if verb else ""))
        assert answer.status_code == 404, token
        assert "/follow/" in text_of(answer), token


def test_expired_link_is_a_friendly_410_and_changes_nothing(client, replied):
    Issue.objects.filter(pk=replied.pk).update(follow_expires_at=timezone.now() - timedelta(days=1))
    for verb in ("", "receipt", *VERBS):
        method = client.post if verb in VERBS else client.get
        answer = method(follow_path(replied, verb), {"solved": "yes", "text": "x", "reason": "x"})
        assert answer.status_code == 410, verb
        assert replied.text not in text_of(answer)
    replied.refresh_from_db()
    assert (replied.state, replied.urged_at, replied.is_public) == (State.REPLIED, None, True)


def test_staff_stand_there_with_desk_and_surname_only(client, replied, people):
    name = people.user("grid_worker").name
    note_issue(issue_id=replied.pk, actor=people.grid_worker, text="内部备注，居民不看")
    text = text_of(client.get(follow_path(replied)))
    assert name not in text
    assert f"第一网格，{name[0]}某" in text
    assert "内部备注" not in text


def test_refused_case_says_why_and_where_to_turn(client, issue, people):
    refuse_issue(issue_id=issue.pk, actor=people.community_staff, reason="不归社区管", referral="请找人社局窗口")
    text = text_of(client.get(follow_path(issue)))
    assert "不归社区管" in text
    assert "请找人社局窗口" in text


def test_receipt_says_number_link_and_dates(client, issue):
    page = client.get(follow_path(issue, "receipt"))
    text = text_of(page)
    assert issue.number in text
    assert follow_token(issue) in text
    assert 'class="mu-slip__qr"' in text
    assert page.context["sign"].at < page.context["done_at"]
    assert 'data-draft-clear="report-text"' in text


def test_receipt_without_phone_says_that_the_link_is_the_only_way(client, district, people):
    silent = make_issue(district.building, name="", phone="")
    assert not client.get(follow_path(silent, "receipt")).context["has_phone"]
    assert client.get(follow_path(silent)).status_code == 200


def test_private_link_never_reaches_the_log(client, issue, caplog):
    from core.logs import formatter

    caplog.set_level(logging.INFO)
    client.get(follow_path(issue))
    printed = "\n".join(formatter(json=True).format(record) for record in caplog.records)
    assert "request_finished" in printed
    assert follow_token(issue) not in printed


# ---- answering ----
def test_nobody_is_pushed_towards_an_answer(client, replied):
    text = text_of(client.get(follow_path(replied)))
    assert 'name="solved"' in text
    assert "checked" not in text


def test_solved_closes_and_is_said_once(client, replied):
    for _again in range(3):
        answer = client.post(follow_path(replied, "answer"), {"solved": "yes", "words": "都亮了", "satisfaction": "5"})
        assert (answer.status_code, answer["Location"]) == (303, follow_path(replied))
    replied.refresh_from_db()
    assert replied.state == State.CLOSED_SOLVED
    assert Callback.objects.get().satisfaction == 5


def test_not_solved_waits_for_somebody_else_and_the_page_says_so(client, replied, people):
    client.post(follow_path(replied, "answer"), {"solved": "no", "words": "第四盏还不亮"})
    replied.refresh_from_db()
    assert (replied.state, replied.asked) == (State.CALLBACK, Asked.REOPEN)
    page = text_of(client.get(follow_path(replied)))
    assert "第四盏还不亮" in page
    assert "您说没有解决" in page
    assert "not_solved" not in page
    assert client.get(follow_path(replied)).context["view"].holder.name == "麻石巷社区"  # who decides it
    assert 'name="solved"' not in client.get(follow_path(replied)).content.decode()  # said already
    reopen_issue(issue_id=replied.pk, actor=people.community_lead, reason="请再去看")
    assert "请再去看" in text_of(client.get(follow_path(replied)))


HALF_ANSWERS = [
    {},
    {"solved": "maybe"},
    {"solved": "yes", "satisfaction": "9"},
    {"solved": "yes", "satisfaction": "-1"},
    {"solved": "yes", "words": "x" * 501},
    {"solved": "yes", "words": "a\x00b"},
    {"solved": ["no", "perhaps"]},
]


def test_half_an_answer_is_asked_again_and_changes_nothing(client, replied):
    for data in HALF_ANSWERS:
        assert client.post(follow_path(replied, "answer"), data).status_code == 422, data
    replied.refresh_from_db()
    assert replied.state == State.REPLIED
    assert not Callback.objects.exists()


def test_answer_before_there_is_anything_to_answer(client, issue):
    answer = client.post(follow_path(issue, "answer"), {"solved": "yes"})
    assert answer.status_code == 422
    assert not Callback.objects.exists()


# ---- adding, urging, opening again, taking back, hiding ----
def test_words_and_photos_can_be_added(client, issue):
    assert client.get(follow_path(issue, "add")).status_code == 200
    data = {"text": "昨晚第五盏也灭了", "photo": [photo_file()]}
    assert client.post(follow_path(issue, "add"), data).status_code == 303
    text = text_of(client.get(follow_path(issue)))
    assert "昨晚第五盏也灭了" in text
    assert f"/photo/{issue.photos.get().attachment.uid}/?t=" in text


def test_the_same_addition_sent_twice_is_there_once(client, issue):
    for _again in range(2):
        client.post(follow_path(issue, "add"), {"text": "第五盏也灭了", "photo": [photo_file()]})
    assert TimelineEntry.objects.filter(issue=issue, text="第五盏也灭了").count() == 1
    assert issue.photos.count() == 1


def test_empty_or_endless_addition_is_refused(client, issue):
    for text in ("", "  ", "x" * 501, "a\x00b", "x" * 1_000_000):
        assert client.post(follow_path(issue, "add"), {"text": text}).status_code in {400, 422}
    assert issue.timeline.count() == 1


def test_bad_photo_is_refused_with_the_words_kept(client, issue):
    bad = io.BytesIO(b"<svg/>")
    bad.name = "a.svg"
    answer = client.post(follow_path(issue, "add"), {"text": "有照片", "photo": [bad]})
    assert answer.status_code == 422
    assert "有照片" in text_of(answer)
    assert issue.timeline.count() == 1
    many = [photo_file() for _n in range(7)]
    assert client.post(follow_path(issue, "add"), {"text": "多", "photo": many}).status_code == 422


def test_urging_works_once_a_day(client, issue):
    assert client.get(follow_path(issue, "urge")).status_code == 200
    assert client.post(follow_path(issue, "urge")).status_code == 303
    assert client.post(follow_path(issue, "urge")).status_code == 422
    assert client.get(follow_path(issue, "urge")).status_code == 303  # nobody is asked what is refused anyway
    assert issue.timeline.filter(kind="issue.urged").count() == 1


def test_withdrawing_asks_first_and_is_friendly_twice(client, issue):
    assert client.get(follow_path(issue, "withdraw")).status_code == 200
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    for _again in range(2):
        assert client.post(follow_path(issue, "withdraw"), {"reason": "自己修好了"}).status_code == 303
    issue.refresh_from_db()
    assert (issue.state, issue.is_public) == (State.WITHDRAWN, False)
    assert client.get(follow_path(issue)).status_code == 200


def test_hiding_takes_it_from_the_neighbours_at_once(client, issue):
    assert client.get(f"/issues/{issue.number}/").status_code == 200
    for _again in range(2):
        assert client.post(follow_path(issue, "hide")).status_code == 303
    assert client.get(f"/issues/{issue.number}/").status_code == 404


def test_reopening_within_the_days_and_not_after(client, replied, settings, time_machine):
    client.post(follow_path(replied, "answer"), {"solved": "yes"})
    assert client.get(follow_path(replied)).context["may"]["reopen"]
    assert client.post(follow_path(replied, "reopen"), {"reason": ""}).status_code == 422
    time_machine.move_to(timezone.now() + timedelta(days=settings.REOPEN_DAYS + 1))
    assert not client.get(follow_path(replied)).context["may"]["reopen"]
    assert client.post(follow_path(replied, "reopen"), {"reason": "又灭了"}).status_code == 422
    replied.refresh_from_db()
    assert replied.state == State.CLOSED_SOLVED


def test_reopened_case_goes_on(client, replied):
    client.post(follow_path(replied, "answer"), {"solved": "yes"})
    assert client.post(follow_path(replied, "reopen"), {"reason": "又灭了"}).status_code == 303
    replied.refresh_from_db()
    assert replied.state == State.DISPATCHED


def test_nothing_happens_by_opening_an_address(client, replied):
    before = TimelineEntry.objects.count()
    for verb in VERBS:
        assert client.get(follow_path(replied, verb)).status_code in {200, 303, 405}
    assert TimelineEntry.objects.count() == before


# ---- joined cases ----
@pytest.fixture
def joined(replied, district):
    issue = make_issue(district.building, text="我家门口也黑", phone="13800000007", same_as=replied.pk)
    Issue.objects.filter(pk=issue.pk).update(submitted_at=replied.submitted_at)  # they waited for the same reply
    return issue


def test_whoever_joined_sees_the_progress_but_not_the_words_of_others(client, replied, joined):
    Issue.objects.filter(pk=replied.pk).update(is_public=True, published_at=replied.submitted_at)
    text = text_of(client.get(follow_path(joined)))
    assert "换了三个灯头" in text
    assert replied.text not in text
    assert "我家门口也黑" in text
    assert client.get(follow_path(joined, "receipt")).status_code == 200


def test_whoever_joined_answers_for_themselves(client, replied, joined):
    for _again in range(2):
        assert client.post(follow_path(joined, "answer"), {"solved": "no", "words": "我这里没好"}).status_code in {
            303,
            422,
        }
    replied.refresh_from_db()
    assert (replied.state, replied.asked) == (State.CALLBACK, Asked.REOPEN)
    assert Callback.objects.count() == 1


def test_whoever_joined_cannot_reopen_after_the_days(client, replied, joined, settings, time_machine):
    answer_issue(issue_id=replied.pk, solved=True, satisfaction=None, words="")
    time_machine.move_to(timezone.now() + timedelta(days=settings.REOPEN_DAYS + 1))
    assert client.post(follow_path(joined, "answer"), {"solved": "no"}).status_code == 422


# ---- cost ----
def test_follow_page_asks_the_database_a_fixed_number_of_times(client, replied, people, django_assert_max_num_queries):
    for n in range(30):
        note_issue(issue_id=replied.pk, actor=people.grid_worker, text=f"{n}")
        TimelineEntry.objects.create(
            issue=replied, kind="issue.supplemented", at=timezone.now(), text=f"{n}", audience=1
        )
    client.get(follow_path(replied))
    for url in (follow_path(replied), follow_path(replied, "receipt")):
        with django_assert_max_num_queries(12):
            client.get(url)
