"""From the handler's desk: talk to the resident, reply, note; and from the checker's."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.models import Attachment
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_CHECKED,
    ISSUE_CONTACTED,
    ISSUE_NOTED,
    ISSUE_REOPENED,
    ISSUE_REPLIED,
    ISSUE_URGENCY_CHANGED,
    URGENCY_RANK,
    WORK_STEPS,
    State,
    Step,
    Urgency,
)
from governance.models import ContactLog, Issue, IssuePhoto, Reply
from governance.models.issues import Audience
from governance.services.clocks import end_clocks, start_clocks
from governance.services.moves import (
    locked_issue,
    move,
    person,
    require_move,
    require_no_hand_in,
    require_state,
    save_issue,
    tell,
    write_line,
)
from governance.services.parts import require_parts_replied, require_whole_open
from governance.services.reopening import reopen
from governance.services.rewinding import rewind_clocks
from neighborhoods.actors import Actor

ATTEMPTS_ENOUGH = 3


@transaction.atomic
def log_contact(*, issue_id: int, actor: Actor, reached: bool, note: str) -> Issue:
    """The holder notes a talk with the resident, or an attempt that failed; the first starts the work."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["contact"])
    require(policies.can_contact_issue(actor, issue))
    ContactLog.objects.create(issue=issue, at=at, by_id=person(actor), reached=reached, note=note.strip()[:500])
    if issue.state == State.SIGNED:
        move(issue, State.WORKING, actor=actor, at=at, kind=ISSUE_CONTACTED, text=note.strip(), reason=_tried(reached))
    else:
        write_line(issue, kind=ISSUE_CONTACTED, actor=actor, at=at, text=note.strip(), reason=_tried(reached))
    if reached or issue.contact_logs.filter(reached=False).count() >= ATTEMPTS_ENOUGH:
        end_clocks(issue, [Step.CONTACT], at)
    save_issue(issue)
    tell(ISSUE_CONTACTED, issue, actor, reached=reached)
    return issue


def _tried(reached: bool) -> str:  # noqa: FBT001 - a yes or no from the form
    return "" if reached else "unreached"


def may_reply(issue: Issue) -> bool:
    """No reply without a talk or three dated attempts, unless whoever handles it has no number to call.

    That is so when none was left or kept, and when it is a complaint: then the handler never learns who asked.
    """
    contact = issue.contact
    if contact is None or not contact.phone or contact.hidden_at or issue.hide_requester:
        return True
    if issue.urgency == Urgency.INQUIRY:
        return True
    since = issue.dispatched_at or issue.submitted_at
    logs = list(issue.contact_logs.filter(at__gte=since).values_list("reached", flat=True))
    return any(logs) or len(logs) >= ATTEMPTS_ENOUGH


@transaction.atomic
def reply_issue(
    *, issue_id: int, actor: Actor, text: str, claims_solved: bool = True, photos: tuple[Attachment, ...] = ()
) -> Issue:
    """The holder says what was done. It stays a claim until the resident or a call-back confirms it."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.WORKING if issue.state == State.SIGNED else State.REPLIED)
    require(policies.can_reply_issue(actor, issue))
    if not text.strip():
        raise RuleError(_("Write what was done, in words the resident understands."), field="text")
    if not may_reply(issue):
        raise RuleError(_("Talk to the resident first, or note three attempts. A reply without a talk comes back."))
    require_parts_replied(issue)
    if issue.state == State.SIGNED:
        move(issue, State.WORKING, actor=actor, at=at, kind=ISSUE_CONTACTED, audience=Audience.STAFF)
    entry = move(
        issue,
        State.REPLIED,
        actor=actor,
        at=at,
        kind=ISSUE_REPLIED,
        text=text.strip(),
        unit=issue.holder_unit,
        area=issue.holder_area,
        audience=Audience.EVERYBODY,
    )
    Reply.objects.create(
        issue=issue,
        at=at,
        by_id=person(actor),
        by_label=actor.label,
        unit=issue.holder_unit,
        text=text.strip(),
        claims_solved=claims_solved,
    )
    IssuePhoto.objects.bulk_create(
        [IssuePhoto(issue=issue, attachment=p, entry=entry, from_resident=False) for p in photos]
    )
    end_clocks(issue, WORK_STEPS, at)
    if not issue.part_of_id:  # the resident is asked about the whole
        start_clocks(issue, [Step.CALLBACK], at)
    issue.replied_at, issue.replied_by_id = at, actor.user_id
    issue.checked_by_id = issue.called_back_by_id = issue.escalated_level = None
    issue.handled_level, issue.urges = issue.holder_area.level, 0
    people = ("replied_by_id", "checked_by_id", "called_back_by_id")
    save_issue(issue, "replied_at", *people, "escalated_level", "handled_level", "urges")
    tell(ISSUE_REPLIED, issue, actor)
    return issue


@transaction.atomic
def check_issue(*, issue_id: int, actor: Actor, passed: bool, note: str = "") -> Issue:
    """Somebody other than the handler looks whether the reply is true; if not, it goes back to work."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.CALLBACK)
    require(policies.can_check_issue(actor, issue))
    require_no_hand_in(issue, actor)
    if not passed and not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    issue.checked_by_id = actor.user_id
    if passed:
        move(issue, State.CALLBACK, actor=actor, at=at, kind=ISSUE_CHECKED, text=note.strip(), audience=Audience.STAFF)
        save_issue(issue, "checked_by_id")
        tell(ISSUE_CHECKED, issue, actor)
        return issue
    require_whole_open(issue)
    reopen(issue, actor=actor, at=at, reason=note.strip(), kind=ISSUE_CHECKED)
    tell(ISSUE_REOPENED, issue, actor, by="check")
    return issue


@transaction.atomic
def note_issue(*, issue_id: int, actor: Actor, text: str) -> Issue:
    """A note among staff; the resident never sees it."""
    issue, at = locked_issue(issue_id), timezone.now()
    require(policies.can_note_issue(actor, issue))
    if not text.strip():
        raise RuleError(_("The note is empty."), field="text")
    write_line(issue, kind=ISSUE_NOTED, actor=actor, at=at, text=text.strip(), audience=Audience.STAFF)
    tell(ISSUE_NOTED, issue, actor)
    return issue


@transaction.atomic
def change_urgency(*, issue_id: int, actor: Actor, urgency: Urgency, reason: str) -> Issue:
    """A dispatcher raises the urgency at once, or lowers it with a reason; the running clocks follow."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["urgency"])
    require(policies.can_change_urgency(actor, issue))
    if issue.urgency == urgency:
        raise RuleError(_("It already has this urgency."), field="urgency")
    if URGENCY_RANK[urgency] < URGENCY_RANK[Urgency(issue.urgency)] and not reason.strip():
        raise RuleError(_("Say why it is less urgent."), field="reason")
    before = issue.get_urgency_display()
    rewind_clocks(issue, urgency, at)
    save_issue(issue, "urgency", "urgency_before")
    text = f"{before} → {issue.get_urgency_display()}"
    write_line(issue, kind=ISSUE_URGENCY_CHANGED, actor=actor, at=at, text=text, reason=reason.strip()[:200])
    tell(ISSUE_URGENCY_CHANGED, issue, actor, urgency=urgency)
    return issue
