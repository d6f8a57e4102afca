"""The list of voters and the motion until people vote (governance/services/voting)."""

from decimal import Decimal

import pytest
from django.contrib.admin import site
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.errors import NotAllowedError, RuleError
from governance.decisions import Base
from governance.lifecycle.meetings import MeetingKind, Presence
from governance.lifecycle.motions import MotionState
from governance.models import Attendance, DecisionRule, Entitled, EntitledList, Motion
from governance.services.voting import motions, voters
from governance.services.voting.motions import Wording, rules_for
from governance.services.voting.reading import read_positions, read_voters
from tests.factories import UserFactory
from tests.votes import held_meeting, make_item, make_motion, make_vote, make_voters, people_of, put, rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


# ---- reading a list ----
def test_reading_a_pasted_list():
    text = "门牌,姓名,面积\n6栋101,张小明,89.50\n6栋102\t\n\n6栋103，李某，102.1㎡\n"
    reading = read_voters(text, Base.AREA)
    assert [(voter.door, voter.name, voter.floor_area) for voter in reading.voters] == [
        ("6栋101", "张小明", Decimal("89.50")),
        ("6栋103", "李某", Decimal("102.1")),
    ]
    assert reading.voters[0].label == "6栋101 张*明"
    assert [mistake.line for mistake in reading.mistakes] == [3]
    assert reading.floor_area == Decimal("191.60")


@pytest.mark.parametrize(
    ("base", "text", "words"),
    [
        (Base.HOUSEHOLDS, ",张某", "household is missing"),
        (Base.HEADS, "6栋101,", "name is missing"),
        (Base.HOUSEHOLDS, "6栋101\n6 栋 101,王某", "same as line 1"),
        (Base.HEADS, "6栋101,张某\n6栋101,张某", "same as line 1"),
        (Base.AREA, "6栋101,张某,八十九", "no number"),
        (Base.AREA, "6栋101,张某,0", "above 0"),
        (Base.AREA, "6栋101,张某,-3", "above 0"),
        (Base.AREA, "6栋101,张某,NaN", "above 0"),
        (Base.AREA, "6栋101,张某,89.505", "two decimals"),
        (Base.HOUSEHOLDS, "6栋101,13812345678", "phone or ID"),
        (Base.HOUSEHOLDS, "6栋101,张某,,nobody@example.invalid", "No account"),
        (Base.HOUSEHOLDS, f"{'栋' * 61},张某", "Too long"),
    ],
)
def test_mistakes_of_a_pasted_list_are_said(base, text, words):
    reading = read_voters(text, base)
    assert any(words in mistake.why for mistake in reading.mistakes)
    assert "13812345678" not in str(reading.mistakes)


def test_two_people_of_a_household_are_one_household_and_two_people():
    text = "6栋101,张某\n6栋101,李某"
    assert len(read_voters(text, Base.HOUSEHOLDS).voters) == 1
    assert len(read_voters(text, Base.HEADS).voters) == 2


def test_an_account_votes_for_one_entry():
    user = UserFactory()
    reading = read_voters(f"101,张某,,{user.email}\n102,李某,,{user.email.upper()}", Base.HOUSEHOLDS)
    assert [voter.user_id for voter in reading.voters] == [user.pk]
    assert len(reading.mistakes) == 1


def test_reading_numbers():
    assert read_positions("1 3，5-7、9") == [1, 3, 5, 6, 7, 9]
    assert read_positions("") == []
    for wrong in ("一", "9-3", "1-999999", "1.5", "-3"):
        with pytest.raises(ValueError, match="“"):
            read_positions(wrong)


# ---- the list ----
def test_a_frozen_list_has_a_fingerprint_and_links(district, people):
    meeting = held_meeting(district.branch)
    frozen = make_voters(meeting, people.community_staff, base=Base.AREA, areas=("89.50", "102.10"))
    assert (frozen.number, frozen.floor_area) == (2, Decimal("191.60"))
    assert frozen.fingerprint == voters.fingerprint_of(frozen)
    assert frozen.links_until > meeting.ends_at
    digests = set(frozen.entries.values_list("token_digest", flat=True))
    assert len(digests) == 2
    assert "" not in digests


def test_names_and_doors_are_encrypted(district, people):
    from django.db import connection

    make_voters(held_meeting(district.branch), people.community_staff, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, door FROM governance_entitled")
        (stored,) = cursor.fetchall()
    assert "张" not in str(stored)
    assert "栋" not in str(stored)
    assert Entitled.objects.get().name == "张小1"


def test_a_frozen_list_does_not_change(district, people):
    staff = people.community_staff
    meeting = held_meeting(district.branch)
    frozen = make_voters(meeting, staff)
    with pytest.raises(RuleError, match="frozen"):
        voters.list_voters(meeting_id=meeting.pk, actor=staff, base=Base.HEADS, voters=people_of(9))
    with pytest.raises(RuleError, match="frozen"):
        voters.freeze_voters(meeting_id=meeting.pk, actor=staff)
    some = frozen.entries.first()
    for change in (
        lambda: Entitled.objects.filter(pk=some.pk).update(floor_area=3),
        lambda: Entitled.objects.filter(pk=some.pk).delete(),
        lambda: Entitled.objects.create(list=frozen, position=99, label="x", key="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert frozen.entries.count() == 5
    assert voters.mark_came(meeting_id=meeting.pk, actor=staff, positions=[1, 2]) == 2  # no change of who may vote


def test_a_frozen_list_is_taken_up_again_only_before_a_vote(district, people):
    staff = people.community_staff
    meeting = held_meeting(district.branch)
    make_voters(meeting, staff)
    voters.thaw_voters(meeting_id=meeting.pk, actor=staff)
    frozen = make_voters(meeting, staff, 7)
    assert frozen.number == 7
    motion = make_motion(meeting, staff)
    motions.open_motion(motion_id=motion.pk, actor=staff)
    with pytest.raises(RuleError, match="opened"):
        voters.thaw_voters(meeting_id=meeting.pk, actor=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        EntitledList.objects.filter(pk=frozen.pk).update(frozen_at=None, fingerprint="", links_until=None)


def test_a_list_changed_behind_our_back_is_refused(district, people):
    """Even a change that no trigger stopped (switched off, a restored backup) does not get into a count."""
    staff = people.community_staff
    motion = put(make_motion(_ready(district, staff), staff), MotionState.CLOSED, people)
    _force(motion)
    from governance.services.voting import counting

    with pytest.raises(RuleError, match="not the one that was frozen"):
        counting.decide_motion(motion_id=motion.pk, actor=staff)
    assert Motion.objects.get(pk=motion.pk).state == MotionState.CLOSED


def _ready(district, staff):
    meeting = held_meeting(district.branch)
    make_voters(meeting, staff)
    return meeting


def _force(motion):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE governance_entitled SET key = 'other' WHERE position = 5")
        cursor.execute("SET session_replication_role = DEFAULT")


def test_who_signed_in_at_the_meeting_is_there(district, people):
    staff = people.community_staff
    meeting = _ready(district, staff)
    at = timezone.now()
    for number, (door, presence) in enumerate(
        [("6栋1号", Presence.PRESENT), ("6 栋 2 号", Presence.ABSENT), ("7 栋", Presence.PRESENT)]
    ):
        Attendance.objects.create(
            meeting=meeting,
            name="王某",
            door=door,
            person_hash=str(number),
            how="qr",
            presence=presence,
            added_at=at,
            arrived_at=at if presence == Presence.PRESENT else None,
        )
    assert voters.take_over_roll(meeting_id=meeting.pk, actor=staff) == 1
    assert voters.take_over_roll(meeting_id=meeting.pk, actor=staff) == 0
    assert Entitled.objects.exclude(came_at=None).get().position == 1
    with pytest.raises(RuleError, match="Not on the list: 77"):
        voters.mark_came(meeting_id=meeting.pk, actor=staff, positions=[1, 77])


def test_nobody_on_the_list_is_no_list(district, people):
    meeting = held_meeting(district.branch)
    with pytest.raises(RuleError, match="nobody"):
        voters.list_voters(meeting_id=meeting.pk, actor=people.community_staff, base=Base.HEADS, voters=[])
    with pytest.raises(RuleError, match="no list"):
        voters.freeze_voters(meeting_id=meeting.pk, actor=people.community_staff)


# ---- the motion ----
def test_opening_asks_for_the_list_it_counts_by(district, people):
    staff = people.community_staff
    meeting = held_meeting(district.branch)
    motion = make_motion(meeting, staff)
    with pytest.raises(RuleError, match="freeze"):
        motions.open_motion(motion_id=motion.pk, actor=staff)
    make_voters(meeting, staff, base=Base.HEADS)
    with pytest.raises(RuleError, match="Choose another rule"):
        motions.open_motion(motion_id=motion.pk, actor=staff)
    wording = Wording("改为按人计", rule_of("people_council").pk)
    motions.amend_motion(motion_id=motion.pk, actor=staff, wording=wording)
    assert motions.open_motion(motion_id=motion.pk, actor=staff).state == MotionState.OPEN


def test_a_binding_vote_must_have_been_announced(district, people):
    staff = people.community_staff
    meeting = held_meeting(district.branch, kind=MeetingKind.ASSEMBLY)
    make_item(meeting, is_vote=False)
    make_voters(meeting, staff, base=Base.HEADS)
    motion = make_motion(meeting, staff, "assembly")
    with pytest.raises(RuleError, match="No vote was announced"):
        motions.open_motion(motion_id=motion.pk, actor=staff)


def test_a_vote_by_area_is_not_secret(district, people):
    meeting = held_meeting(district.branch)
    with pytest.raises(RuleError, match="cannot be secret"):
        make_motion(meeting, people.community_staff, "owners", is_secret=True)
    assert not Motion.objects.exists()


def test_the_assembly_has_rules_of_its_own(district, people):
    council = held_meeting(district.branch)
    assembly = held_meeting(district.community, kind=MeetingKind.ASSEMBLY)
    assert [rule.code for rule in rules_for(assembly)] == ["assembly"]
    assert "assembly" not in {rule.code for rule in rules_for(council)}
    with pytest.raises(RuleError, match="not in force"):
        make_motion(assembly, people.community_staff, "council")
    with pytest.raises(RuleError, match="not in force"):
        make_motion(council, people.community_staff, "assembly")


def test_the_assembly_has_a_list_of_its_own_members(district, people):
    staff = people.community_staff
    council, first, second = (
        held_meeting(district.community, kind=kind)
        for kind in (MeetingKind.COUNCIL, MeetingKind.ASSEMBLY, MeetingKind.ASSEMBLY)
    )
    make_voters(council, staff, 3, base=Base.HEADS)
    for base in (Base.HOUSEHOLDS, Base.AREA):
        with pytest.raises(RuleError, match="one vote") as refusal:
            voters.list_voters(meeting_id=first.pk, actor=staff, base=base, voters=people_of(2, areas=("80", "90")))
        assert refusal.value.field == "base"
    with pytest.raises(RuleError, match="No earlier assembly"):  # the council's list is not theirs
        voters.take_over_voters(meeting_id=first.pk, actor=staff)
    members = make_voters(first, staff, 4, base=Base.HEADS)
    with pytest.raises(NotAllowedError):
        voters.take_over_voters(meeting_id=second.pk, actor=people.outsider)
    taken = voters.take_over_voters(meeting_id=second.pk, actor=staff)
    assert not taken.is_frozen
    keys = [list(one.entries.order_by("position").values_list("key", flat=True)) for one in (members, taken)]
    assert keys[0] == keys[1]
    with pytest.raises(RuleError, match="No earlier assembly"):
        voters.take_over_voters(meeting_id=council.pk, actor=staff)


def test_a_motion_keeps_the_rule_of_its_day(district, people):
    staff = people.community_staff
    meeting = held_meeting(district.branch)
    motion = make_motion(meeting, staff)
    old = rule_of("council")
    fields = {f.attname: getattr(old, f.attname) for f in DecisionRule._meta.concrete_fields if f.attname != "id"}
    DecisionRule.objects.create(**{**fields, "valid_from": timezone.localdate(), "majority": "three_quarters"})
    assert {rule.majority for rule in rules_for(meeting) if rule.code == "council"} == {"three_quarters"}
    motion.refresh_from_db()
    assert motion.rule == old
    assert old not in rules_for(meeting)


def test_seconding_is_for_somebody_else(district, people):
    staff = people.community_staff
    motion = make_motion(held_meeting(district.branch), staff, proposer="冯某")
    for seconder in ("冯某", ""):
        with pytest.raises(RuleError, match="Somebody else"):
            motions.second_motion(motion_id=motion.pk, actor=staff, seconder=seconder)
    motions.second_motion(motion_id=motion.pk, actor=staff, seconder="李某")
    wording = Wording("改过的动议", motion.rule_id, proposer="冯某")
    amended = motions.amend_motion(motion_id=motion.pk, actor=staff, wording=wording)
    assert (amended.state, amended.seconder) == (MotionState.PROPOSED, "")


def test_a_void_vote_is_put_again_once(district, people):
    staff = people.community_staff
    old = put(make_motion(_ready(district, staff), staff), MotionState.VOID, people)
    again = {
        "item_id": old.item_id,
        "actor": staff,
        "wording": Wording(old.text, old.rule_id),
        "replaces_id": old.pk,
    }
    new = motions.propose_motion(**again)
    assert (new.replaces, new.order) == (old, 2)
    with pytest.raises(RuleError, match="void"):
        motions.propose_motion(**again)
    with pytest.raises(RuleError, match="void"):
        motions.propose_motion(**{**again, "replaces_id": new.pk})


def test_the_statements_of_opening_do_not_grow(district, people, django_assert_max_num_queries):
    staff = people.community_staff
    for number in (3, 300):
        meeting = held_meeting(district.branch)
        make_voters(meeting, staff, number)
        motion = make_motion(meeting, staff)
        with django_assert_max_num_queries(14):
            motions.open_motion(motion_id=motion.pk, actor=staff)


def test_make_vote_opens(district, people):
    assert make_vote(district.branch, people.community_staff).state == MotionState.OPEN


def test_a_rule_that_was_voted_by_is_not_edited(rf, district, people):
    request = rf.get("/admin/")
    request.user = people.user("system_admin")
    request.user.is_superuser = True
    motion = make_motion(held_meeting(district.branch), people.community_staff)
    from governance.admin import DecisionRuleAdmin

    admin = DecisionRuleAdmin(DecisionRule, site)
    assert not admin.has_change_permission(request, motion.rule)
    assert admin.has_change_permission(request, rule_of("poll"))
