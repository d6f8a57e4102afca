"""The pages of votes: who opens them, what they write, and that they ask little of the database."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.decisions import Base, Choice, Outcome
from governance.lifecycle.meetings import MeetingKind, MeetingState
from governance.lifecycle.motions import MotionState
from governance.models import Ballot, Entitled, EntitledList, Meeting, Minutes, Motion
from governance.services.voting import counting, motions
from governance.services.voting.links import vote_token
from tests.votes import (
    TEXT,
    cast,
    entry,
    held_meeting,
    make_item,
    make_motion,
    make_vote,
    make_voters,
    on_paper,
    put,
    rule_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, people):
    client.force_login(people.user("community_staff"))
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def phone(client):
    return client


@pytest.fixture
def vote(district, people):
    return make_vote(district.branch, people.community_staff)


def page(name, *args):
    return reverse(f"governance:{name}", args=args)


def link(motion, position=1):
    return vote_token(entry(motion, position))


# ---- the list ----
def test_a_list_is_looked_through_and_then_written(desk, district):
    meeting = held_meeting(district.branch)
    url = page("voter-list", meeting.number)
    sent = {"base": "households", "text": "6栋101,张小明\n6栋102,李某"}
    looked = desk.post(url, sent)
    assert looked.status_code == 200
    assert "6栋101 张*明" in looked.content.decode()
    assert "张小明" in looked.content.decode()  # in the box, to be put right there
    assert not EntitledList.objects.exists()
    assert desk.post(url, {**sent, "write": "1"}).status_code == 303
    assert Entitled.objects.count() == 2
    assert "张小明" not in desk.get(url).content.decode()


def test_a_list_with_a_mistake_is_not_written(desk, district):
    meeting = held_meeting(district.branch)
    sent = {"base": "households", "text": "6栋101,张某\n6栋101,李某", "write": "1"}
    answer = desk.post(page("voter-list", meeting.number), sent)
    assert answer.status_code == 422
    assert not EntitledList.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_is_a_list(desk, district, encoding):
    meeting = held_meeting(district.branch)
    file = SimpleUploadedFile("名单.csv", "门牌,姓名,面积\n6栋101,张某,89.50\n".encode(encoding))
    answer = desk.post(page("voter-list", meeting.number), {"base": Base.AREA, "file": file, "text": ""})
    assert answer.status_code == 200
    assert "89.50" in answer.content.decode()


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"\xff\xfe\x00\x01" * 9, b""])
def test_what_is_no_csv_is_said(desk, district, raw):
    meeting = held_meeting(district.branch)
    file = SimpleUploadedFile("x.csv", raw)
    answer = desk.post(page("voter-list", meeting.number), {"base": Base.HEADS, "file": file, "text": ""})
    assert answer.status_code == 422


def test_freezing_thawing_and_noting_who_came(desk, district, people):
    meeting = held_meeting(district.branch)
    desk.post(page("voter-list", meeting.number), {"base": "households", "text": "101\n102\n103", "write": "1"})
    desk.post(page("voter-freeze", meeting.number))
    assert EntitledList.objects.get().is_frozen
    desk.post(page("voter-came", meeting.number), {"came": "1 3"})
    assert Entitled.objects.exclude(came_at=None).count() == 2
    for wrong in ("1 9", "eins", ""):
        assert desk.post(page("voter-came", meeting.number), {"came": wrong}).status_code == 422
    desk.post(page("voter-roll", meeting.number))
    desk.post(page("voter-thaw", meeting.number))
    assert not EntitledList.objects.get().is_frozen


def test_slips_carry_links_and_are_not_kept(desk, vote):
    answer = desk.get(page("voter-slips", vote.meeting.number))
    assert link(vote, 3) in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    renewed = desk.post(page("voter-renew", vote.meeting.number, 3))
    assert renewed.url.endswith("?only=3")
    only = desk.get(renewed.url).content.decode()
    assert link(vote, 3) in only
    assert link(vote, 2) not in only


def test_no_slips_before_the_list_is_frozen(desk, district):
    meeting = held_meeting(district.branch)
    assert desk.get(page("voter-slips", meeting.number)).status_code == 404
    assert desk.get(page("voter-ballots", meeting.number)).status_code == 404


def test_a_secret_paper_ballot_has_no_number(desk, district, people):
    open_vote = make_vote(district.branch, people.community_staff)
    shown = desk.get(page("voter-ballots", open_vote.meeting.number)).content.decode()
    assert "6 栋 1 号" in shown
    secret = make_vote(district.branch, people.community_staff, is_secret=True)
    assert "6 栋 1 号" not in desk.get(page("voter-ballots", secret.meeting.number)).content.decode()


# ---- the motion ----
def test_from_motion_to_outcome_on_the_desk(desk, district, people):
    meeting = held_meeting(district.branch)
    make_voters(meeting, people.community_staff)
    item = make_item(meeting)
    made = desk.post(
        page("motion-new", meeting.number, item.pk), {"text": TEXT, "rule": rule_of("council").pk, "proposer": "冯某"}
    )
    motion = Motion.objects.get()
    assert made.url == page("motion-detail", motion.pk)
    desk.post(page("motion-second", motion.pk), {"seconder": "李某"})
    desk.post(page("motion-open", motion.pk))
    refused = desk.post(page("motion-type", motion.pk), {"yes": "1 2 99", "no": "", "abstain": ""})
    assert refused.status_code == 422
    assert "99" in refused.content.decode()
    desk.post(page("motion-type", motion.pk), {"yes": "1-3", "no": "4", "abstain": ""})
    shown = desk.get(page("motion-detail", motion.pk)).content.decode()
    assert "5 × 2 ÷ 3 ≈ 3.33" in shown
    assert "every 10s" in shown
    desk.post(page("motion-close", motion.pk))
    desk.post(page("motion-decide", motion.pk))
    motion.refresh_from_db()
    assert motion.outcome == Outcome.PASSED
    shown = desk.get(page("motion-detail", motion.pk)).content.decode()
    assert "every 10s" not in shown
    assert re.search(r"3 ≥ 3", shown)


def test_the_running_sum_alone_is_fetched_again(desk, vote):
    part = desk.get(page("motion-detail", vote.pk), headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "motion-sum" in part


def test_a_secret_vote_shows_no_running_sum(desk, district, people):
    secret = make_vote(district.branch, people.community_staff, is_secret=True)
    cast(secret, 1, Choice.FOR)
    shown = desk.get(page("motion-detail", secret.pk)).content.decode()
    assert "mu-sum" not in shown
    desk.post(page("motion-type-secret", secret.pk), {"voted": "2 3", "yes": 1, "no": 1, "abstain": 0})
    assert Ballot.objects.count() == 3
    assert desk.get(page("motion-type", secret.pk)).status_code == 302  # does not fit


def test_counts_that_differ_are_shown_side_by_side(desk, people, vote):
    put_to = put_recounting(vote, people)
    desk.force_login(people.user("community_lead"))
    desk.post(page("motion-recount", put_to.pk), {"yes": 2, "no": 2, "abstain": 0})
    shown = desk.get(page("motion-detail", put_to.pk)).content.decode()
    assert 'role="alert"' in shown
    assert shown.count('<tr><th scope="row">1</th>') == 1
    assert f'href="{page("motion-recount", put_to.pk)}"' not in shown  # who has counted does not count again
    assert "请别人再数" in shown
    refused = desk.post(page("motion-recount", put_to.pk), {"yes": 3, "no": 1, "abstain": 0})
    assert refused.status_code == 422


def put_recounting(vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2, 3], no=[4])
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.ask_recount(motion_id=vote.pk, actor=people.street_officer, reason="有人提出")
    vote.refresh_from_db()
    return vote


def test_too_few_can_be_put_on_the_next_meeting(desk, vote, people):
    on_paper(vote, people.community_staff, yes=[1])
    desk.post(page("motion-close", vote.pk))
    desk.post(page("motion-decide", vote.pk))
    shown = desk.get(page("motion-detail", vote.pk)).content.decode()
    assert page("motion-carry", vote.pk) in shown
    desk.post(page("motion-carry", vote.pk))
    vote.item.refresh_from_db()
    assert vote.item.outcome == "carried"


def test_a_void_vote_is_put_again_from_its_page(desk, vote, people):
    put_recounting(vote, people)
    desk.post(page("motion-void", vote.pk), {"reason": "票数对不上"})
    shown = desk.get(page("motion-detail", vote.pk)).content.decode()
    again = f"{page('motion-new', vote.meeting.number, vote.item_id)}?again={vote.pk}"
    assert again in shown
    assert TEXT in desk.get(again).content.decode()
    desk.post(again, {"text": TEXT, "rule": vote.rule_id})
    assert Motion.objects.get(replaces=vote).state == MotionState.PROPOSED
    assert desk.get(f"{page('motion-new', vote.meeting.number, vote.item_id)}?again=x").status_code == 200


def test_a_step_that_was_taken_meanwhile_says_so(desk, vote, people):
    put_recounting(vote, people)
    late = desk.post(page("motion-close", vote.pk))
    assert late.status_code == 422
    assert 'role="alert"' in late.content.decode()


@pytest.mark.parametrize("state", list(MotionState))
def test_the_page_of_a_motion_in_every_state(desk, district, people, state, django_assert_max_num_queries):
    meeting = held_meeting(district.branch)
    make_voters(meeting, people.community_staff)
    motion = put(make_motion(meeting, people.community_staff), state, people)
    desk.get(page("motion-detail", motion.pk))
    with django_assert_max_num_queries(12):
        assert desk.get(page("motion-detail", motion.pk)).status_code == 200


@pytest.mark.parametrize("number", [3, 150])
def test_the_list_asks_at_most_twelve_statements(desk, district, people, number, django_assert_max_num_queries):
    meeting = held_meeting(district.branch)
    make_voters(meeting, people.community_staff, number)
    for _time in range(3):
        make_motion(meeting, people.community_staff)
    desk.get(page("voter-list", meeting.number))
    with django_assert_max_num_queries(12):
        assert desk.get(page("voter-list", meeting.number)).status_code == 200


# ---- the phone ----
def test_voting_on_a_phone(phone, vote):
    token = link(vote)
    assert TEXT in phone.get(page("vote", token)).content.decode()
    form = page("vote-cast", token, vote.order)
    assert phone.post(form, {}).status_code == 422
    check = phone.post(form, {"choice": "for"})
    assert check.status_code == 200
    assert not Ballot.objects.exists()
    changed = phone.post(form, {"choice": "for", "change": "1"})
    assert "checked" not in changed.content.decode()
    sent = phone.post(form, {"choice": "against", "send": "1"})
    assert sent.url == page("vote-receipt", token, vote.order)
    ballot = Ballot.objects.get()
    assert (ballot.choice, ballot.how) == (Choice.AGAINST, "online")
    assert phone.get(sent.url).status_code == 200
    assert phone.get(form).url == sent.url  # the ballot stands
    again = phone.post(form, {"choice": "for", "send": "1"}, follow=True)
    assert again.redirect_chain[-1][0] == sent.url
    assert "只计第一次" in again.content.decode()
    assert Ballot.objects.get().choice == Choice.AGAINST


def test_what_was_said_in_secret_is_not_on_the_receipt(phone, district, people):
    secret = make_vote(district.branch, people.community_staff, is_secret=True)
    form = page("vote-cast", link(secret), secret.order)
    receipt = phone.post(form, {"choice": "against", "send": "1"}, follow=True).content.decode()
    assert "反对" not in receipt


def test_a_poll_says_that_it_is_advice(phone, vote, district, people):
    assert "仅供参考" in phone.get(page("vote-cast", link(vote), vote.order)).content.decode()
    assembly = make_vote(district.community, people.community_staff, "assembly", kind=MeetingKind.ASSEMBLY)
    assert "仅供参考" not in phone.get(page("vote-cast", link(assembly), assembly.order)).content.decode()


def test_a_private_page_is_not_kept(phone, vote):
    answer = phone.get(page("vote", link(vote)))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_links_that_lead_nowhere(phone, vote, people):
    assert phone.get(page("vote", "0000-0000-0000")).status_code == 404
    EntitledList.objects.update(links_until="2020-01-01T00:00:00Z")
    assert phone.get(page("vote", link(vote))).status_code == 410
    assert phone.get(page("vote-cast", link(vote), vote.order)).status_code == 410


def test_a_motion_that_nobody_votes_on_yet_is_not_shown(phone, district, people):
    meeting = held_meeting(district.branch)
    make_voters(meeting, people.community_staff)
    motion = make_motion(meeting, people.community_staff)
    assert TEXT not in phone.get(page("vote", link(motion))).content.decode()
    assert phone.get(page("vote-cast", link(motion), motion.order)).status_code == 404


def test_a_ballot_after_the_end_says_so(phone, vote, people):
    form = page("vote-cast", link(vote), vote.order)
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    late = phone.post(form, {"choice": "for", "send": "1"})
    assert late.status_code == 422
    assert "来晚了" in late.content.decode()
    assert not Ballot.objects.exists()


def test_the_pages_of_a_voter_ask_little(phone, vote, django_assert_max_num_queries):
    token = link(vote)
    for url in (page("vote", token), page("vote-cast", token, vote.order)):
        phone.get(url)
        with django_assert_max_num_queries(8):
            assert phone.get(url).status_code == 200


def test_whoever_is_signed_in_finds_their_votes(client, vote, people, district):
    client.force_login(people.user("nobody"))
    assert "v/" not in client.get(page("votes-mine")).content.decode()
    meeting = held_meeting(district.branch)
    from governance.services.voting import voters
    from governance.services.voting.reading import Voter

    account = people.user("nobody").pk
    listed = [Voter("6 栋 1 号", "张某", user_id=account), Voter("6 栋 2 号", "李某")]
    voters.list_voters(meeting_id=meeting.pk, actor=people.community_staff, base="households", voters=listed)
    voters.freeze_voters(meeting_id=meeting.pk, actor=people.community_staff)
    mine = Entitled.objects.get(user_id=account)
    assert page("vote", vote_token(mine)) in client.get(page("votes-mine")).content.decode()
    for door in ("meeting-public-list", "desk-today"):  # whoever holds no post finds the way too
        assert page("votes-mine") in client.get(page(door)).content.decode()
    client.logout()
    assert page("votes-mine") not in client.get(page("meeting-public-list")).content.decode()


def test_results_are_public_once_the_meeting_is_published(client, vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2, 3], no=[4])
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    url = page("vote-results", vote.meeting.number)
    assert client.get(url).status_code == 404
    at = vote.proposed_at
    Meeting.objects.filter(pk=vote.meeting_id).update(
        state=MeetingState.PUBLISHED, held_at=at, minutes_confirmed_at=at, published_at=at, withdraw_on="2999-01-01"
    )
    shown = client.get(url).content.decode()
    assert "3 ≥ 3" in shown
    assert "张" not in shown
    assert page("meeting-public", vote.meeting.number) in shown
    client.force_login(people.user("community_staff"))
    minutes = page("meeting-minutes-sheet", vote.meeting.number)  # linked from the motion, once they are confirmed
    assert minutes not in client.get(page("motion-detail", vote.pk)).content.decode()
    Minutes.objects.create(
        meeting=vote.meeting, version=1, saved_at=at, fingerprint="a", body={}, confirmed_at=at, confirmed_by_id=1
    )
    assert minutes in client.get(page("motion-detail", vote.pk)).content.decode()
    client.logout()
    Meeting.objects.filter(pk=vote.meeting_id).update(withdraw_on="2020-01-01")
    assert client.get(url).status_code == 404
