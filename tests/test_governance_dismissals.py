"""Unreasonable requests: two people dismiss, a third decides the appeal, and the resident reads all of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ISSUE_DISMISSED, State, Urgency
from governance.lifecycle.asking import Asked
from governance.models import Appeal, Category, Clock, Dismissal, DismissalReason, Dispatch, Issue
from governance.selectors.dismissals import dismissal_figures
from governance.selectors.public import joinable
from governance.selectors.today import today_of
from governance.services.answers import answer_issue
from governance.services.appeals import appeal_issue, decide_appeal
from governance.services.dismissing import decide_dismissal, lapse_dismissals, propose_dismissal
from governance.services.dispatch import return_issue, take_issue
from governance.services.handling import change_urgency
from governance.services.links import follow_path, follow_token
from governance.services.submit import submit_issue
from neighborhoods.actors import NOBODY
from neighborhoods.services.stamps import stamp_of
from tests.factories import UserFactory, make_issue, make_report

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
WORDS = "青蛙叫是自然现象，没有单位能办；关窗还吵的话可以找我们要隔音条。"


def proposed(issue, actor, **changes):
    return propose_dismissal(issue_id=issue.pk, actor=actor, **{"reason": "nature", "words": WORDS, **changes})


def dismissed(district, people) -> Issue:
    issue = make_issue(district.building)
    proposed(issue, people.community_staff)
    decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    return Issue.objects.get(pk=issue.pk)


def test_one_proposes_a_second_decides_a_third_looks_at_the_appeal(district, people):
    with time_machine.travel(MONDAY, tick=False):
        issue = make_issue(district.building)
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
        due = Issue.objects.get(pk=issue.pk).due_at
        proposed(issue, people.grid_worker)
        waits = Issue.objects.get(pk=issue.pk)
        assert (waits.state, waits.asked, waits.due_at) == (State.SIGNED, Asked.DISMISSAL, due)  # work goes on
        groups = {group.key: group for group in today_of(people.street_officer, MONDAY).groups}
        assert groups["decide"].count.number == 1
        for who in ("grid_worker", "community_lead", "far_officer", "district_duty"):
            with pytest.raises(NotAllowedError):
                decide_dismissal(issue_id=issue.pk, actor=getattr(people, who), agreed=True)
        with pytest.raises(RuleError):
            decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=False)
        decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
        gone = Issue.objects.get(pk=issue.pk)
        assert (gone.state, gone.asked, gone.due_at) == (State.DISMISSED, "", None)
        assert not Clock.objects.filter(issue=issue, ended_at=None).exists()
        assert not Dispatch.objects.filter(issue=issue, ended_at=None).exists()
        line = gone.timeline.get(kind=ISSUE_DISMISSED)
        assert line.text.startswith(WORDS)
        assert "自然现象" in line.reason
        assert Event.objects.filter(name=ISSUE_DISMISSED).count() == 1
    with time_machine.travel(MONDAY + timedelta(days=15), tick=False), pytest.raises(RuleError):
        appeal_issue(issue_id=issue.pk, words="晚了")
    with time_machine.travel(MONDAY + timedelta(days=14), tick=False):
        appeal_issue(issue_id=issue.pk, words="不是青蛙，是水泵")
        with pytest.raises(NotAllowedError):
            decide_appeal(issue_id=issue.pk, actor=people.street_officer, upheld=True, words="就是青蛙")
        decide_appeal(issue_id=issue.pk, actor=people.district_duty, upheld=False, words="派人夜里去听")
    again = Issue.objects.get(pk=issue.pk)
    assert (again.state, again.reopened_count, again.holder_area_id) == (State.DISPATCHED, 1, district.grid.pk)
    assert Dispatch.objects.filter(issue=issue, ended_at=None).count() == 1
    assert Dismissal.objects.get().appeal.outcome == "reopened"
    figures = dismissal_figures(MONDAY, MONDAY + timedelta(days=1))
    assert figures == (1, 1, 1, 0, 1, 0, 1)
    assert figures.standing == 0


def test_who_proposed_decides_nothing_and_upheld_is_the_end(district, people):
    issue = make_issue(district.community)  # on the desk of the community, proposed by the street's own holder
    Issue.objects.filter(pk=issue.pk).update(holder_area=district.street)
    proposed(issue, people.street_officer)
    with pytest.raises(NotAllowedError):
        decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    decide_dismissal(issue_id=issue.pk, actor=people.street_lead, agreed=True)
    appeal_issue(issue_id=issue.pk, words="不服")
    with pytest.raises(RuleError):
        decide_appeal(issue_id=issue.pk, actor=people.street_officer, upheld=True, words="就这样")
    decide_appeal(issue_id=issue.pk, actor=people.district_duty, upheld=True, words="看过材料，理由成立")
    assert Issue.objects.get(pk=issue.pk).state == State.DISMISSED
    with pytest.raises(RuleError):
        appeal_issue(issue_id=issue.pk, words="还是不服")
    assert Appeal.objects.get().outcome == "upheld"


def test_an_appeal_waits_on_the_desk_of_everybody_who_may_decide_it_and_of_nobody_else(district, people):
    issue = make_issue(district.community)
    Issue.objects.filter(pk=issue.pk).update(holder_area=district.street)
    proposed(issue, people.street_lead)
    decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    appeal_issue(issue_id=issue.pk, words="不服")

    def waits_for(actor):
        groups = {group.key: group.count.number for group in today_of(actor, timezone.now()).groups}
        return groups["decide"]

    assert [waits_for(people.district_duty), waits_for(people.street_officer), waits_for(people.street_lead)] == [
        1,
        0,
        0,
    ]


def test_nobody_joins_what_is_dismissed_unless_the_appeal_says_otherwise(client, district, people):
    issue = make_issue(district.building, is_public=True)
    Issue.objects.filter(pk=issue.pk).update(published_at=timezone.now())
    page = reverse("governance:public-detail", args=[issue.number])
    assert client.get(page).status_code == 200
    proposed(issue, people.community_staff)
    decide_dismissal(issue_id=issue.pk, actor=people.street_officer, agreed=True)
    appeal_issue(issue_id=issue.pk, words="不服")
    assert client.get(page).status_code == 404
    category = Category.objects.get(pk=issue.category_id)
    assert joinable(issue.number, category, stamp_of(district.building), at=timezone.now()) is None
    with pytest.raises(RuleError):
        submit_issue(actor=NOBODY, report=make_report(district.building, same_as=issue.pk))
    assert Issue.objects.get(pk=issue.pk).voices == 1
    follow = client.get(follow_path(issue)).content.decode()
    assert "如何申诉" not in follow
    decide_appeal(issue_id=issue.pk, actor=people.district_duty, upheld=True, words="理由成立")
    last = client.get(follow_path(issue)).content.decode()
    assert "不予办理，原因见下" in last
    assert "如何申诉" not in last


def test_what_is_never_dismissed_and_what_ends_a_proposal(district, people):
    staff = people.community_staff
    danger, plain = make_issue(district.building, category="IN05", is_danger=True), make_issue(district.building)
    Issue.objects.filter(pk=danger.pk).update(urgency="C")
    many, raised = make_issue(district.building), make_issue(district.building)
    make_issue(district.building, same_as=many.pk)
    waits = make_issue(district.building)
    proposed(waits, staff)
    for issue, urgencies in ((danger, "OS"), (raised, "COU"), (waits, "CO")):  # what it was once decides
        for urgency in urgencies:
            change_urgency(issue_id=issue.pk, actor=staff, urgency=Urgency(urgency), reason="看过")
    with pytest.raises(RuleError):
        decide_dismissal(issue_id=waits.pk, actor=people.street_officer, agreed=True)
    Dismissal.objects.all().delete()
    for issue in (danger, raised, many):
        with pytest.raises(RuleError):
            proposed(issue, staff)
    DismissalReason.objects.filter(code="law").update(valid_until=date(2022, 12, 31))
    for wrong in ({"reason": "law"}, {"reason": "nosuch"}, {"words": "  "}):
        with pytest.raises(RuleError):
            proposed(plain, staff, **wrong)
    with pytest.raises(NotAllowedError):
        proposed(plain, people.outsider)
    assert not Dismissal.objects.exists()
    proposed(plain, staff)
    with pytest.raises(RuleError):  # one thing at a time
        proposed(plain, people.community_lead)
    decide_dismissal(issue_id=plain.pk, actor=people.street_lead, agreed=False, words="要去现场听一听")
    take_issue(issue_id=plain.pk, actor=people.grid_worker)
    proposed(plain, people.grid_worker)
    return_issue(issue_id=plain.pk, actor=people.grid_worker, reason="不归我们", basis="清单")
    assert Issue.objects.get(pk=plain.pk).asked == ""
    assert (lapse_dismissals(), lapse_dismissals()) == (1, 0)
    assert [row.outcome for row in Dismissal.objects.all()] == ["refused", "lapsed"]


def test_pages_from_the_proposal_to_the_appeal(client, district, people):
    issue = make_issue(district.building)
    address = reverse("governance:issue-dismiss", args=[issue.number])
    client.force_login(people.user("community_staff"))
    assert "自然现象" in client.get(address).content.decode()
    assert client.post(address, {"reason": "nature", "words": ""}).status_code == 422
    assert client.post(address, {"reason": "nature", "words": WORDS}).status_code == 303
    decide = reverse("governance:issue-decide-dismissal", args=[issue.number])
    assert client.get(decide).status_code == 403
    client.force_login(people.user("street_officer"))
    assert WORDS in client.get(decide).content.decode()
    assert client.post(decide, {"agreed": "no", "words": ""}).status_code == 422
    assert client.post(decide, {"agreed": "yes", "words": ""}).status_code == 303
    client.logout()
    follow, appeal = f"/f/{follow_token(issue)}/", f"/f/{follow_token(issue)}/appeal/"
    page = client.get(follow).content.decode()
    for part in (WORDS, "自然现象", "不是任何单位能够办理的事项", appeal):
        assert part in page
    assert client.post(appeal, {"reason": ""}).status_code == 422
    client.force_login(people.user("community_staff"))  # signed in and at work on it
    assert client.post(appeal, {"reason": "不是青蛙"}).status_code == 422
    client.logout()
    assert client.post(appeal, {"reason": "不是青蛙，是水泵"}).status_code == 303
    assert client.post(appeal, {"reason": "不是青蛙，是水泵"}).status_code == 303  # sent twice
    waiting = client.get(follow).content.decode()
    assert appeal not in waiting
    assert "街道" in waiting
    client.force_login(people.user("street_lead"))
    third = reverse("governance:issue-decide-appeal", args=[issue.number])
    seen = client.get(third).content.decode()
    assert "不是青蛙，是水泵" in seen
    assert WORDS in seen
    assert client.post(third, {"upheld": "yes", "words": "夜里去听过，确实是青蛙"}).status_code == 303
    client.logout()
    last = client.get(follow).content.decode()
    assert "夜里去听过，确实是青蛙" in last
    assert "12345" in last
    assert appeal not in last


def test_a_reason_that_was_used_can_only_end(client, district, people):
    issue = dismissed(district, people)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    reason = Dismissal.objects.get(issue=issue).reason
    change = reverse("admin:governance_dismissalreason_change", args=[reason.pk])
    sent = {"name_zh": "别的", "basis_zh": "别的", "valid_until": timezone.localdate().isoformat(), "order": "5"}
    assert client.post(change, sent).status_code == 302
    reason.refresh_from_db()
    assert reason.name_zh != "别的"
    assert reason.valid_until == timezone.localdate()


def test_whoever_joined_may_appeal_against_a_refusal_in_words_only_staff_read(district, people):
    first = make_issue(district.building)
    second = make_issue(district.building, same_as=first.pk)
    at = timezone.now()
    Issue.objects.filter(pk=first.pk).update(
        state=State.CLOSED_EXPLAINED,
        closed_at=at,
        refused_by_id=people.street_officer.user_id,
        appeal_until=at + timedelta(days=15),
    )
    with pytest.raises(RuleError, match="申诉"):  # not past whoever refused
        answer_issue(issue_id=second.pk, solved=False, satisfaction=None, words="没好")
    appeal_issue(issue_id=second.pk, words="我这里还是没水")
    assert Issue.objects.get(pk=first.pk).state == State.APPEALED
    assert first.timeline.get(kind="issue.appealed").audience == 0
    assert second.timeline.get(kind="issue.appealed").audience == 1
    with pytest.raises(RuleError):
        appeal_issue(issue_id=first.pk, words="我也不服")
    decide_appeal(issue_id=first.pk, actor=people.street_lead, upheld=False, words="再去看")
    assert Issue.objects.get(pk=first.pk).state == State.DISPATCHED


def test_the_list_says_who_why_and_what_came_of_it(client, district, people, django_assert_max_num_queries):
    gone, waits = dismissed(district, people), make_issue(district.building)
    proposed(waits, people.community_lead)
    far = make_issue(district.far_building)
    proposed(far, people.outsider)
    appeal_issue(issue_id=gone.pk, words="不服")
    decide_appeal(issue_id=gone.pk, actor=people.street_lead, upheld=True, words="看过了")
    address = reverse("governance:dismissal-list")
    for who in ("community_staff", "street_officer", "district_duty"):
        client.force_login(people.user(who))
        with django_assert_max_num_queries(12):
            page = client.get(address).content.decode()
        assert (far.number in page) == (who == "district_duty")
        for said in (gone.number, waits.number, people.community_staff.label, people.street_officer.label):
            assert said in page
        assert "自然现象" in page
        assert "维持" in page
        with django_assert_max_num_queries(12):
            assert address in client.get(reverse("governance:whistle-figures")).content.decode()
    for who in ("grid_worker", "department_clerk", "system_admin"):
        client.force_login(people.user(who))
        assert client.get(address).status_code == 403
    client.force_login(people.user("grid_worker"))
    assert address not in client.get(reverse("governance:whistle-figures")).content.decode()
