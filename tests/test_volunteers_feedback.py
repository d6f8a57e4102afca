"""The year's page for an employer: facts only, the member first, sealed, a link that ends, and no door besides."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from tests.checkin_steps import december, feedback_in, here, post, served
from tests.factories import UserFactory
from volunteers.lifecycle.feedback import FEEDBACK_FITS, FEEDBACK_LOOKS, FEEDBACK_MOVES, FeedbackState, year_in_window
from volunteers.models import EmployerFeedback
from volunteers.services.checkins import feedback, posts
from volunteers.services.checkins.sweep import draft_due

pytestmark = pytest.mark.django_db
F = FeedbackState


@pytest.fixture
def account():
    return UserFactory(name="张小明")


def test_every_step_in_every_state(district, people, account):
    assert set(FEEDBACK_MOVES) == set(FEEDBACK_LOOKS) == set(F)
    lead, own = people.community_lead, actor_for(account)
    steps = {
        "redraft": lambda pk: feedback.redraft(feedback_id=pk, actor=lead),
        "agree": lambda pk: feedback.agree(feedback_id=pk, actor=own),
        "withhold": lambda pk: feedback.withhold(feedback_id=pk, actor=own),
        "issue": lambda pk: feedback.issue(feedback_id=pk, actor=lead),
    }
    with december():
        checkin = here(district, people, user=account)
        for state in F:
            outer = transaction.savepoint()
            page = feedback_in(checkin, state, people, own)
            assert page.state == state
            for verb, run in steps.items():
                point = transaction.savepoint()
                before = (EmployerFeedback.objects.values().get(pk=page.pk), Event.objects.count())
                if state in FEEDBACK_FITS[verb]:
                    run(page.pk)
                    now = EmployerFeedback.objects.get(pk=page.pk).state
                    assert now in {*FEEDBACK_MOVES[state], state}, (verb, state)
                else:
                    with pytest.raises(RuleError):
                        run(page.pk)
                    now = (EmployerFeedback.objects.values().get(pk=page.pk), Event.objects.count())
                    assert now == before, (verb, state)
                transaction.savepoint_rollback(point)
            transaction.savepoint_rollback(outer)


def test_facts_only_and_the_member_first(client, district, people, account):
    lead, own = people.community_lead, actor_for(account)
    with december():
        checkin = here(district, people, user=account)
        posts.take_post(post_id=post(district, people).pk, checkin_id=checkin.pk, actor=own)
        type(checkin).objects.update(accepted_at=timezone.now() - timedelta(days=1))
        served(checkin, district, people)
        for actor in (people.branch_secretary, people.outsider, people.department_clerk, people.street_lead):
            with pytest.raises(NotAllowedError):
                feedback.draft(checkin_id=checkin.pk, actor=actor)
        assert draft_due(at=timezone.now()) == 1
        assert draft_due(at=timezone.now()) == 0
        page = EmployerFeedback.objects.get()
        assert set(page.body) == {
            "year", "branch", "employer", "since", "services", "minutes", "content", "posts", "issuer", "contact",
        }  # fmt: skip
        assert (page.body["services"], page.body["minutes"], page.body["posts"]) == (1, 120, ["陪老人看病"])
        assert page.body["content"] == [["楼道清洁", 1, 120]]  # the activity, not what was typed
        with pytest.raises(RuleError):  # once a person and year
            feedback.draft(checkin_id=checkin.pk, actor=lead)
        with pytest.raises(RuleError):  # not before they agreed
            feedback.issue(feedback_id=page.pk, actor=lead)
        with pytest.raises(IntegrityError), transaction.atomic():
            EmployerFeedback.objects.update(state=F.ISSUED, issued_at=timezone.now())
        for actor in (lead, people.community_staff, people.branch_secretary, people.outsider):
            with pytest.raises(NotAllowedError):  # somebody with an account answers for themselves
                feedback.agree(feedback_id=page.pk, actor=actor)
        feedback.agree(feedback_id=page.pk, actor=own, comment="谢谢社区")
        with pytest.raises(NotAllowedError):
            feedback.issue(feedback_id=page.pk, actor=own)
        served(checkin, district, people, hours=0.9, length=0.5)
        with pytest.raises(RuleError):  # the records say something else by now
            feedback.issue(feedback_id=page.pk, actor=lead)
        feedback.redraft(feedback_id=page.pk, actor=lead)
        assert EmployerFeedback.objects.get().state == F.DRAFTED
        feedback.agree(feedback_id=page.pk, actor=own, comment="谢谢社区")
        issued = feedback.issue(feedback_id=page.pk, actor=lead)
        assert feedback.fingerprint_of(issued) == issued.fingerprint
        _link_opens_until_it_ends(client, issued, own)


def _link_opens_until_it_ends(client, issued, own) -> None:
    address = reverse("volunteers:feedback-link", args=[feedback.token_for(issued)])
    shown = client.get(address)
    assert shown.status_code == 200
    assert "张小明" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert client.get(reverse("volunteers:feedback-link", args=["0000-0000-0000"])).status_code == 404
    EmployerFeedback.objects.update(comment="改了")  # whoever touched the row broke the seal
    assert "张小明" not in client.get(address).content.decode()
    EmployerFeedback.objects.update(comment="谢谢社区", link_until=timezone.now() - timedelta(minutes=1))
    assert client.get(address).status_code == 404
    EmployerFeedback.objects.update(link_until=timezone.now() + timedelta(days=1))
    feedback.withhold(feedback_id=issued.pk, actor=own)
    assert client.get(address).status_code == 404


def test_the_weeks_of_the_page(district, people):
    lead = people.community_lead
    checkin = here(district, people)
    today = timezone.localdate()
    wanted = {12: today.year, 1: today.year - 1}
    for month in range(1, 13):
        assert year_in_window(today.replace(month=month, day=15)) == wanted.get(month)
    if year_in_window(today) is None:
        with pytest.raises(RuleError):
            feedback.draft(checkin_id=checkin.pk, actor=lead)
    with december():  # of somebody without an account the desk writes the answer down
        page = feedback_in(checkin, F.ISSUED, people, lead)
        assert page.answered_to_label == lead.label
        residents.erase_resident(actor=lead, resident_id=checkin.resident_id)
        page.refresh_from_db()
        assert (page.state, page.name, page.body, page.digest) == (F.WITHHELD, None, {}, "")


def test_an_employer_has_no_page(client, district, people, account):
    """Whoever works in a unit, whatever post they hold there: no list, no member, no page but the one in their hand."""
    with december():
        checkin = here(district, people, user=account)
        page = feedback_in(checkin, F.ISSUED, people, actor_for(account))
        duty = post(district, people)
        mine = {"my-checkin", "my-checkin-apply", "member-branches", "member-branch"}  # everybody's own, or public
        addresses = {
            "checkin-list": [], "checkin-new": [], "post-list": [], "post-new": [],
            "checkin-detail": [checkin.number], "checkin-revise": [checkin.number], "post-detail": [duty.pk],
            "feedback-sheet": [page.number], "feedback-word": [page.number], "feedback-issue": [page.number],
        }  # fmt: skip
        for who in ("department_clerk", "other_clerk"):
            client.force_login(people.user(who))
            for name, args in addresses.items():
                response = client.get(reverse(f"volunteers:{name}", args=args))
                assert response.status_code in {403, 404}, (who, name)
            for name in mine - {"member-branch"}:
                body = client.get(reverse(f"volunteers:{name}"), follow=True).content.decode()
                assert checkin.number not in body
                assert "市第三中学" not in body
            desk = client.get("/desk/").content.decode()
            assert "/desk/checkins/" not in desk
        client.force_login(people.user("community_lead"))  # and nobody looks members up by their employer
        for query in ("?employer=市第三中学", "?words=市第三中学"):
            listed = client.get(f"/desk/checkins/{query}").content.decode()
            assert "市第三中学" not in listed.replace('value="市第三中学"', "").split("<main", 1)[1]
