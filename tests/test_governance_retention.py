"""What is no longer needed is no longer kept, and what is still needed is."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from core.masking import BLOCK
from core.models import Event, OutboxMessage
from governance.lifecycle import CONTACT_ERASED, State
from governance.models import Contact, Issue, TimelineEntry
from governance.services import answers, dispatch, handling
from governance.services.following import withdraw_issue
from governance.services.retention import apply_retention, expire_links
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(("hidden", "erased", "cleaned", "rolls", "photos", "tables", "codes"), 0)
HIDE, ERASE = timedelta(days=settings.CONTACT_HIDE_DAYS), timedelta(days=settings.CONTACT_ERASE_DAYS)


def age(issue, **times):
    """As if it had been closed that long ago."""
    Issue.objects.filter(pk=issue.pk).update(**times)
    Contact.objects.update(created_at=timezone.now() - timedelta(days=9999))


@pytest.fixture
def closed(district, people):
    issue = make_issue(
        district.building, text="灯不亮，打13800000005，身份证430902195001010010", place_note="找13800000005"
    )
    worker = people.grid_worker
    dispatch.take_issue(issue_id=issue.pk, actor=worker)
    handling.log_contact(issue_id=issue.pk, actor=worker, reached=True, note="号码１３８０００００００５")
    handling.reply_issue(issue_id=issue.pk, actor=worker, text="修好了，有事打13800000006")
    answers.answer_issue(issue_id=issue.pk, solved=True, satisfaction=5, words="谢谢，我是13800000005")
    return Issue.objects.get(pk=issue.pk)


def test_contact_is_hidden_after_a_year_and_not_before(closed):
    at = timezone.now()
    age(closed, closed_at=at - HIDE + timedelta(seconds=1))
    assert apply_retention(at=at)["hidden"] == 0
    age(closed, closed_at=at - HIDE)
    assert apply_retention(at=at) == NOTHING | {"hidden": 1}
    assert apply_retention(at=at)["hidden"] == 0
    contact = Contact.objects.get()
    assert (contact.hidden_at, contact.phone) == (at, "10000000005")


def test_after_three_years_nothing_personal_is_left(closed):
    at = timezone.now()
    age(closed, closed_at=at - ERASE)
    assert apply_retention(at=at) == NOTHING | {"hidden": 1, "erased": 1, "cleaned": 1}
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.door, contact.phone_hash, contact.tail_hash) == (
        None,
        None,
        None,
        "",
        "",
    )
    issue = Issue.objects.get()
    assert issue.text == f"灯不亮，打{BLOCK}，身份证{BLOCK}"
    texts = [issue.place_note, *TimelineEntry.objects.values_list("text", flat=True)]
    texts += [issue.replies.get().text, issue.callbacks.get().words, issue.contact_logs.get().note]
    assert not [text for text in texts if "0000" in text or "００００" in text]
    event = Event.objects.get(name=CONTACT_ERASED)
    assert OutboxMessage.objects.filter(event=event).exists()
    assert apply_retention(at=at) == NOTHING


def test_open_cases_and_whoever_joined_them_keep_their_contacts(district, people):
    at = timezone.now()
    parent = make_issue(district.building)
    child = make_issue(district.building, same_as=parent.pk, phone="10000000006")
    age(child, closed_at=at - 2 * ERASE)
    assert apply_retention(at=at) == NOTHING
    withdrawn_at = at - HIDE
    age(parent, closed_at=withdrawn_at, state=State.WITHDRAWN)
    assert apply_retention(at=at)["hidden"] == 2


def test_case_without_contact_is_cleaned_too(district, people):
    at, issue = timezone.now(), make_issue(district.building, name="", phone="", text="电话 138-0000-0005")
    withdraw_issue(issue_id=issue.pk)
    age(issue, closed_at=at - ERASE)
    assert apply_retention(at=at)["cleaned"] == 1
    assert Issue.objects.get().text == f"电话 {BLOCK}"


def test_links_end_with_the_case_they_belong_to(district, people):
    at = timezone.now()
    parent = make_issue(district.building)
    child = make_issue(district.building, same_as=parent.pk)
    expire_links(at=at)
    assert Issue.objects.filter(follow_expires_at=None).count() == 2
    ends = at + timedelta(days=100)
    age(parent, closed_at=at, state=State.WITHDRAWN, follow_expires_at=ends)
    assert expire_links(at=at) == 1
    assert expire_links(at=at) == 0
    assert Issue.objects.get(pk=child.pk).follow_expires_at == ends
    age(parent, closed_at=None, state=State.SUBMITTED, follow_expires_at=None)
    expire_links(at=at)
    assert Issue.objects.get(pk=child.pk).follow_expires_at is None
    age(parent, closed_at=at, state=State.WITHDRAWN, follow_expires_at=None)
    assert expire_links(at=at) >= 1
    assert Issue.objects.get(pk=parent.pk).follow_expires_at == at + timedelta(days=settings.FOLLOW_LINK_DAYS)
