"""Cases, the tree they lie in, and what is told about them."""

import io
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core.models import Event
from governance.lifecycle import CLOSED, State, Urgency
from governance.lifecycle.asking import Asked
from governance.models import Issue, Recurrence, SavedFilter, SupervisionOrder
from governance.services.appeals import appeal_issue
from governance.services.dismissing import propose_dismissal
from governance.services.hotline_tables import keep_table
from governance.services.links import follow_token
from governance.services.photos import store_photo
from governance.services.supervision import order_supervision, report_order
from neighborhoods.models import DistrictImport
from notifications.models import Notice
from notifications.models import Urgency as Speed
from tests.access.pages import EVERYONE, Page, World
from tests.factories import make_issue, make_place_code
from tests.test_policies import ASKING, DISPATCHERS, STREET, VIEWERS, table


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


def public_case(world: World) -> list[Any]:
    return [make_issue(world.district.building, is_public=True).number]


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


POSTERS = DISPATCHERS | {"grid_worker", "branch_secretary", "system_admin"}
ASKED = VIEWERS | {"callback_agent"}
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
    "governance:issue-pause": step("ask_pause", State.WORKING),
    "governance:issue-decide-pause": step("decide_pause", State.WORKING, asked=Asked.PAUSE, asked_by_id=10**9),
    "governance:issue-resume": step("resume_clock", State.WORKING, paused_until=timezone.now()),
    "governance:issue-extend": step("ask_extension", State.WORKING, urgency=Urgency.COMPLEX),
    "governance:issue-decide-extension": step(
        "decide_extension", State.WORKING, asked=Asked.EXTENSION, asked_by_id=10**9
    ),
    "governance:issue-ask": step("ask_resident", State.WORKING),
    "governance:issue-park": step("park_issue", State.CALLBACK),
    # the tree
    "neighborhoods:poster-sheet": Page(lambda w: [w.district.compound.code], POSTERS),
    "neighborhoods:import-preview": Page(import_of, {"system_admin"}, EVERYONE),
    "neighborhoods:import-done": Page(import_of, {"system_admin"}, EVERYONE),
    # notices are read by whoever they were written to
    "notifications:notice-open": Page(notice_of, {"grid_worker"}),
}
