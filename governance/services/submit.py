"""A request comes in: once, however often it is sent."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.models import Attachment
from core.numbers import next_number
from core.tokens import digest_of
from governance import policies
from governance.lifecycle import (
    ISSUE_ACCEPTED,
    ISSUE_DISPATCHED,
    ISSUE_MERGED,
    ISSUE_SUBMITTED,
    WORK_STEPS,
    Channel,
    State,
    Step,
)
from governance.models import Category, Clock, Dispatch, Issue, IssuePhoto, TimelineEntry
from governance.models.issues import Audience
from governance.services.clocks import plan_clocks
from governance.services.contacts import create_contact
from governance.services.links import follow_token
from governance.services.moves import locked_issue, plan_line, plan_move, tell, write_line
from governance.services.routing import Holder, choose_holder
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import Stamp, stamp_for_new

TEXT_LIMIT = 500


@dataclass(frozen=True)
class Report:
    """What a resident, or somebody for them, tells us."""

    area: Area
    category: Category
    text: str
    submission_key: uuid.UUID = field(default_factory=uuid.uuid4)
    place_note: str = ""
    channel: Channel = Channel.WEB
    name: str = ""
    phone: str = ""
    door: str = ""
    is_danger: bool = False
    is_public: bool = False
    hide_requester: bool = False
    point: tuple[Decimal, Decimal] | None = None
    external_number: str = ""
    external_channel: str = ""
    received_at: datetime | None = None  # by whoever passed it on
    photos: tuple[Attachment, ...] = ()
    collector_role: str = ""
    same_as: int | None = None  # "this is mine too": the issue it follows

    @property
    def urgency(self) -> str:
        """The category's; its urgency for danger when the question about danger was answered yes."""
        return (
            self.category.danger_urgency if self.is_danger and self.category.danger_urgency else self.category.urgency
        )


def submit_issue(*, actor: Actor, report: Report) -> Issue:
    """Anybody may report; only people with a post may report for somebody else. The same key is stored once."""
    require(report.channel in {Channel.WEB, Channel.QR} or policies.can_record_issue(actor))
    _check(report)
    try:
        return _store(actor=actor, report=report)
    except (IntegrityError, RuleError):
        # the same form arrived before, or in parallel and was quicker
        known = Issue.objects.filter(submission_key=report.submission_key).first()
        if known is None and (other := passed_on_before(report)):
            raise KnownNumberError(other) from None
        if known is None:
            raise
        return known


class KnownNumberError(RuleError):
    """The same number of the same hotline is here already."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(_("This number was taken in already. It is not taken in twice."), field="external_number")
        self.issue = issue


def passed_on_before(report: Report) -> Issue | None:
    """The case that already carries this number of this channel."""
    if not report.external_number:
        return None
    same = Issue.objects.filter(external_number=report.external_number, external_channel=report.external_channel)
    return same.first()


def _check(report: Report) -> None:
    if not report.text.strip():
        raise RuleError(_("Write a few words about what is wrong."), field="text")
    if len(report.text) > TEXT_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TEXT_LIMIT}, field="text")
    if bool(report.external_number) != bool(report.external_channel):
        raise RuleError(_("A number from elsewhere needs the channel it came by."), field="external_number")
    if len(report.photos) > settings.PHOTO_MAX_COUNT:
        raise RuleError(_("There are enough photos already."), field="photos")


@transaction.atomic
def _store(*, actor: Actor, report: Report) -> Issue:
    """Nine statements, so that a busy evening is no trouble (docs/performance.md): first decide, then insert once."""
    at = timezone.now()
    # a move of the area waits for us, or we for it
    area, stamp = stamp_for_new(report.area)
    if area.closed_on:
        raise RuleError(_("This place is no longer kept. Choose another one."), field="place")
    holder = choose_holder(report.category, stamp)
    issue = _new_issue(actor, report, stamp, holder, at)
    lines = [plan_line(issue, kind=ISSUE_SUBMITTED, actor=actor, at=at, to_state=State.SUBMITTED, text=issue.text)]
    steps: tuple[Step, ...] = (Step.ACCEPT,)
    if report.same_as:
        lines.append(_join(issue, report.same_as, at))
        steps = ()
    elif holder.unit:
        lines += _dispatched_by_rule(issue, at)
        steps = WORK_STEPS
    issue.contact = create_contact(name=report.name, phone=report.phone, door=report.door)
    issue.number = next_number("issue", timezone.localdate(at).year)
    clocks = plan_clocks(issue, steps, at)
    issue.save(force_insert=True)
    Clock.objects.bulk_create(clocks)
    _insert_around(issue, lines, report)
    tell(ISSUE_SUBMITTED, issue, actor, channel=issue.channel, urgency=issue.urgency)
    return issue


def _new_issue(actor: Actor, report: Report, stamp: Stamp, holder: Holder, at: datetime) -> Issue:
    issue = Issue(
        submission_key=report.submission_key,
        area=report.area,
        **stamp.as_fields(),
        category=report.category,
        urgency=report.urgency,
        text=report.text.strip(),
        place_note=report.place_note.strip(),
        channel=report.channel,
        external_number=report.external_number,
        external_channel=report.external_channel,
        received_at=report.received_at,
        hide_requester=report.hide_requester,
        is_public=report.is_public,
        published_at=at if report.is_public else None,
        recorded_by_id=actor.user_id,
        recorded_by_label=actor.label if actor.user_id else "",
        collector_role=report.collector_role,
        state=State.SUBMITTED,
        holder_area_id=holder.area_id,
        holder_unit=holder.unit,
        submitted_at=at,
    )
    if report.point:
        issue.latitude, issue.longitude = report.point
    issue.follow_digest = digest_of(follow_token(issue))
    return issue


def _join(issue: Issue, parent_id: int, at: datetime) -> TimelineEntry:
    """ "This is mine too": the case is merged, the voice is counted, the answer comes to this person as well."""
    parent = locked_issue(parent_id)
    if parent.closed_at is not None or parent.state == State.APPEALED:
        raise RuleError(_("That case is closed by now. Send yours as a new one."))
    issue.parent = parent
    Issue.objects.filter(pk=parent.pk).update(voices=F("voices") + 1)
    return plan_move(issue, State.MERGED, actor=SYSTEM, at=at, kind=ISSUE_MERGED, reason=parent.number)


def _dispatched_by_rule(issue: Issue, at: datetime) -> list[TimelineEntry]:
    """A routing rule names the unit: accepted and dispatched at once, by the system."""
    issue.dispatched_at = at
    return [
        plan_move(issue, State.ACCEPTED, actor=SYSTEM, at=at, kind=ISSUE_ACCEPTED, audience=Audience.STAFF),
        plan_move(issue, State.DISPATCHED, actor=SYSTEM, at=at, kind=ISSUE_DISPATCHED, unit=issue.holder_unit),
    ]


def _insert_around(issue: Issue, lines: list[TimelineEntry], report: Report) -> None:
    """What hangs on the new row: its history, photos and first dispatch."""
    at = issue.submitted_at
    TimelineEntry.objects.bulk_create(lines)
    if report.photos:
        IssuePhoto.objects.bulk_create([IssuePhoto(issue=issue, attachment=p, entry=lines[0]) for p in report.photos])
    if issue.dispatched_at:
        Dispatch.objects.create(
            issue=issue, area_id=issue.holder_area_id, unit=issue.holder_unit, at=at, by_label=SYSTEM.label
        )
    if issue.parent:
        write_line(issue.parent, kind=ISSUE_MERGED, actor=SYSTEM, at=at, reason=issue.number, audience=Audience.STAFF)
