"""What the pages of votes offer: nothing that would be refused, and what was changed in words."""

import pytest
from django.urls import reverse

from governance.decisions import Choice, Weight
from governance.forms.votes import SecretPilesForm
from governance.models import DecisionRule
from governance.services.voting import counting, motions
from tests.votes import TEXT, held_meeting, make_motion, make_vote, on_paper, rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, people):
    client.force_login(people.user("community_staff"))
    return client


@pytest.fixture
def vote(district, people):
    return make_vote(district.branch, people.community_staff)


def page(name, *args):
    return reverse(f"governance:{name}", args=args)


def test_what_was_counted_again_is_not_asked_for_anew(desk, people, vote):
    on_paper(vote, people.community_staff, yes=[1, 2, 3], no=[4])
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.ask_recount(motion_id=vote.pk, actor=people.street_officer, reason="有人提出")
    papers = {Choice.FOR: Weight(3), Choice.AGAINST: Weight(1)}
    counting.recount_motion(motion_id=vote.pk, actor=people.community_lead, paper=papers)
    assert page("motion-ask-recount", vote.pk) not in desk.get(page("motion-detail", vote.pk)).content.decode()


def test_only_rules_that_count_what_the_frozen_list_counts_are_offered(desk, vote):
    form = desk.get(page("motion-new", vote.meeting.number, vote.item_id)).context["form"]
    offered = {int(value) for value, _label in form.fields["rule"].choices}
    assert offered
    assert {rule.base for rule in DecisionRule.objects.filter(pk__in=offered)} == {vote.meeting.voters.base}


def test_a_number_below_nothing_is_said_in_plain_words():
    form = SecretPilesForm({"voted": "1", "yes": "-1", "no": "2", "abstain": "0"})
    assert form.errors["yes"] == ["不能小于 0。"]


def test_ending_a_vote_asks_first_whether_the_papers_are_in(desk, vote):
    assert f'href="{page("motion-close", vote.pk)}"' in desk.get(page("motion-detail", vote.pk)).content.decode()
    assert "请先录完纸票" in desk.get(page("motion-close", vote.pk)).content.decode()


def test_a_change_of_the_rule_alone_says_what_the_rule_was(desk, people, district):
    meeting = held_meeting(district.branch)
    motion = make_motion(meeting, people.community_staff)
    wording = motions.Wording(TEXT, rule_of("poll").pk, is_secret=False)
    motions.amend_motion(motion_id=motion.pk, actor=people.community_staff, wording=wording)
    assert rule_of("council").name_zh in desk.get(page("motion-detail", motion.pk)).content.decode()
