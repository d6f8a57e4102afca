"""What an attacker tried and got around a case: each stays refused."""

import io
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from PIL import Image

from core.errors import RuleError
from core.models import Attachment
from governance.lifecycle import State
from governance.models import Issue
from governance.selectors.public import similar_open
from governance.services.answers import answer_issue, record_callback
from governance.services.dispatch import Goal, dispatch_issue, return_issue, sign_issue, take_issue
from governance.services.following import supplement_issue
from governance.services.handling import check_issue, log_contact, note_issue, reply_issue
from governance.services.links import follow_token
from governance.services.photos import store_photo
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.stamps import Stamp
from tests.factories import make_issue, make_post

pytestmark = pytest.mark.django_db


def answered(district, people, **fields) -> Issue:
    issue = make_issue(district.building, **fields)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="已修好，密语")
    return Issue.objects.get(pk=issue.pk)


# ---- joining somebody else's case ----
def test_hidden_and_answered_cases_are_not_offered(district, people):
    hidden, done = make_issue(district.building, hide_requester=True), answered(district, people)
    shown = make_issue(district.building)
    found = similar_open(shown.category, _stamp(shown), at=shown.submitted_at)
    assert [issue.pk for issue in found] == [shown.pk]
    assert hidden.pk != done.pk


def _stamp(issue: Issue):
    return Stamp(
        street_id=issue.street_id,
        community_id=issue.community_id,
        grid_id=issue.grid_id,
        branch_id=issue.branch_id,
        building_id=issue.building_id,
    )


def test_who_joins_a_private_case_reads_steps_and_no_words(client, district, people):
    first = make_issue(district.building)
    second = make_issue(district.building, same_as=first.pk)
    take_issue(issue_id=first.pk, actor=people.grid_worker)
    log_contact(issue_id=first.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=first.pk, actor=people.grid_worker, text="密语在此")
    page = client.get(f"/f/{follow_token(second)}/").content.decode()
    assert "密语在此" not in page
    Issue.objects.filter(pk=first.pk).update(is_public=True, published_at=first.submitted_at)
    assert "密语在此" in client.get(f"/f/{follow_token(second)}/").content.decode()


def test_who_joined_after_the_reply_cannot_reopen(district, people):
    first = answered(district, people)
    late = make_issue(district.building)
    Issue.objects.filter(pk=late.pk).update(parent=first, state=State.MERGED, closed_at=late.submitted_at)
    with pytest.raises(RuleError):
        answer_issue(issue_id=late.pk, solved=False, satisfaction=None, words="不行")
    assert Issue.objects.get(pk=first.pk).state == State.REPLIED


# ---- who has had to do with a case ----
def picture(colour: str = "green") -> Attachment:
    raw = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(raw, "JPEG")
    return store_photo(upload=io.BytesIO(raw.getvalue()), size=len(raw.getvalue()))


def test_unit_that_sent_a_case_back_reads_it_until_then_and_no_contact(client, district, people):
    issue = make_issue(district.building, name="李香", phone="10000000005")
    dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting))
    note_issue(issue_id=issue.pk, actor=people.street_officer, text="先前的话")
    client.force_login(people.user("department_clerk"))
    url = f"/desk/issues/{issue.number}/"
    assert "李*" in client.get(url).content.decode()
    return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="不归我们", basis="职责清单")
    note_issue(issue_id=issue.pk, actor=people.street_officer, text="后来的话")
    page = client.get(url).content.decode()
    assert "先前的话" in page
    assert "后来的话" not in page
    assert "李*" not in page
    for tab in ("contacts", "photos", "seen", "voices"):
        assert client.get(url, {"tab": tab}).status_code == 200


def test_who_typed_a_case_reads_its_answers_and_not_what_staff_say(client, district, people):
    recorder = make_post("building_lead", area=district.building).user
    issue = make_issue(district.building, actor=actor_for(recorder), channel="visit", name="李香", photos=(picture(),))
    make_issue(district.building, same_as=issue.pk, name="王旁听")
    note_issue(issue_id=issue.pk, actor=people.community_staff, text="内部的话")
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    supplement_issue(issue_id=issue.pk, text="居民补充", photos=(picture("red"),))
    client.force_login(recorder)
    url = f"/desk/issues/{issue.number}/"
    page = client.get(url).content.decode()
    assert "居民补充" in page
    assert "内部的话" not in page
    assert "王*" not in client.get(url, {"tab": "voices"}).content.decode()
    first, later = issue.photos.order_by("pk")
    assert client.get(f"/photo/{first.attachment.uid}/").status_code == 200
    assert client.get(f"/photo/{later.attachment.uid}/").status_code == 404


def test_who_typed_a_case_reads_it_while_in_post_and_for_a_time(client, district, people):
    post = make_post("building_lead", area=district.building)
    issue = make_issue(district.building, actor=actor_for(post.user), channel="visit")
    client.force_login(post.user)
    url = f"/desk/issues/{issue.number}/"
    assert client.get(url).status_code == 200
    closed = issue.submitted_at - timedelta(days=16)
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED_SOLVED, closed_at=closed)
    assert client.get(url).status_code == 404
    Issue.objects.filter(pk=issue.pk).update(state=State.SUBMITTED, closed_at=None)
    post.ends_on = issue.submitted_at.date() - timedelta(days=1)
    post.save()
    assert client.get(url).status_code == 404


# ---- staff in the place of the resident ----
def test_staff_of_the_case_do_not_answer_for_the_resident(client, district, people):
    issue = answered(district, people)
    client.force_login(people.user("grid_worker"))
    answer = client.post(f"/f/{follow_token(issue)}/answer/", {"solved": "yes", "satisfaction": "5", "words": ""})
    assert answer.status_code == 422
    assert client.post(f"/f/{follow_token(issue)}/withdraw/", {"reason": "算了"}).status_code == 422
    assert Issue.objects.get(pk=issue.pk).state == State.REPLIED
    assert Client().post(f"/f/{follow_token(issue)}/answer/", {"solved": "yes"}).status_code in {302, 303}


def test_slip_gives_the_link_to_nobody_but_who_typed_it(client, district, people):
    issue = make_issue(district.building, phone="10000009573", name="李香", hide_requester=True)
    client.force_login(people.user("community_staff"))
    page = client.get(f"/desk/issues/{issue.number}/slip/").content.decode()
    assert follow_token(issue) not in page
    assert "李*" not in page
    assert "9573" not in page
    Issue.objects.filter(pk=issue.pk).update(recorded_by_id=people.community_staff.user_id)
    assert follow_token(issue) in client.get(f"/desk/issues/{issue.number}/slip/").content.decode()


def test_what_was_settled_elsewhere_stays_with_those_who_may_see_it(client, district, people):
    hidden = answered(district, people, text="张三家老人独居")
    answer_issue(issue_id=hidden.pk, solved=True, satisfaction=None, words="")
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting))
    client.force_login(people.user("department_clerk"))
    page = client.get(f"/desk/issues/{issue.number}/").content.decode()
    assert "张三家" not in page
    assert "密语" not in page


# ---- at the same time ----
@pytest.mark.django_db(transaction=True)
def test_resident_and_dispatcher_at_the_same_time(district, people):
    failures: list[BaseException] = []
    lighting, drainage = Goal(unit=district.lighting), Goal(unit=district.drainage)
    for _round in range(3):
        issue = make_issue(district.building)

        def run(act, issue=issue) -> None:
            try:
                act(issue)
            except RuleError:
                pass
            except BaseException as error:
                failures.append(error)
            finally:
                connections.close_all()

        acts = [
            lambda i: dispatch_issue(issue_id=i.pk, actor=people.street_officer, goal=lighting, note="甲"),
            lambda i: dispatch_issue(issue_id=i.pk, actor=people.community_staff, goal=drainage, note="乙"),
            *[lambda i, n=n: supplement_issue(issue_id=i.pk, text=f"补充{n}") for n in range(3)],
        ]
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert issue.dispatches.count() == 1
        assert issue.timeline.filter(text__startswith="补充").count() == 3


def test_staff_never_read_the_digits_that_open_the_private_page(client, district, people):
    issue = make_issue(district.building, phone="13987659573")
    client.force_login(people.user("grid_worker"))
    for tab in ("", "?tab=voices"):
        page = client.get(f"/desk/issues/{issue.number}/{tab}").content.decode()
        assert "9573" not in page, tab


def test_whoever_signed_or_talked_does_not_check_what_a_colleague_typed(district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(area=district.community))
    sign_issue(issue_id=issue.pk, actor=people.community_staff)
    log_contact(issue_id=issue.pk, actor=people.community_staff, reached=True, note="约好明天来")
    reply_issue(issue_id=issue.pk, actor=people.community_lead, text="换了灯头。")
    for step in (
        lambda: check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True),
        lambda: record_callback(
            issue_id=issue.pk, actor=people.community_staff, outcome="solved", satisfaction=5, words=""
        ),
    ):
        with pytest.raises(RuleError):
            step()
    issue.refresh_from_db()
    assert (issue.state, issue.checked_by_id, issue.called_back_by_id) == ("replied", None, None)
