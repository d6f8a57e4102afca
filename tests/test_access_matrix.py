"""Every role × every address with an id, generated from the table of addresses: a new page cannot be forgotten.

Own scope opens (200, a redirect inside the portal), in scope but not permitted is 403, outside is 404, and whoever
is not signed in is sent to the log-in. Addresses that are public by design are listed with the code that opens them.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from core.models import Event
from governance.lifecycle import CLOSED, State, Urgency
from governance.lifecycle.asking import Asked
from governance.lifecycle.meetings import MeetingState
from governance.lifecycle.motions import MOTION_FITS, MotionState
from governance.lifecycle.tasks import TaskState
from governance.models import (
    AgendaItem,
    Call,
    Committee,
    Issue,
    Meeting,
    MeetingNotice,
    Minutes,
    Motion,
    Recurrence,
    Resolution,
    SavedFilter,
    SupervisionOrder,
    Topic,
)
from governance.services.appeals import appeal_issue
from governance.services.committees.members import link_meeting
from governance.services.dismissing import propose_dismissal
from governance.services.hotline_tables import keep_table
from governance.services.links import follow_token
from governance.services.matters.around import link_matter
from governance.services.meetings.minutes import body_of
from governance.services.meetings.planning import Officers
from governance.services.meetings.roll import checkin_code, lines_of, type_roll
from governance.services.meetings.topics import topic_token
from governance.services.photos import store_photo
from governance.services.supervision import order_supervision, report_order
from governance.services.voting.links import vote_token
from governance.services.whistles.links import call_token, give_link
from governance.views.desk.motions import STEPS as MOTION_STEPS
from governance.views.desk.motions import MotionStep
from governance.views.desk.voters import ONE_PRESS
from neighborhoods.models import DistrictImport, Household, Resident
from notifications.models import Notice
from notifications.models import Urgency as Speed
from tests import aid_stage, matter_steps, points_stage, volunteer_stage, whistle_steps
from tests import checkin_steps as members
from tests import representative_steps as served
from tests import test_governance_committees as committees
from tests import test_volunteers_incentives as rewards
from tests.aid_stage import Pair
from tests.factories import make_issue, make_meeting, make_place_code, make_topic
from tests.test_governance_tasks import give, put
from tests.test_policies import ASKING, DISPATCHERS, EVERYBODY, STREET, VIEWERS, table
from tests.votes import entry as voter
from tests.votes import held_meeting, make_motion, make_voters
from tests.votes import put as put_motion
from volunteers.lifecycle.aid import AidKind
from volunteers.models import (
    AidNeed,
    Certificate,
    EmployerFeedback,
    HouseholdLink,
    PhoneCall,
    RecordCheck,
    Representative,
    Reward,
    ServiceRecord,
    Shift,
    Team,
    Volunteer,
)
from volunteers.services.activities.attendance import code_of
from volunteers.services.activities.shifts import Rule, add_series
from volunteers.services.aid import matching
from volunteers.services.aid.offers import OfferFacts, offer
from volunteers.services.certificates import code_of as code_of_certificate
from volunteers.services.certificates import digest_of
from volunteers.services.checkins import feedback as feedback_services
from volunteers.services.records.proposing import Stretch, propose
from volunteers.services.registration import pause, stamps_of
from volunteers.services.representatives.cards import card_token, issue_card

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Addresses of libraries, which keep their own tests, and the administration, tried as a whole below.
FOREIGN = ("account_", "mfa_", "socialaccount_", "usersessions_")
OPENS = {200, 301, 302, 303}
SHARES = 6  # of the pages, so that several processes take part


def addresses(resolver: URLResolver | None = None, space: str = "", path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, path and pattern of every address of the project."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, inner, here)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", here, entry


def with_id() -> list[str]:
    names = []
    for name, path, entry in addresses():
        if path.startswith("admin/") or name.startswith(FOREIGN):
            continue
        if entry.pattern.regex.groups:
            names.append(name)
    return names


@dataclass
class World:
    """The district, its people, and one case."""

    district: Any
    people: Any
    issue: Issue

    def put(self, state: State, **fields: Any) -> list[str]:
        nothing = {"asked": "", "asked_by_id": None, "paused_until": None}
        Issue.objects.filter(pk=self.issue.pk).update(state=state, **{**nothing, **fields})
        return [self.issue.number]


@dataclass
class Page:
    """How an address is opened, who may, and who may only know that it exists."""

    args: Callable[[World], list[Any]]
    may: set[str]
    knows: set[str] = field(default_factory=set)
    method: str = "get"
    is_public: bool = False
    bad_args: list[Any] = field(default_factory=list)


def step(policy: str, state: State, **fields: Any) -> Page:
    """A step of the case, by the table of policies; some need more than a state."""
    rules = table("grid_worker")
    agent = {"callback_agent"} if state in ASKING | CLOSED else set()
    return Page(lambda w: w.put(state, **fields), rules[policy][state], VIEWERS | agent)


def merged(world: World) -> list[Any]:
    """A case that was joined to another, which has been replied to since."""
    parent = make_issue(world.district.building)
    voice = make_issue(world.district.building, same_as=parent.pk)
    Issue.objects.filter(pk=parent.pk).update(state=State.REPLIED)
    return [voice.number]


def ordered(world: World) -> list[Any]:
    """A case under an order of the street that is to be reported on."""
    SupervisionOrder.objects.filter(issue=world.issue).delete()
    Issue.objects.filter(pk=world.issue.pk).update(ordered_level=None, is_reported=False)
    due_at = timezone.now() + timedelta(days=2)
    order_supervision(issue_id=world.issue.pk, actor=world.people.street_lead, reason="限期", due_at=due_at)
    return [world.issue.number]


def reported(world: World) -> list[Any]:
    """The same with a report that waits for the street."""
    ordered(world)
    report_order(issue_id=world.issue.pk, actor=world.people.grid_worker, report="已办")
    return [world.issue.number]


def recurrence_of(world: World) -> list[Any]:
    place = world.district
    at = timezone.now()
    found = Recurrence.objects.create(
        area=place.community, street_id=place.street.pk, community_id=place.community.pk, place="院子", compound_id=1,
        category=world.issue.category, found_at=at, first_at=at, cases=3, numbers="ZY-2026-000001",
    )  # fmt: skip
    return [found.pk]


def photo_of(world: World) -> Any:
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG")
    upload = SimpleUploadedFile("a.jpg", file.getvalue())
    issue = make_issue(
        world.district.building, is_public=True, photos=(store_photo(upload=upload.file, size=upload.size),)
    )
    return issue.photos.get()


def cover_args(world: World) -> list[Any]:
    photo = photo_of(world)
    return [photo.issue.number, photo.pk]


def filter_of(world: World) -> list[Any]:
    owner = world.people.user("street_officer")
    return [SavedFilter.objects.create(user=owner, name=uuid.uuid4().hex, query="category=IN03").pk]


def import_of(world: World) -> list[Any]:
    owner = world.people.user("system_admin")
    return [
        DistrictImport.objects.create(uploaded_by=owner, filename="a.csv", content=b"", loaded_at=timezone.now()).uid
    ]


def notice_of(world: World) -> list[Any]:
    notice = Notice.objects.create(
        event=Event.objects.earliest("pk"),
        user=world.people.user("grid_worker"),
        text="dispatched",
        values={"number": world.issue.number},
        issue=world.issue,
        urgency=Speed.values[0],
        at=timezone.now(),
    )
    return [notice.pk]


def token(world: World) -> list[Any]:
    return [follow_token(world.issue)]


def task_of(world: World) -> list[Any]:
    return [give(world.district, world.people).number]


def claimed_task(world: World) -> list[Any]:
    return [put(give(world.district, world.people), TaskState.CLAIMED, world.people).number]


def public_case(world: World) -> list[Any]:
    return [make_issue(world.district.building, is_public=True).number]


def vote_of(world: World, state: MotionState = MotionState.OPEN, *, is_secret: bool = False) -> Motion:
    staff = world.people.community_staff
    meeting = held_meeting(world.district.branch)
    make_voters(meeting, staff)
    return put_motion(make_motion(meeting, staff, is_secret=is_secret), state, world.people)


def voter_token(world: World) -> list[Any]:
    return [vote_token(voter(vote_of(world), 1))]


def voter_token_and_motion(world: World) -> list[Any]:
    return [*voter_token(world), 1]


def published_vote(world: World) -> list[Any]:
    vote = vote_of(world, MotionState.DECIDED)
    at = vote.proposed_at
    Meeting.objects.filter(pk=vote.meeting_id).update(
        state=MeetingState.PUBLISHED, held_at=at, minutes_confirmed_at=at, published_at=at, withdraw_on="2999-01-01"
    )
    return [vote.meeting.number]


def motion_step(step: MotionStep) -> Page:
    """A step of a motion, in the first state it fits."""
    state = MotionState(sorted(MOTION_FITS[step.fits_as])[0])
    is_secret = step.verb == "type-secret"
    return Page(lambda w: [vote_of(w, state, is_secret=is_secret).pk], CONVENERS, VIEWERS)


# ---- matters ----
def matter_in(state: str) -> Callable[[World], list[Any]]:
    return lambda w: [matter_steps.put(matter_steps.collect(w.district, w.people), state, w.people).number]


def linked_matter(world: World) -> list[Any]:
    matter = matter_steps.collect(world.district, world.people)
    link_matter(matter_id=matter.pk, actor=world.people.grid_worker, issue_ids=(world.issue.pk,))
    return [matter.number, world.issue.number]


FILERS = DISPATCHERS | {"grid_worker"}
SEES_MATTERS = VIEWERS | {"representative"}


# ---- enlarged committees ----
def seated(world: World, state: str = "recommended") -> tuple[Any, Any]:
    """A committee of the community, and a member in a state."""
    found = Committee.objects.filter(area=world.district.community).first()
    committee = found or committees.open_committee(world.district, world.people, seats=39)
    name = f"彭{committee.members.count()}"
    member = committees.recommend(committee, world.district, world.people, name=name)
    return committee, committees.put_member(member, state, world.people)


def promise_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        made = committees.promise(seated(world)[0], world.district, world.people)
        return [committees.put_promise(made, state, world.people).number]

    return args


def committee_meeting(world: World) -> list[Any]:
    committee = seated(world)[0]
    meeting = make_meeting(world.district.community, world.people.community_staff)
    link_meeting(committee_id=committee.pk, actor=world.people.community_staff, meeting=meeting)
    return [committee.pk, meeting.number]


SEES_COMMITTEE = (VIEWERS - {"grid_worker", "branch_secretary"}) | {"department_clerk"}


# ---- whistles: a state and an account for each step ----
def whistle_in(state: str, *, kind: str = "enforcement") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        whistle = whistle_steps.draft(world.district, world.people, kind=kind)
        return [whistle_steps.put(whistle, state, world.people).number]

    return args


def call_in(state: str, *, is_lead: bool = True, disputed: bool = False) -> Callable:
    def args(world: World) -> list[Any]:
        (number,) = whistle_in(state)(world)
        call = Call.objects.get(whistle__number=number, is_lead=is_lead)
        if disputed:
            Call.objects.filter(pk=call.pk).update(disputed_at=timezone.now())
        return [number, call.pk]

    return args


def link_of(world: World) -> list[Any]:
    _number, call_id = call_in("issued")(world)
    call = give_link(call_id=call_id, actor=world.people.community_staff)
    return [call_token(call)]


def proposed(world: World) -> list[Any]:
    """Held for unreasonable by the community."""
    issue, actor = make_issue(world.district.building), world.people.community_lead
    propose_dismissal(issue_id=issue.pk, actor=actor, reason="nature", words="是青蛙")
    return [issue.number]


def appealed(world: World) -> list[Any]:
    """Dismissed by somebody who is not asked here, and appealed against."""
    (number,), at = proposed(world), timezone.now()
    issue = Issue.objects.filter(number=number)
    issue.update(state=State.DISMISSED, asked="", asked_by_id=None, closed_at=at, appeal_until=at + timedelta(days=15))
    appeal_issue(issue_id=issue.get().pk, words="不是青蛙")
    return [number]


def table_of(world: World) -> list[Any]:
    """A table of a hotline, uploaded and not confirmed."""
    content = "工单编号,受理时间,地点,诉求内容\n1,2026-05-20,麻石巷社区,灯不亮\n".encode()
    return [keep_table(actor=world.people.street_officer, filename="a.csv", content=content).uid]


SEES_CALLS = VIEWERS | {"department_clerk", "other_clerk"}
EVERYONE = {*EVERYBODY}
CONVENERS = DISPATCHERS | {"branch_secretary"}
POSTERS = DISPATCHERS | {"grid_worker", "branch_secretary", "system_admin"}
ASKED = VIEWERS | {"callback_agent"}
OF_GRID = VIEWERS - {"branch_secretary"}  # what lies in the grid and in no branch
LINK = Page(token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"])
PAGES: dict[str, Page] = {
    # public by design: opened by a code, a private link or a number that was published
    "governance:report-from-code": Page(
        lambda w: [make_place_code(w.district.building, entrance=None).code],
        EVERYONE,
        is_public=True,
        bad_args=["NOSUCH99"],
    ),
    "governance:issue-follow": LINK,
    "governance:issue-receipt": LINK,
    "governance:issue-follow-answer": LINK,
    "governance:issue-follow-question": LINK,
    "governance:issue-follow-add": LINK,
    "governance:issue-follow-urge": LINK,
    "governance:issue-follow-reopen": LINK,
    "governance:issue-follow-appeal": LINK,
    "governance:issue-follow-withdraw": LINK,
    "governance:issue-follow-hide": LINK,
    "governance:issue-report-same": Page(public_case, EVERYONE, is_public=True, bad_args=["ZY-2026-999999"]),
    "governance:public-detail": Page(public_case, EVERYONE, is_public=True, bad_args=["ZY-2026-999999"]),
    "governance:photo": Page(lambda w: [photo_of(w).attachment.uid], VIEWERS),
    # the desk
    "governance:issue-detail": step("note_issue", State.SUBMITTED),
    "governance:issue-slip": step("print_slip", State.SUBMITTED),
    "governance:issue-reveal": step("reveal_contact", State.WORKING),
    "governance:photo-cover": Page(cover_args, DISPATCHERS, VIEWERS),
    "governance:photo-withhold": Page(cover_args, DISPATCHERS, VIEWERS, method="post"),
    "governance:filter-remove": Page(filter_of, EVERYONE, method="post"),  # somebody else's simply does not exist
    "governance:issue-take": step("take_issue", State.SUBMITTED),
    "governance:issue-sign": step("sign_issue", State.DISPATCHED),
    "governance:issue-rule": step("rule_issue", State.RULING),
    "governance:issue-ask-ruling": step("ask_ruling", State.RETURNED),
    "governance:issue-dispatch": step("dispatch_issue", State.RETURNED),
    "governance:issue-redispatch": step("redispatch_issue", State.SIGNED),
    "governance:issue-merge": step("merge_issue", State.SUBMITTED),
    "governance:issue-split": step("split_issue", State.SUBMITTED),
    "governance:issue-split-off": Page(merged, DISPATCHERS, ASKED),
    "governance:issue-voice": Page(merged, DISPATCHERS | {"callback_agent"}, ASKED),
    "governance:issue-order": step("order_issue", State.WORKING),
    "governance:issue-order-report": Page(ordered, {"grid_worker", "community_staff", "community_lead"}, VIEWERS),
    "governance:issue-order-end": Page(reported, STREET, VIEWERS),
    "governance:issue-park-note": step("note_parked", State.PARKED),
    "governance:issue-park-review": step("review_parked", State.PARKED),
    "governance:issue-reply": step("reply_issue", State.WORKING),
    "governance:issue-contact": step("contact_issue", State.SIGNED),
    "governance:issue-check": step("check_issue", State.REPLIED),
    "governance:issue-callback": step("call_back_issue", State.CALLBACK),
    "governance:issue-explain": step("explain_issue", State.CALLBACK),
    "governance:issue-nudge": step("nudge_issue", State.SIGNED),
    "governance:issue-reopen": step("reopen_issue", State.CALLBACK),
    "governance:issue-note": step("note_issue", State.WORKING),
    "governance:issue-urgency": step("change_urgency", State.WORKING),
    "governance:issue-publish": step("publish_issue", State.WORKING),
    "governance:issue-return": step("return_issue", State.SIGNED),
    "governance:issue-refuse": step("refuse_issue", State.SUBMITTED),
    "governance:issue-dismiss": step("dismiss_issue", State.WORKING),
    "governance:issue-decide-dismissal": Page(proposed, STREET, VIEWERS),
    "governance:issue-decide-appeal": Page(appealed, STREET | {"district_duty"}, VIEWERS),
    # whoever uploaded a table; others who load some know nothing of it
    "governance:hotline-preview": Page(
        table_of, {"street_officer"}, EVERYONE - {"street_lead", "district_duty", "far_officer"}
    ),
    "governance:recurrence-decide": Page(recurrence_of, DISPATCHERS),
    # votes: seen by staff of the place, run by whoever may call the meeting
    "governance:vote": Page(voter_token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    "governance:vote-cast": Page(voter_token_and_motion, EVERYONE, is_public=True, bad_args=["0000-0000-0000", 1]),
    "governance:vote-receipt": Page(voter_token_and_motion, EVERYONE, is_public=True, bad_args=["0000-0000-0000", 1]),
    "governance:vote-results": Page(published_vote, EVERYONE, is_public=True, bad_args=["ZYH-2026-999999"]),
    "governance:voter-list": Page(lambda w: [vote_of(w).meeting.number], VIEWERS),
    "governance:voter-slips": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-ballots": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-came": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-renew": Page(lambda w: [vote_of(w).meeting.number, 1], CONVENERS, VIEWERS, method="post"),
    **{
        f"governance:voter-{verb}": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS, method="post")
        for verb in ONE_PRESS
    },
    "governance:motion-detail": Page(lambda w: [vote_of(w).pk], VIEWERS),
    "governance:motion-new": Page(lambda w: [(vote := vote_of(w)).meeting.number, vote.item_id], CONVENERS, VIEWERS),
    "governance:motion-carry": Page(lambda w: [vote_of(w).pk], CONVENERS, VIEWERS, method="post"),
    **{f"governance:motion-{step.verb}": motion_step(step) for step in MOTION_STEPS.values()},
    "governance:issue-pause": step("ask_pause", State.WORKING),
    "governance:issue-decide-pause": step("decide_pause", State.WORKING, asked=Asked.PAUSE, asked_by_id=10**9),
    "governance:issue-resume": step("resume_clock", State.WORKING, paused_until=timezone.now()),
    "governance:issue-extend": step("ask_extension", State.WORKING, urgency=Urgency.COMPLEX),
    "governance:issue-decide-extension": step(
        "decide_extension", State.WORKING, asked=Asked.EXTENSION, asked_by_id=10**9
    ),
    "governance:issue-ask": step("ask_resident", State.WORKING),
    "governance:issue-park": step("park_issue", State.CALLBACK),
    # tasks: of the grid, given by the community
    "governance:task-detail": Page(task_of, OF_GRID),
    "governance:task-start": Page(task_of, {"grid_worker"}, OF_GRID),
    "governance:task-claim": Page(task_of, {"grid_worker"}, OF_GRID),
    "governance:task-check": Page(claimed_task, DISPATCHERS, OF_GRID),
    "governance:task-move": Page(task_of, DISPATCHERS, OF_GRID),
    "governance:task-note": Page(task_of, {"grid_worker"} | DISPATCHERS, OF_GRID),
    "governance:task-cancel": Page(task_of, DISPATCHERS, OF_GRID),
    # matters: collected by the representative, filed and handled by the grid, looked at by the community
    "governance:matter-detail": Page(matter_in("collected"), VIEWERS | {"representative"}),
    "governance:matter-file": Page(matter_in("collected"), FILERS, SEES_MATTERS),
    "governance:matter-not-file": Page(matter_in("collected"), FILERS, SEES_MATTERS),
    "governance:matter-dispatch": Page(matter_in("filed"), FILERS, SEES_MATTERS),
    "governance:matter-redispatch": Page(matter_in("dispatched"), DISPATCHERS, SEES_MATTERS),
    "governance:matter-handle": Page(matter_in("dispatched"), {"grid_worker"}, SEES_MATTERS),
    "governance:matter-report": Page(matter_in("handled"), {"grid_worker"}, SEES_MATTERS),
    "governance:matter-check": Page(matter_in("reported"), DISPATCHERS, SEES_MATTERS),
    "governance:matter-close": Page(matter_in("checked"), FILERS, SEES_MATTERS),
    "governance:matter-help": Page(matter_in("collected"), FILERS | {"representative"}, SEES_MATTERS),
    "governance:matter-link": Page(matter_in("collected"), FILERS | {"branch_secretary"}, SEES_MATTERS),
    "governance:matter-unlink": Page(
        linked_matter, FILERS | {"branch_secretary"}, SEES_MATTERS, method="post", bad_args=["ZYE-2026-999999", "x"]
    ),
    # enlarged committees: kept by community and street, approved by the street; the unit reads and delivers
    "governance:committee-public": Page(
        lambda w: [seated(w, "active")[0].pk], EVERYONE, is_public=True, bad_args=[987654321]
    ),
    "governance:committee-detail": Page(lambda w: [seated(w)[0].pk], SEES_COMMITTEE),
    "governance:committee-recommend": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-promise": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-meeting": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-seats": Page(lambda w: [seated(w)[0].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:committee-unlink": Page(
        committee_meeting, DISPATCHERS, SEES_COMMITTEE, method="post", bad_args=[987654321, "x"]
    ),
    "governance:member-approve": Page(lambda w: [seated(w)[1].pk], STREET, SEES_COMMITTEE),
    "governance:member-begin": Page(lambda w: [seated(w, "approved")[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:member-duties": Page(lambda w: [seated(w)[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:member-end": Page(lambda w: [seated(w)[1].pk], DISPATCHERS, SEES_COMMITTEE),
    "governance:promise-deliver": Page(promise_in("promised"), DISPATCHERS | {"department_clerk"}, SEES_COMMITTEE),
    "governance:promise-confirm": Page(promise_in("delivered"), DISPATCHERS, SEES_COMMITTEE),
    "governance:promise-withdraw": Page(promise_in("promised"), DISPATCHERS, SEES_COMMITTEE),
    # whistles: drafts are seen by the area, blown ones also by the units they call
    "governance:whistle-detail": Page(whistle_in("issued"), SEES_CALLS),
    "governance:whistle-edit": Page(whistle_in("draft"), DISPATCHERS, VIEWERS),
    "governance:whistle-review": Page(whistle_in("draft"), {"street_lead"}, VIEWERS),
    "governance:whistle-send-back": Page(whistle_in("reviewed"), {"street_lead"}, VIEWERS),
    "governance:whistle-issue": Page(whistle_in("reviewed"), {"street_lead"}, VIEWERS),
    "governance:whistle-cancel": Page(whistle_in("draft"), DISPATCHERS, VIEWERS),
    "governance:whistle-nudge": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-add-unit": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-meeting-time": Page(whistle_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-meet": Page(whistle_in("arrived"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-resolve": Page(whistle_in("meeting_held"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-backfill": Page(whistle_in("issued", kind="emergency"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-claim": Page(whistle_in("carrying_out"), {"department_clerk"}, SEES_CALLS),
    "governance:whistle-check": Page(whistle_in("claimed_done"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-close": Page(whistle_in("rated"), DISPATCHERS, SEES_CALLS),
    "governance:whistle-look": Page(whistle_in("issued", kind="key_problem"), STREET, SEES_CALLS),
    "governance:whistle-raise": Page(whistle_in("issued"), STREET, SEES_CALLS),
    "governance:call-sign": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-contact": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-arrive": Page(call_in("issued"), {"department_clerk"}, SEES_CALLS),
    "governance:call-report": Page(call_in("arrived"), {"department_clerk"}, SEES_CALLS),
    "governance:call-dispute": Page(call_in("issued", is_lead=False), {"other_clerk"}, SEES_CALLS),
    "governance:call-rule": Page(call_in("issued", disputed=True), {"street_lead", "district_duty"}, SEES_CALLS),
    "governance:call-absent": Page(call_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:call-rate": Page(call_in("checked"), DISPATCHERS, SEES_CALLS),
    "governance:call-notice": Page(call_in("issued"), DISPATCHERS, SEES_CALLS),
    "governance:call-link-new": Page(call_in("issued"), DISPATCHERS, SEES_CALLS, method="post"),
    "governance:call-link": Page(link_of, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    **{
        f"governance:call-link-{verb}": Page(link_of, EVERYONE, is_public=True, bad_args=["0000-0000-0000"])
        for verb in ("sign", "contact", "arrive", "report")
    },
    # the tree
    "neighborhoods:poster-sheet": Page(lambda w: [w.district.compound.code], POSTERS),
    "neighborhoods:import-preview": Page(import_of, {"system_admin"}, EVERYONE),
    "neighborhoods:import-done": Page(import_of, {"system_admin"}, EVERYONE),
    # notices are read by whoever they were written to
    "notifications:notice-open": Page(notice_of, {"grid_worker"}),
}


# ---- meetings ----
CONVENERS = DISPATCHERS | {"branch_secretary"}
AGENTS = {"chair": "representative", "secretary": "building_lead"}
SEES_MEETING = VIEWERS | {*AGENTS.values()}
KEEPS_ROLL = CONVENERS | {*AGENTS.values()}
_HELD = {"confirmed", "published", "following", "closed"}


def meeting_in(world: World, state: str) -> Meeting:
    """A meeting of the branch, put into a state; its chair and secretary have accounts."""
    people = world.people
    officers = Officers(**{name: people.user(who) for name, who in AGENTS.items()})
    meeting = make_meeting(world.district.branch, people.branch_secretary, officers=officers)
    at = timezone.now()
    item = AgendaItem.objects.create(meeting=meeting, order=1, title="停车", minutes=20)
    ended = state in {"closed", "cancelled", "rescheduled"}
    Meeting.objects.filter(pk=meeting.pk).update(
        state=state,
        noticed_at=at,
        held_at=at if state in _HELD else None,
        minutes_confirmed_at=at if state in _HELD else None,
        published_at=at if state in _HELD - {"confirmed"} else None,
        withdraw_on=at.date() + timedelta(days=20) if state in _HELD else None,
        closed_at=at if ended else None,
    )
    MeetingNotice.objects.create(
        meeting=meeting, version=1, at=at, by_label="周某", starts_at=meeting.starts_at, ends_at=meeting.ends_at
    )
    meeting.refresh_from_db()
    minutes = Minutes(meeting=meeting, version=1, saved_at=at)
    if state in _HELD:
        minutes.body = body_of(meeting, minutes, [item])
        minutes.fingerprint, minutes.confirmed_by_id, minutes.confirmed_at = "0" * 64, 1, at
    if state in _HELD | {"minutes_draft"}:
        minutes.save()
    return meeting


def meeting_page(state: str, may: set[str], knows: set[str] | None = None, **more: Any) -> Page:
    known = SEES_MEETING if knows is None else knows
    return Page(lambda w: [meeting_in(w, state).number], may, known, bad_args=["ZYM-2026-999999"], **more)


def line_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "held")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    type_roll(meeting_id=meeting.pk, actor=world.people.branch_secretary, people=lines_of("张三 3栋"))
    return [meeting.number, meeting.roll.get().pk]


def resolution_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "confirmed")
    resolution = Resolution.objects.create(
        meeting=meeting, item=meeting.agenda.get(), order=1, text="划车位", at=timezone.now(), by_label="周某"
    )
    return [meeting.number, resolution.pk]


def door_args(world: World) -> list[Any]:
    meeting = meeting_in(world, "held")
    return [meeting.number, checkin_code(meeting)]


def topic_in(world: World, state: str) -> list[Any]:
    topic = make_topic(world.district.building)
    Topic.objects.filter(pk=topic.pk).update(state=state)
    return [topic.number]


def topic_page(state: str, may: set[str], **more: Any) -> Page:
    return Page(lambda w: topic_in(w, state), may, VIEWERS, bad_args=["ZYP-2026-999999"], **more)


TOPIC_LINK = Page(
    lambda w: [topic_token(make_topic(w.district.building))], EVERYONE, is_public=True, bad_args=["0000-0000-0000"]
)
PAGES |= {
    "governance:meeting-public": meeting_page("noticed", EVERYONE, is_public=True),
    "governance:meeting-register": meeting_page("noticed", EVERYONE, is_public=True),
    "governance:meeting-check-in": Page(door_args, EVERYONE, is_public=True, bad_args=["ZYM-2026-999999", "0000"]),
    "governance:topic-follow": TOPIC_LINK,
    "governance:topic-withdraw": TOPIC_LINK,
    "governance:meeting-detail": meeting_page("noticed", SEES_MEETING),
    "governance:meeting-agenda": meeting_page("collecting", CONVENERS),
    "governance:meeting-roll": meeting_page("held", KEEPS_ROLL),
    "governance:meeting-presence": Page(
        line_args, KEEPS_ROLL, SEES_MEETING, method="post", bad_args=["ZYM-2026-999999", 987654321]
    ),
    "governance:meeting-code": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-minutes": meeting_page("held", {"building_lead"}),
    "governance:meeting-minutes-sheet": meeting_page("confirmed", SEES_MEETING),
    "governance:meeting-minutes-word": meeting_page("confirmed", SEES_MEETING),
    "governance:meeting-notice-sheet": meeting_page("noticed", SEES_MEETING),
    "governance:meeting-outcome": meeting_page("held", KEEPS_ROLL, method="post"),
    "governance:meeting-resolve": meeting_page("held", KEEPS_ROLL, method="post"),
    "governance:meeting-inform": Page(
        resolution_args, CONVENERS, SEES_MEETING, method="post", bad_args=["ZYM-2026-999999", 987654321]
    ),
    "governance:meeting-task": Page(resolution_args, CONVENERS, SEES_MEETING, bad_args=["ZYM-2026-999999", 987654321]),
    "governance:meeting-screen": meeting_page("collecting", CONVENERS),
    "governance:meeting-notice": meeting_page("screened", CONVENERS),
    "governance:meeting-hold": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-adjourn": meeting_page("held", KEEPS_ROLL),
    "governance:meeting-confirm": meeting_page("minutes_draft", {"representative"}),
    "governance:meeting-publish": meeting_page("confirmed", CONVENERS),
    "governance:meeting-follow": meeting_page("published", CONVENERS),
    "governance:meeting-close": meeting_page("following", CONVENERS),
    "governance:meeting-again": meeting_page("not_quorate", CONVENERS),
    "governance:meeting-invite": meeting_page("noticed", CONVENERS),
    "governance:meeting-edit": meeting_page("collecting", CONVENERS),
    "governance:meeting-officers": meeting_page("noticed", CONVENERS),
    "governance:meeting-move": meeting_page("noticed", CONVENERS),
    "governance:meeting-few": meeting_page("noticed", KEEPS_ROLL),
    "governance:meeting-correct": meeting_page("published", {"building_lead"}),
    "governance:meeting-cancel": meeting_page("noticed", CONVENERS),
    "governance:topic-detail": topic_page("proposed", VIEWERS),
    "governance:topic-accept": topic_page("proposed", CONVENERS, method="post"),
    "governance:topic-decline": topic_page("proposed", CONVENERS, method="post"),
    "governance:topic-settle": topic_page("discussed", DISPATCHERS, method="post"),
}


# ---- volunteers: the register and hours are the community's, activities also the branch's and the grid's ----
SEES_VOLUNTEERS = VIEWERS - {"district_duty"}
REGISTRARS = {"community_staff", "community_lead"}
ORGANISERS = REGISTRARS | {"grid_worker", "branch_secretary"}


def entry_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        entry = volunteer_stage.volunteer(world.district, world.people)
        if state == "paused":
            pause(volunteer_id=entry.pk, actor=world.people.community_staff)
        if state == "applied":
            entry.state, entry.verified_at = "applied", None
            entry.save()
        return [entry.number]

    return args


def own_entry(world: World) -> list[Any]:
    """Of the account without a post."""
    user = world.people.user("nobody")
    Volunteer.objects.filter(resident__user=user).update(state="verified")
    known = Volunteer.objects.filter(resident__user=user).first()
    return [(known or volunteer_stage.volunteer(world.district, world.people, user=user)).number]


def paused_entry(world: World) -> list[Any]:
    (number,) = own_entry(world)
    Volunteer.objects.filter(number=number).update(state="paused")
    return [number]


def activity_in(state: str = "draft") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        return [_activity(world, state).number]

    return args


def _activity(world: World, state: str = "draft") -> Any:
    found = volunteer_stage.activity(world.district, world.people)
    if state == "open":
        volunteer_stage.shift(found, world.people)
    return found


def shift_args(world: World) -> list[Any]:
    return [_activity(world, "open").shifts.get().pk]


def seat_args(world: World) -> list[Any]:
    (number,) = own_entry(world)
    entry = Volunteer.objects.get(number=number)
    made = _activity(world, "open").shifts.get()
    return [volunteer_stage.seat(made, entry, world.people.community_staff).pk]


def shift_of_activity(world: World) -> list[Any]:
    made = _activity(world, "open").shifts.get()
    return [made.activity.number, made.pk]


def series_args(world: World) -> list[Any]:
    found = _activity(world)
    day = timezone.localdate()
    rule = Rule((1, 2, 3, 4, 5, 6, 7), clock_time(9), clock_time(10), 3, day, day + timedelta(days=3))
    return [found.number, add_series(activity_id=found.pk, actor=world.people.community_staff, rule=rule).pk]


def team_in(state: str = "forming") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        team = volunteer_stage.team(world.district, world.people, name=uuid.uuid4().hex)
        lead = volunteer_stage.volunteer(world.district, world.people)
        Team.objects.filter(pk=team.pk).update(state=state, lead=lead)
        return [team.pk]

    return args


def record_in(state: str = "proposed") -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        start, people = volunteer_stage.ago(hours=5), world.people
        entry = volunteer_stage.volunteer(world.district, people)
        stretch = Stretch(start, start + timedelta(hours=1))
        keys = {"volunteer_id": entry.pk, "activity_id": _activity(world).pk, "stretch": stretch}
        record = propose(actor=people.grid_worker, **keys)
        by_nobody = {"confirmed_at": timezone.now(), "confirmed_by_id": 10**9}
        if state != "proposed":
            ServiceRecord.objects.filter(pk=record.pk).update(state=state, **by_nobody)
        if state == "confirmed":
            RecordCheck.objects.create(record=record, picked_at=timezone.now())
        return [record.pk]

    return args


def twins(world: World) -> list[Any]:
    entries = [volunteer_stage.volunteer(world.district, world.people, name=name) for name in ("甲", "乙")]
    rows = Resident.objects.filter(volunteer__in=entries)
    rows.update(phone_hash="b" * 64)
    return sorted(rows.values_list("pk", flat=True))


def desk_page(args: Any, may: set[str], **more: Any) -> Page:
    return Page(args, may, SEES_VOLUNTEERS, **more)


def certificate_in(state: str) -> Callable[[World], list[Any]]:
    """Of somebody else, checked by nobody in particular."""

    def args(world: World) -> list[Any]:
        entry, at = volunteer_stage.volunteer(world.district, world.people), timezone.now()
        made = Certificate.objects.create(
            number=f"ZYK-2026-{uuid.uuid4().hex[:6]}", volunteer=entry, **stamps_of(entry), from_on=at.date(),
            until_on=at.date(), asked_at=at, state=state, checked_by_id=10**9, issued_at=at, shown_until=at.date(),
            fingerprint="0" * 64, digest="0" * 64,
            body={"content": [], **dict.fromkeys(
                ("volunteer", "from", "until", "issuer", "responsible", "handler", "contact", "date", "remarks",
                 "serial"), "",
            )},
        )  # fmt: skip
        return [made.number]

    return args


def certificate_code(world: World) -> list[Any]:
    (number,) = certificate_in("issued")(world)
    made = Certificate.objects.get(number=number)
    code = code_of_certificate(made)
    Certificate.objects.filter(pk=made.pk).update(digest=digest_of(code))
    return [code]


NO_CERTIFICATE = ["ZYK-2026-999999"]
GONE, NO_VOLUNTEER, NO_ACTIVITY = [987654321], ["ZYV-2026-999999"], ["ZYA-2026-999999"]
SECOND = REGISTRARS | STREET
PAGES |= {
    "volunteers:activity": Page(activity_in("open"), EVERYONE, is_public=True, bad_args=NO_ACTIVITY),
    "volunteers:my-revise": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-pause": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-leave": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:my-resume": Page(paused_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:shift-take": Page(shift_args, EVERYONE, method="post", bad_args=GONE),
    "volunteers:seat-cancel": Page(seat_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:team-join": Page(team_in(), EVERYONE, method="post", bad_args=GONE),
    "volunteers:shift-list": Page(shift_args, ORGANISERS, bad_args=GONE),
    "volunteers:shift-code": Page(shift_args, ORGANISERS, bad_args=GONE),
    "volunteers:here": Page(
        lambda w: [pk := shift_args(w)[0], code_of(Shift.objects.get(pk=pk), timezone.now())],
        EVERYONE,
        bad_args=[*GONE, "0000"],
    ),
    "volunteers:volunteer-detail": desk_page(entry_in("verified"), SEES_VOLUNTEERS, bad_args=NO_VOLUNTEER),
    "volunteers:volunteer-reveal": desk_page(entry_in("verified"), ORGANISERS, bad_args=NO_VOLUNTEER),
    **{
        f"volunteers:volunteer-{verb}": desk_page(entry_in(state), REGISTRARS, bad_args=NO_VOLUNTEER)
        for verb, state in {
            "verify": "applied",
            "refuse": "applied",
            "insure": "verified",
            "merit": "verified",
            "revise": "verified",
            "pause": "verified",
            "resume": "paused",
            "leave": "verified",
        }.items()
    },
    "volunteers:volunteer-aid-offer": desk_page(entry_in("verified"), ORGANISERS, bad_args=NO_VOLUNTEER),
    "volunteers:my-certificate": Page(own_entry, {"nobody"}, bad_args=NO_VOLUNTEER),
    "volunteers:volunteer-certificate": desk_page(entry_in("verified"), REGISTRARS, bad_args=NO_VOLUNTEER),
    "volunteers:certificate-sheet": desk_page(certificate_in("issued"), SEES_VOLUNTEERS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-word": desk_page(certificate_in("issued"), SEES_VOLUNTEERS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-agree": desk_page(certificate_in("asked"), REGISTRARS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-refuse": desk_page(certificate_in("asked"), REGISTRARS, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-issue": desk_page(certificate_in("checked"), {"community_lead"}, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-revoke": desk_page(certificate_in("issued"), {"community_lead"}, bad_args=NO_CERTIFICATE),
    "volunteers:certificate-check": Page(
        certificate_code,
        EVERYONE,
        is_public=True,
        bad_args=["0000-0000-0000"],
    ),
    "volunteers:doubtful-pair": Page(twins, REGISTRARS, {"grid_worker", "branch_secretary"}, bad_args=[1, 987654321]),
    "volunteers:team-detail": desk_page(team_in(), SEES_VOLUNTEERS, bad_args=GONE),
    "volunteers:team-member": Page(team_in(), set(), SEES_VOLUNTEERS - ORGANISERS, method="post", bad_args=GONE),
    **{
        f"volunteers:team-{verb}": desk_page(team_in(state), ORGANISERS, bad_args=GONE)
        for verb, state in {
            "activate": "forming",
            "lead": "forming",
            "add": "forming",
            "edit": "forming",
            "rest": "active",
            "close": "active",
        }.items()
    },
    "volunteers:activity-detail": desk_page(activity_in(), SEES_VOLUNTEERS, bad_args=NO_ACTIVITY),
    "volunteers:shift-off": desk_page(shift_of_activity, ORGANISERS, method="post"),
    "volunteers:series-change": desk_page(series_args, ORGANISERS),
    **{
        f"volunteers:activity-{verb}": desk_page(activity_in(state), ORGANISERS, bad_args=NO_ACTIVITY)
        for verb, state in {
            "open": "draft",
            "shift": "draft",
            "series": "draft",
            "edit": "draft",
            "record": "open",
            "close": "open",
            "cancel": "open",
        }.items()
    },
    "volunteers:record-detail": desk_page(record_in(), SEES_VOLUNTEERS, bad_args=GONE),
    "volunteers:record-confirm": desk_page(record_in(), ORGANISERS, bad_args=GONE),
    "volunteers:record-reject": desk_page(record_in(), ORGANISERS, bad_args=GONE),
    "volunteers:record-approve": desk_page(record_in("second"), SECOND, bad_args=GONE),
    "volunteers:record-reverse": desk_page(record_in("confirmed"), REGISTRARS, bad_args=GONE),
    "volunteers:record-answer": desk_page(record_in("confirmed"), SECOND, bad_args=GONE),
}


# ---- points: the desk is the community's; a neighbour sees what is theirs ----
def _reserved(world: World, resident: Resident) -> Any:
    points_stage.earn(resident, 240)
    return points_stage.take(world.people, resident, points_stage.offer(world.people, world.district))


def redemption_args(world: World) -> list[Any]:
    return [_reserved(world, points_stage.neighbour(world.people, world.district)).pk]


def own_redemption_args(world: World) -> list[Any]:
    """Of the account without a post."""
    user = world.people.user("nobody")
    resident = Resident.objects.filter(user=user).first()
    if resident is None:
        resident = points_stage.neighbour(world.people, world.district, name="无岗某", phone="")
        Resident.objects.filter(pk=resident.pk).update(user=user)
    return [_reserved(world, resident).pk]


def own_reward_args(world: World) -> list[Any]:
    own_redemption_args(world)
    return [Reward.objects.latest("pk").pk]


def reward_args(world: World) -> list[Any]:
    return [points_stage.offer(world.people, world.district).pk]


def gift_args(world: World) -> list[Any]:
    """Asked for by somebody of the desk, so somebody else of it decides."""
    resident = points_stage.neighbour(world.people, world.district)
    points_stage.earn(resident, 240)
    return [points_stage.gift(world.people, resident).pk]


PAGES |= {
    "volunteers:points-take": Page(own_reward_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:points-back": Page(own_redemption_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:redemption-hand-out": Page(redemption_args, REGISTRARS, bad_args=GONE),
    "volunteers:redemption-cancel": Page(redemption_args, REGISTRARS, bad_args=GONE),
    "volunteers:reward-edit": Page(reward_args, REGISTRARS, bad_args=GONE),
    "volunteers:reward-counter": Page(reward_args, REGISTRARS, bad_args=GONE),
    "volunteers:gift-decide": Page(gift_args, {"community_lead"}, {"community_staff"}, bad_args=GONE),
}


# ---- representatives and their households ----
def term_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        person = served.neighbour(world.district, world.people, uuid.uuid4().hex)
        return [served.put(served.nominated(world.district, world.people, resident=person), state, world.people).number]

    return args


def door_of(world: World) -> Any:
    """A fresh door of the building: one number more than there are."""
    known = Household.objects.count()
    return served.doors(world.district, world.people, known + 1)[known]


def asked_link(world: World) -> Any:
    """A door that was asked; its representative signs in as somebody without a post."""
    owner = world.people.user("nobody")
    term = Representative.objects.filter(resident__user=owner).first()
    if term is None:
        term = served.serving(world.district, world.people, uuid.uuid4().hex, user=owner)
    links = HouseholdLink.objects.filter(representative=term, slot__isnull=False)
    return links.first() or served.linked(term, world.people, [door_of(world)], state="proposed")[0]


def order_in(state: str) -> Callable[[World], list[Any]]:
    return lambda w: [served.ordered(door_of(w), w.people, state).number]


def card_token_of(world: World) -> list[Any]:
    return [card_token(issue_card(household_id=door_of(world).pk, actor=world.people.community_staff))]


def card_order(world: World) -> list[Any]:
    door = door_of(world)
    token = card_token(issue_card(household_id=door.pk, actor=world.people.community_staff))
    return [token, served.ordered(door, world.people, "done").number]


def reward_in(world: World, state: str) -> int:
    term = served.serving(world.district, world.people, uuid.uuid4().hex)
    return rewards.put(rewards.proposed(term, world.people), state, world.people).pk


KEEPERS = {"community_staff", "community_lead"}
SEES_PEOPLE = VIEWERS - {"district_duty"}
NOMINATES, TAKES = KEEPERS | {"branch_secretary"}, KEEPERS | {"grid_worker"}
BUILDING = {"args": lambda w: [w.district.building.pk], "knows": SEES_PEOPLE}
CARD_POST = Page(card_token_of, EVERYONE, is_public=True, method="post")
CARD_ORDER = Page(card_order, EVERYONE, is_public=True, method="post")
PAGES |= {
    "volunteers:representative-detail": Page(term_in("nominated"), SEES_PEOPLE),
    "volunteers:representative-approve": Page(
        term_in("nominated"), {"community_lead", "branch_secretary"}, SEES_PEOPLE
    ),
    "volunteers:representative-agree": Page(term_in("nominated"), NOMINATES, SEES_PEOPLE),
    "volunteers:representative-new": Page(may=NOMINATES, **BUILDING),
    "volunteers:building-plan": Page(may=SEES_PEOPLE, **BUILDING),
    "volunteers:building-doors-add": Page(may=TAKES | NOMINATES, method="post", **BUILDING),
    "volunteers:building-assign": Page(may=KEEPERS, method="post", **BUILDING),
    "volunteers:household-card": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE),
    "volunteers:household-card-revoke": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE, method="post"),
    "volunteers:household-consent": Page(lambda w: [door_of(w).pk], KEEPERS, SEES_PEOPLE),
    "volunteers:order-new": Page(lambda w: [door_of(w).pk], TAKES, SEES_PEOPLE),
    "volunteers:order-detail": Page(order_in("placed"), SEES_PEOPLE),
    "volunteers:order-take": Page(order_in("placed"), TAKES, SEES_PEOPLE),
    "volunteers:order-finish": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:order-confirm": Page(order_in("done"), KEEPERS, SEES_PEOPLE),
    "volunteers:order-pass-up": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:order-withdraw": Page(order_in("taken"), TAKES, SEES_PEOPLE),
    "volunteers:my-order": Page(lambda w: [asked_link(w).pk], {"nobody"}),
    "volunteers:household-page": Page(card_token_of, EVERYONE, is_public=True),
    "volunteers:household-answer": CARD_POST,
    "volunteers:household-order": CARD_POST,
    "volunteers:household-order-confirm": CARD_ORDER,
    "volunteers:household-order-again": CARD_ORDER,
    "volunteers:household-order-withdraw": CARD_ORDER,
    "volunteers:notice-detail": Page(term_in("noticed"), EVERYONE, is_public=True),
} | {
    f"volunteers:representative-{verb}": Page(term_in(state), KEEPERS, SEES_PEOPLE)
    for verb, state in (
        *(("notice", "reviewed"), ("settle", "noticed"), ("activate", "noticed"), ("suspend", "active")),
        *(
            ("resume", "suspended"),
            ("hand-over", "active"),
            ("train", "active"),
            ("reach", "active"),
            ("reward", "active"),
            ("end", "active"),
        ),
    )
}
PAGES |= {
    f"volunteers:link-{verb}": Page(lambda w: [asked_link(w).pk], KEEPERS | own, set(SEES_PEOPLE))
    for verb, own in (("agree", {"nobody"}), ("decline", {"nobody"}), ("end", set()))
}
PAGES |= {
    f"volunteers:incentive-{verb}": Page(
        lambda w, state=state: [reward_in(w, state)], may, SEES_PEOPLE | {"district_duty"}
    )
    for verb, state, may in (
        ("check", "proposed", STREET),
        ("notice", "checked", {"street_officer", "community_lead"}),  # the street lead looked at it
        ("grant", "noticed", {"district_duty"}),
        ("refuse", "proposed", STREET),
    )
}
PAGES["volunteers:link-end"].knows.add("nobody")


# ---- mutual aid ----
def aid_in(state: str) -> Callable[[World], list[Any]]:
    """Asked for by the account without a post, taken by somebody else."""
    return lambda w: [aid_pair(w).in_state(state).number]


def aid_pair(world: World) -> Pair:
    """What was asked for before is over: ten things at a time are the most."""
    AidNeed.objects.filter(closed_at=None).update(state="cancelled", closed_at=timezone.now())
    return Pair(world.district, world.people, user=world.people.user("nobody"))


def own_help(world: World) -> list[Any]:
    """Taken on by the account without a post."""
    entry = Volunteer.objects.get(number=own_entry(world)[0])
    need = aid_stage.for_elder(world.district, world.people)
    lead = world.people.community_lead
    return [matching.match(need_id=need.pk, actor=lead, volunteer_id=entry.pk).number]


def aid_offer(world: World) -> list[Any]:
    entry = Volunteer.objects.get(number=own_entry(world)[0])
    facts = OfferFacts(AidKind.MEALS)
    return [offer(actor=world.people.community_lead, volunteer_id=entry.pk, facts=facts).pk]


def call_to_make(world: World) -> list[Any]:
    aid_stage.verified(world.district, world.people)
    return [PhoneCall.objects.latest("pk").pk]


NO_NEED = ["H20990001"]
PAGES |= (
    {
        "volunteers:aid-card": Page(aid_in("open"), set(EVERYBODY), bad_args=NO_NEED),
        "volunteers:aid-take": Page(aid_in("open"), EVERYONE - {"nobody"}, {"nobody"}, method="post", bad_args=NO_NEED),
        "volunteers:my-aid-need": Page(aid_in("done"), {"nobody"}, bad_args=NO_NEED),
        "volunteers:my-aid-offer-end": Page(aid_offer, {"nobody"}, method="post", bad_args=GONE),
        "volunteers:my-household-aid": Page(lambda w: [asked_link(w).pk], {"nobody"}, bad_args=GONE),
        "volunteers:aid-detail": desk_page(aid_in("open"), SEES_VOLUNTEERS | {"nobody"}, bad_args=NO_NEED),
        "volunteers:aid-contact": desk_page(aid_in("open"), ORGANISERS, bad_args=NO_NEED),
        "volunteers:call-done": Page(call_to_make, ORGANISERS, bad_args=GONE),
        "volunteers:call-contact": Page(call_to_make, ORGANISERS, bad_args=GONE),
    }
    | {
        f"volunteers:my-aid-{verb}": Page(args, {"nobody"}, bad_args=NO_NEED)
        for verb, args in (
            *(("share", aid_in("taken")), ("give-back", aid_in("taken")), ("cancel", aid_in("open"))),
            *(("confirm", aid_in("done")), ("dispute", aid_in("done")), ("finish", own_help)),
        )
    }
    | {
        f"volunteers:aid-desk-{verb}": desk_page(aid_in(state), may, bad_args=NO_NEED)
        for verb, state, may in (
            *(("match", "open", ORGANISERS), ("cancel", "open", ORGANISERS), ("finish", "taken", ORGANISERS)),
            *(("give-back", "taken", ORGANISERS), ("confirm", "done", ORGANISERS), ("dispute", "done", ORGANISERS)),
            *(("decide", "disputed", REGISTRARS), ("credit", "confirmed", SECOND), ("refuse", "confirmed", SECOND)),
        )
    }
)
# ---- members checking in: the branch and its community; a member's own; what everybody reads ----
BRANCH_PEOPLE = REGISTRARS | {"branch_secretary"}


def checkin_in(state: str, pledge: str = "") -> Callable[[World], list[Any]]:
    """Of somebody without an account."""

    def args(world: World) -> list[Any]:
        made = members.applied(world.district, world.people, name=uuid.uuid4().hex)
        made = members.put(made, state, world.district, world.people)
        if pledge:
            members.pledge_in(made, pledge, world.people, world.people.community_lead)
        return [made.number]

    return args


def feedback_in(state: str) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        with members.december():
            made = members.here(world.district, world.people, uuid.uuid4().hex)
            return [members.feedback_in(made, state, world.people, world.people.community_lead).number]

    return args


def feedback_token(world: World) -> list[Any]:
    (number,) = feedback_in("issued")(world)
    return [feedback_services.token_for(EmployerFeedback.objects.get(number=number))]


def own_post(world: World) -> list[Any]:
    """For the account without a post, which has checked in."""
    members.here(world.district, world.people, user=world.people.user("nobody"))
    return [members.post(world.district, world.people, places=9).pk]


PAGES |= {
    f"volunteers:checkin-{verb}": Page(checkin_in(*state), BRANCH_PEOPLE)
    for verb, state in {
        "detail": ("accepted",),
        "reveal": ("applied",),
        "accept": ("applied",),
        "refuse": ("applied",),
        "revise": ("applied",),
        "leave": ("active",),
        "offer": ("accepted",),
        "consent": ("accepted", "offered"),
        "show": ("accepted", "consented"),
        "kept": ("accepted", "shown"),
        "hide": ("accepted", "shown"),
    }.items()
}
PAGES |= {
    f"volunteers:feedback-{name}": Page(feedback_in(state), set(REGISTRARS))
    for name, state in {
        "sheet": "drafted",
        "agree": "drafted",
        "withhold": "drafted",
        "redraft": "drafted",
        "issue": "agreed",
        "word": "issued",
    }.items()
}
PAGES |= {
    "volunteers:checkin-draft": Page(checkin_in("accepted"), set(REGISTRARS), {"branch_secretary"}),
    "volunteers:post-detail": Page(lambda w: [members.post(w.district, w.people).pk], BRANCH_PEOPLE, bad_args=GONE),
    "volunteers:post-close": Page(
        lambda w: [members.post(w.district, w.people).pk], BRANCH_PEOPLE, method="post", bad_args=GONE
    ),
    "volunteers:my-post": Page(own_post, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:feedback-link": Page(feedback_token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    "volunteers:member-branch": Page(lambda w: [w.district.branch.pk], EVERYONE, is_public=True, bad_args=GONE),
}


@pytest.fixture
def world(district, people) -> World:
    return World(district, people, make_issue(district.building))


def test_every_address_with_an_id_stands_in_the_matrix():
    assert sorted(with_id()) == sorted(PAGES)


def opened(client: Client, page: Page, name: str, args: list[Any]) -> HttpResponse:
    """What the address answers; whatever it changed is taken back, so that the next account finds the same."""
    with transaction.atomic():
        response: HttpResponse = getattr(client, page.method)(reverse(name, args=args))
        transaction.set_rollback(True)
    return response


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people.user(who))
    return client


@pytest.mark.parametrize("share", range(SHARES))
def test_every_role_sees_what_it_may(world, share):
    """Each page is made once for everybody: accounts, strangers, and those who guess another number."""
    clients = {who: signed_in(world, who) for who in EVERYBODY}
    faults: list[str] = []
    for name in sorted(PAGES)[share::SHARES]:
        page = PAGES[name]
        args = page.args(world)
        answers = {who: opened(client, page, name, args).status_code for who, client in clients.items()}
        faults += [f"{name}: {fault}" for fault in faults_for_roles(page, answers)]
        faults += [f"{name}: {fault}" for fault in faults_for_strangers(page, name, opened(Client(), page, name, args))]
        foreign = page.bad_args or [_other(str(arg)) for arg in args]
        faults += faults_for_guesses(name, opened(clients["street_lead"], page, name, foreign).status_code)
    assert not faults, "\n".join(faults)


def faults_for_roles(page: Page, answers: dict[str, int]) -> Iterator[str]:
    def those(*codes: int) -> set[str]:
        return {who for who, code in answers.items() if code in codes}

    if page.is_public:  # a step by private link that does not fit now answers 4xx, but never hides
        wanted = {"hidden": (EVERYONE - those(*OPENS, 405, 422), set())}
    else:
        wanted = {
            "may": (those(*OPENS, 422), page.may),  # an empty form is refused
            "knows": (those(403), page.knows - page.may),
            "does not exist": (those(404), EVERYONE - page.may - page.knows),
        }
    for what, (found, right) in wanted.items():
        if found != right:
            yield f"{what}: too many {sorted(found - right)}, missing {sorted(right - found)}; {answers}"


def faults_for_strangers(page: Page, name: str, response: HttpResponse) -> Iterator[str]:
    """They are sent to the log-in."""
    if name == "governance:photo":  # not published: it does not exist for strangers
        fits = response.status_code == 404
    elif page.is_public:
        fits = response.status_code in {*OPENS, 405, 422}
    else:
        fits = response.status_code in {302, 303} and reverse("account_login") in response["Location"]
    if not fits:
        yield f"a stranger gets {response.status_code}"


def faults_for_guesses(name: str, code: int) -> Iterator[str]:
    """An id that does not exist opens nothing."""
    leads_on = {"governance:filter-remove", "governance:report-from-code"}
    if code not in {302, 303, 403, 404, 405, 429} or (code in {302, 303} and name not in leads_on):
        yield f"{name}: an id that does not exist gets {code}"


def _other(arg: str) -> Any:
    if arg.isdigit():
        return 987654321
    return uuid.uuid4() if len(arg) == 36 else "ZY-2026-999999"


def test_the_administration_is_closed_to_everybody_without_the_right(client, world):
    pages = [f"/{path.split('<')[0]}" for _name, path, _entry in addresses() if path.startswith("admin/")]
    lists = sorted({page for page in pages if page.count("/") == 4 and "(" not in page})
    assert lists
    for who in ("street_lead", "community_lead", "district_duty", "nobody"):
        client.force_login(world.people.user(who))
        assert {client.get(page).status_code for page in lists} <= {302, 403, 404}


def test_only_the_street_and_the_district_rule(world):
    """The matrix rests on the table of policies; this line keeps its most delicate entry in sight."""
    assert PAGES["governance:issue-rule"].may == STREET | {"district_duty"}
