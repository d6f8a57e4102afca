"""What the history of a case says, in the words of the office."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image

from governance.lifecycle import ISSUE_ANSWERED, ISSUE_CHECKED, ISSUE_REOPENED, State
from governance.models import TimelineEntry
from governance.models.issues import Audience
from governance.selectors.history import newest_first, staff_lines
from governance.selectors.wording import public_line_of
from governance.services.dispatch import Goal, dispatch_issue, return_issue, take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.photos import store_photo
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def titles_of(issue) -> list[str]:
    return [line.title for line in staff_lines(newest_first(issue.timeline.all()))]


def test_giving_it_to_somebody_else_is_no_return(client, district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    goal, why = Goal(unit=district.drainage), "灯没坏，是井盖"
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=goal, note=why, again=True)
    assert titles_of(issue)[:2] == ["改派给排水公司", "派给市政照明所"]
    assert staff_lines(newest_first(issue.timeline.all()))[0].text == why
    return_issue(issue_id=issue.pk, actor=people.other_clerk, reason="不归我们", basis="清单")
    assert titles_of(issue)[0].startswith("退回")


def test_the_form_says_that_a_reason_is_needed(client, district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    client.force_login(people.user("community_staff"))
    page = client.get(reverse("governance:issue-redispatch", args=[issue.number]))
    note = page.context["form"]["note"]
    assert (note.field.required, note.label) == (True, "为什么改派？")
    assert "选填" not in note.help_text


def test_what_the_resident_did_not_agree_to_is_not_offered(client, district, people):
    secret, told = make_issue(district.building), make_issue(district.building, is_public=True)
    client.force_login(people.user("community_staff"))
    pages = {
        issue: client.get(reverse("governance:issue-detail", args=[issue.number])).content.decode()
        for issue in (secret, told)
    }
    urls = {issue: reverse("governance:issue-publish", args=[issue.number]) for issue in (secret, told)}
    assert urls[secret] not in pages[secret]
    assert "不能看，居民没有同意" in pages[secret]
    assert urls[told] in pages[told]
    answer = client.post(urls[secret], {"shown": "yes"})
    assert (answer.status_code, "没有同意" in answer.content.decode()) == (422, True)


def test_photos_of_a_reply_are_not_the_residents(client, district, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    file = io.BytesIO()
    Image.new("RGB", (240, 180)).save(file, "JPEG")
    photo = store_photo(upload=io.BytesIO(file.getvalue()), size=len(file.getvalue()))
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头", photos=(photo,))
    client.force_login(people.user("community_staff"))
    page = client.get(reverse("governance:issue-detail", args=[issue.number]))
    assert page.context["numbers"].photos == 1
    assert not re.search(r"照片 \d+ 张", page.content.decode())


def test_the_way_down_to_a_case_names_the_compound(client, district, people):
    issue = make_issue(district.building)
    client.force_login(people.user("community_staff"))
    page = client.get(reverse("governance:issue-detail", args=[issue.number]))
    names = [crumb.name for crumb in page.context["crumbs"]]
    assert names[-2:] == [district.compound.name, "3 栋"]
    crumb = page.context["crumbs"][-2]
    listed = client.get(f"{reverse('governance:issue-list')}?{crumb.query}")
    assert [row.number for row in listed.context["rows"]] == [issue.number]


@pytest.mark.django_db
def test_everybody_reads_that_it_was_opened_again(district):
    """Whoever opened it again: who called, who looked, who asked; without their words."""
    issue = make_issue(district.building, is_public=True)
    for kind in (ISSUE_REOPENED, ISSUE_CHECKED, ISSUE_ANSWERED):
        entry = TimelineEntry(issue=issue, kind=kind, to_state=State.REOPENED, text="张某说没好", at=issue.submitted_at)
        entry.audience = Audience.REQUESTER
        assert (public_line_of(entry, issue).title, public_line_of(entry, issue).text) == ("重新打开", "")
