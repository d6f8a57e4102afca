"""Who may do what: people × states × verbs, written down here a second time by hand."""

from dataclasses import replace

import pytest

from governance import policies
from governance.lifecycle import CLOSED, FINAL, GIVEN_BACK, IN_HAND, State, Urgency
from governance.models import Issue
from neighborhoods.actors import NOBODY

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "grid_worker",
    "other_grid_worker",
    "branch_secretary",
    "building_lead",
    "representative",
    "community_staff",
    "community_lead",
    "street_officer",
    "street_lead",
    "callback_agent",
    "department_clerk",
    "other_clerk",
    "district_duty",
    "analyst",
    "auditor",
    "system_admin",
    "outsider",
    "far_grid_worker",
    "far_officer",
    "nobody",
]
DISPATCHERS = {"community_staff", "community_lead", "street_officer", "street_lead"}
STREET = {"street_officer", "street_lead"}
VIEWERS = DISPATCHERS | {"grid_worker", "branch_secretary", "district_duty"}
OPEN_STATES = set(State) - FINAL
ASKING = {State.REPLIED, State.CALLBACK}

HOLDERS = {"grid": "grid_worker", "unit": "department_clerk"}


def table(holder: str) -> dict[str, dict[State, set[str]]]:
    """verb → state → who may. States that are not named: nobody."""
    agent = {"callback_agent"}
    held = {state: set() if state in GIVEN_BACK else {holder} for state in State}
    return {
        "accept_issue": {State.SUBMITTED: DISPATCHERS | {holder}},
        "take_issue": {State.SUBMITTED: {holder}},
        "dispatch_issue": {
            **dict.fromkeys([State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.REOPENED], DISPATCHERS),
            State.RULING: STREET | {"district_duty"},
        },
        "redispatch_issue": dict.fromkeys(IN_HAND, DISPATCHERS),
        "refuse_issue": {State.SUBMITTED: DISPATCHERS},
        "sign_issue": {State.DISPATCHED: {holder}},
        "contact_issue": {key: {holder} for key in [State.SIGNED, State.WORKING]},
        "reply_issue": {key: {holder} for key in [State.SIGNED, State.WORKING]},
        "return_issue": {key: {holder} for key in IN_HAND},
        "ask_ruling": {State.RETURNED: DISPATCHERS},
        "rule_issue": {State.RULING: STREET | {"district_duty"}},
        "check_issue": {State.REPLIED: DISPATCHERS},
        "call_back_issue": dict.fromkeys(ASKING, DISPATCHERS | agent),
        "explain_issue": dict.fromkeys([State.CALLBACK, State.PARKED], DISPATCHERS),
        "park_issue": {State.CALLBACK: DISPATCHERS},
        "ask_pause": {key: {holder} for key in IN_HAND},
        "decide_pause": dict.fromkeys(IN_HAND, DISPATCHERS),
        "ask_extension": {key: {holder} for key in IN_HAND},
        # a level above: of the grid the community and the street, of a unit the street
        "decide_extension": dict.fromkeys(IN_HAND, DISPATCHERS if holder == "grid_worker" else STREET),
        "ask_resident": {key: {holder} for key in [State.SIGNED, State.WORKING]},
        "resume_clock": {state: DISPATCHERS | held[state] for state in OPEN_STATES},
        "reopen_issue": dict.fromkeys([*CLOSED, *ASKING, State.PARKED], DISPATCHERS),
        "note_issue": {state: VIEWERS | held[state] for state in State},
        "reveal_contact": {state: DISPATCHERS | held[state] | (agent if state in ASKING else set()) for state in State},
        "publish_issue": dict.fromkeys(State, DISPATCHERS),
        "print_slip": dict.fromkeys(State, DISPATCHERS),
        "nudge_issue": dict.fromkeys(
            [State.SUBMITTED, State.ACCEPTED, *IN_HAND], (DISPATCHERS | {"district_duty"}) - {holder}
        ),
        "change_urgency": dict.fromkeys(OPEN_STATES, DISPATCHERS),
        "merge_issue": dict.fromkeys(
            [State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.RULING, *IN_HAND], DISPATCHERS
        ),
        "split_off_issue": {State.MERGED: DISPATCHERS},
        "split_issue": dict.fromkeys(
            [State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.REOPENED, *IN_HAND], DISPATCHERS
        ),
        "order_issue": dict.fromkeys(OPEN_STATES, STREET | {"district_duty"}),
        # whoever holds it and the community propose, the street decides
        "dismiss_issue": {
            state: {"community_staff", "community_lead"} | held[state]
            for state in [State.SUBMITTED, State.ACCEPTED, *IN_HAND]
        },
        "decide_dismissal": dict.fromkeys([State.SUBMITTED, State.ACCEPTED, *IN_HAND], STREET),
        "decide_appeal": {State.APPEALED: STREET | {"district_duty"}},
        "note_parked": {State.PARKED: DISPATCHERS},
        "review_parked": {State.PARKED: STREET},
    }


VERBS = sorted(table("grid_worker"))


def policy(verb: str):
    return getattr(policies, f"can_{verb}")


def build(district, people, held_by: str, state: State, **fields) -> Issue:
    """A case in this state, held by the grid or by a unit, as if its holder had replied."""
    return Issue(
        number="ZY-2026-000001",
        area=district.building,
        street_id=district.street.pk,
        community_id=district.community.pk,
        grid_id=district.grid.pk,
        branch_id=district.branch.pk,
        building_id=district.building.pk,
        state=state,
        urgency=Urgency.COMPLEX,
        closed_at=None if state in OPEN_STATES else "2026-06-16T09:00+08:00",
        holder_area=district.grid if held_by == "grid" else district.community,
        holder_unit=district.lighting if held_by == "unit" else None,
        replied_by_id=people.user(HOLDERS[held_by]).pk,
        contact_id=1,
        **fields,
    )


@pytest.mark.parametrize("held_by", sorted(HOLDERS))
@pytest.mark.parametrize("verb", VERBS)
def test_policy_table(district, people, held_by, verb):
    expected = table(HOLDERS[held_by])[verb]
    actors = {name: getattr(people, name) for name in EVERYBODY} | {"resident": NOBODY}
    for state in State:
        issue = build(district, people, held_by, state)
        may = {name for name, actor in actors.items() if policy(verb)(actor, issue)}
        assert may == expected.get(state, set()), (verb, state)


def test_every_policy_of_an_issue_stands_in_the_table():
    pure = {name.removeprefix("can_") for name in dir(policies) if name.startswith("can_")}
    without_issue = {"record_issue", "export_issues", "act_on_many", "call_back", "read_orders", "read_dismissals"}
    under_order = {"report_order", "end_order"}
    assert pure - set(VERBS) == without_issue | under_order | {"call_voice"}


def test_policies_without_an_issue(people):
    actors = {name: getattr(people, name) for name in EVERYBODY} | {"resident": NOBODY}
    far = {"outsider", "far_officer"}

    def may(rule):
        return {name for name, actor in actors.items() if rule(actor)}

    assert may(policies.can_record_issue) == (
        VIEWERS | far | {"other_grid_worker", "far_grid_worker", "building_lead", "representative"}
    )
    assert may(policies.can_export_issues) == (DISPATCHERS | far | {"district_duty", "department_clerk", "other_clerk"})
    assert may(policies.can_call_back) == DISPATCHERS | far | {"callback_agent"}
    assert may(policies.can_act_on_many) == DISPATCHERS | far
    assert may(policies.can_read_orders) == DISPATCHERS | far | {"district_duty"}
    assert may(policies.can_read_dismissals) == DISPATCHERS | far | {"district_duty"}


def test_binding_ruling_cannot_be_returned_or_recalled(district, people):
    issue = build(district, people, "unit", State.DISPATCHED, is_binding=True)
    assert not policies.can_return_issue(people.department_clerk, issue)
    assert not policies.can_redispatch_issue(people.street_officer, issue)


def test_three_people_stay_three_people(district, people):
    """Handler ≠ checker ≠ call-back agent, also when all three are dispatchers of the place."""
    issue = build(district, people, "grid", State.REPLIED)
    issue.replied_by_id, issue.checked_by_id = people.community_staff.user_id, people.community_lead.user_id
    assert not policies.can_check_issue(people.community_staff, issue)
    assert not policies.can_call_back_issue(people.community_staff, issue)
    assert not policies.can_call_back_issue(people.community_lead, issue)
    assert policies.can_call_back_issue(people.street_officer, issue)


def test_extensions_are_for_complex_cases_and_decided_above(district, people):
    issue = build(district, people, "grid", State.WORKING)
    issue.urgency = Urgency.ORDINARY
    assert not policies.can_ask_extension(people.grid_worker, issue)
    issue.urgency, issue.holder_area = Urgency.COMPLEX, district.community
    assert {name for name in EVERYBODY if policies.can_decide_extension(getattr(people, name), issue)} == STREET
    issue.holder_unit = district.lighting  # decided by the street, and by nobody who works in the unit as well
    both = replace(people.street_officer, units=people.department_clerk.units)
    assert policies.can_decide_extension(people.street_officer, issue)
    assert not policies.can_decide_extension(both, issue)
    assert policies.can_decide_pause(people.street_officer, issue)
    assert not policies.can_decide_pause(both, issue)
    issue.holder_area, issue.holder_unit = district.street, None
    may = {name for name in EVERYBODY if policies.can_decide_extension(getattr(people, name), issue)}
    assert may == {"district_duty"}


def test_nobody_decides_what_they_asked_for(district, people):
    issue = build(district, people, "grid", State.WORKING)
    issue.asked_by_id = people.community_staff.user_id
    for policy_of in (policies.can_decide_pause, policies.can_decide_extension):
        assert not policy_of(people.community_staff, issue)
        assert policy_of(people.community_lead, issue)
    issue.asked_by_id = people.street_officer.user_id
    assert not policies.can_decide_dismissal(people.street_officer, issue)
    assert policies.can_decide_dismissal(people.street_lead, issue)
    appealed = build(district, people, "grid", State.APPEALED)
    appealed.refused_by_id, appealed.checked_by_id = people.street_officer.user_id, people.street_lead.user_id
    assert {n for n in EVERYBODY if policies.can_decide_appeal(getattr(people, n), appealed)} == {"district_duty"}


def test_complaint_hides_the_requester_from_whoever_handles_it(district, people):
    issue = build(district, people, "unit", State.WORKING, hide_requester=True)
    may = {name for name in EVERYBODY if policies.can_reveal_contact(getattr(people, name), issue)}
    assert may == {"community_lead", "street_officer", "street_lead"}


@pytest.mark.parametrize(
    ("level", "report", "end"),
    [
        (0, {"grid_worker", "community_staff", "community_lead"}, STREET),
        (-1, {"grid_worker", *DISPATCHERS}, {"district_duty"}),
    ],
)
def test_an_order_is_answered_from_below_and_ended_where_it_was_given(district, people, level, report, end):
    for state in State:
        issue = build(district, people, "grid", state, ordered_level=level)
        reported = build(district, people, "grid", state, ordered_level=level, is_reported=True)
        held = report - {"grid_worker"} if state in GIVEN_BACK else report
        for may, policy_, case in ((held, policies.can_report_order, issue), (end, policies.can_end_order, reported)):
            found = {name for name in EVERYBODY if policy_(getattr(people, name), case)}
            assert found == (may if state in OPEN_STATES else set()), state
        assert not any(policies.can_end_order(getattr(people, name), issue) for name in EVERYBODY)
        assert not any(policies.can_report_order(getattr(people, name), reported) for name in EVERYBODY)
        assert not policies.can_order_issue(people.street_lead, issue)


def test_a_voice_is_asked_by_the_rules_of_the_case_it_joined(district, people):
    parent = build(district, people, "grid", State.REPLIED)
    voice = build(district, people, "grid", State.MERGED, parent=parent)
    may = {name for name in EVERYBODY if policies.can_call_voice(getattr(people, name), voice)}
    assert may == DISPATCHERS | {"callback_agent"}


def test_parts_and_split_cases_keep_to_their_own_steps(district, people):
    staff = people.community_staff
    for state in State:
        part = build(district, people, "grid", state, part_of_id=1)
        whole = build(district, people, "grid", state, is_split=True)
        for verb in ("merge_issue", "split_issue", "call_back_issue", "explain_issue", "park_issue", "dismiss_issue"):
            assert not policy(verb)(staff, part), (verb, state)
        for verb in ("merge_issue", "redispatch_issue", "dismiss_issue"):
            assert not policy(verb)(staff, whole), (verb, state)
        assert not policies.can_return_issue(people.grid_worker, whole)
