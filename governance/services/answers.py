"""What residents say to the answer, by their private link or asked by a call-back agent; and how a case ends."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    ASKED,
    CLOSED,
    FITS,
    ISSUE_ANSWERED,
    ISSUE_CALLED_BACK,
    ISSUE_CLOSED,
    ISSUE_REFUSED,
    ISSUE_REOPENED,
    State,
    Step,
)
from governance.lifecycle.asking import Asked
from governance.models import Callback, Issue
from governance.models.issues import Audience
from governance.services.asking import ask_for
from governance.services.clocks import end_clocks, start_clocks, void_clocks
from governance.services.moves import (
    locked_issue,
    move,
    person,
    require_no_hand_in,
    require_no_open_whistle,
    require_state,
    save_issue,
    tell,
    write_line,
)
from governance.services.parts import close_parts, require_whole_open
from governance.services.reopening import reopen
from neighborhoods.actors import NOBODY, SYSTEM, Actor

SAME_MINUTES = 10


@transaction.atomic
def answer_issue(*, issue_id: int, actor: Actor = NOBODY, solved: bool, satisfaction: int | None, words: str) -> Issue:
    """Whoever asked says by the private link whether it is solved; about "not solved" somebody else decides."""
    issue, at = locked_issue(issue_id), timezone.now()
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise RuleError(_("Choose one to five."), field="satisfaction")
    if issue.parent_id:
        return _answer_merged(issue, actor=actor, at=at, solved=solved, satisfaction=satisfaction, words=words)
    if _said_already(issue, at, solved=solved, words=words.strip()):
        return issue
    if issue.state not in ASKED:
        raise RuleError(_("There is nothing to answer at the moment: %(state)s.") % {"state": issue.state_label})
    _store_answer(issue, at=at, solved=solved, satisfaction=satisfaction, words=words)
    if issue.state == State.REPLIED:
        move(issue, State.CALLBACK, actor=actor, at=at, kind=ISSUE_ANSWERED, audience=Audience.STAFF)
    end_clocks(issue, [Step.CALLBACK], at)
    if solved and neighbour_waits(issue):
        write_line(issue, kind=ISSUE_ANSWERED, actor=actor, at=at, text=words.strip())
        tell(ISSUE_ANSWERED, issue, actor, outcome="solved")
    elif solved:
        _close(issue, State.CLOSED_SOLVED, actor=actor, at=at, text=words.strip(), kind=ISSUE_ANSWERED)
        tell(ISSUE_CLOSED, issue, actor, outcome="solved")
    else:
        ask_reopening(issue, actor, at)
        save_issue(issue)
        write_line(issue, kind=ISSUE_ANSWERED, actor=actor, at=at, text=words.strip(), reason="not_solved")
        tell(ISSUE_ANSWERED, issue, actor, outcome="not_solved")
    return issue


def _said_already(issue: Issue, at: datetime, *, solved: bool, words: str) -> bool:
    """The same form sent twice: the case has moved on, or waits, and the same answer was given minutes ago."""
    if issue.state not in {State.CLOSED_SOLVED, State.DISPATCHED} and issue.asked != Asked.REOPEN:
        return False
    outcome = Callback.Outcome.SOLVED if solved else Callback.Outcome.NOT_SOLVED
    since = at - timedelta(minutes=SAME_MINUTES)
    recent = issue.callbacks.filter(via=Callback.Via.LINK, at__gte=since).order_by("-at", "-pk").first()
    return recent is not None and (recent.outcome, recent.words) == (outcome, words)


def _store_answer(issue: Issue, *, at: datetime, solved: bool, satisfaction: int | None, words: str) -> None:
    Callback.objects.create(
        issue=issue,
        at=at,
        via=Callback.Via.LINK,
        outcome=Callback.Outcome.SOLVED if solved else Callback.Outcome.NOT_SOLVED,
        satisfaction=satisfaction,
        words=words.strip(),
    )


def _answer_merged(
    issue: Issue, *, actor: Actor, at: datetime, solved: bool, satisfaction: int | None, words: str
) -> Issue:
    """Somebody who joined a case answers for themselves; one "not solved" is enough to have it decided about.

    Only of somebody who had joined before the reply: whoever comes later cannot undo what they never waited for.
    """
    parent = locked_issue(issue.parent_id or 0)
    if parent.state not in ASKED | CLOSED:
        raise RuleError(_("There is nothing to answer at the moment: %(state)s.") % {"state": parent.state_label})
    if parent.replied_at and issue.submitted_at > parent.replied_at:
        raise RuleError(_("This was answered before you reported it. If it is still there, please report it again."))
    if not solved and parent.appeal_until:
        raise RuleError(_("Somebody has decided about it. If you disagree, appeal against that."))
    if not solved and parent.state in CLOSED and not may_reopen(parent, at):
        raise RuleError(
            _("It can be reopened for %(days)d days after it was closed. Please report it again.")
            % {"days": settings.REOPEN_DAYS}
        )
    outcome = Callback.Outcome.SOLVED if solved else Callback.Outcome.NOT_SOLVED
    if parent.replied_at and issue.callbacks.filter(at__gte=parent.replied_at, outcome=outcome).exists():
        return issue  # the same answer sent twice
    _store_answer(issue, at=at, solved=solved, satisfaction=satisfaction, words=words)
    write_line(issue, kind=ISSUE_ANSWERED, actor=actor, at=at, text=words.strip())
    if solved:
        tell(ISSUE_ANSWERED, issue, actor, outcome="solved")
    else:
        # staff read the words; to the one who asked first they are a stranger's
        write_line(parent, kind=ISSUE_ANSWERED, actor=actor, at=at, text=words.strip(), audience=Audience.STAFF)
        _not_solved_for_one(parent, actor, at)
    return issue


def _not_solved_for_one(parent: Issue, actor: Actor, at: datetime) -> None:
    """Not closed yet, somebody decides about it; closed as solved or unanswered, it is open again at once."""
    if parent.state in CLOSED:
        reopen(parent, actor=actor, at=at, reason="", kind=ISSUE_ANSWERED)
        tell(ISSUE_REOPENED, parent, actor, by="resident")
        return
    if parent.state == State.REPLIED:
        move(parent, State.CALLBACK, actor=actor, at=at, kind=ISSUE_ANSWERED, audience=Audience.STAFF)
    ask_reopening(parent, actor, at)
    save_issue(parent)
    tell(ISSUE_ANSWERED, parent, actor, outcome="not_solved")


@transaction.atomic
def record_callback(
    *,
    issue_id: int,
    actor: Actor,
    outcome: Callback.Outcome,
    satisfaction: int | None,
    words: str,
    was_dealt_with: bool | None = None,
) -> Issue:
    """An agent who neither handled nor checked the case notes what the resident said on the phone."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["callback"])
    require(policies.can_call_back_issue(actor, issue))
    require_no_hand_in(issue, actor)
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise RuleError(_("Choose one to five."), field="satisfaction")
    if outcome == Callback.Outcome.SOLVED:
        require_no_open_whistle(issue)
    if issue.state == State.REPLIED:
        move(issue, State.CALLBACK, actor=actor, at=at, kind=ISSUE_CALLED_BACK, audience=Audience.STAFF)
    Callback.objects.create(
        issue=issue,
        at=at,
        by_id=actor.user_id,
        via=Callback.Via.PHONE,
        outcome=outcome,
        was_dealt_with=was_dealt_with if outcome != Callback.Outcome.UNREACHED else None,
        satisfaction=satisfaction if outcome != Callback.Outcome.UNREACHED else None,
        words=words.strip(),
    )
    if callbacks_enough(issue):  # till then the call stays to be made, and its clock runs
        issue.called_back_by_id = actor.user_id
        end_clocks(issue, [Step.CALLBACK], at)
    save_issue(issue, "called_back_by_id")
    if outcome == Callback.Outcome.SOLVED and neighbour_waits(issue):
        write_line(issue, kind=ISSUE_CALLED_BACK, actor=actor, at=at, text=words.strip())
        tell(ISSUE_CALLED_BACK, issue, actor, outcome=outcome)
    elif outcome == Callback.Outcome.SOLVED:
        _close(issue, State.CLOSED_SOLVED, actor=actor, at=at, text=words.strip(), kind=ISSUE_CALLED_BACK)
        tell(ISSUE_CLOSED, issue, actor, outcome="solved")
    elif outcome == Callback.Outcome.UNREACHED:
        write_line(issue, kind=ISSUE_CALLED_BACK, actor=actor, at=at, reason="unreached", audience=Audience.STAFF)
        tell(ISSUE_CALLED_BACK, issue, actor, outcome=outcome)
    else:
        ask_reopening(issue, actor, at)
        write_line(issue, kind=ISSUE_CALLED_BACK, actor=actor, at=at, text=words.strip(), reason="not_solved")
        tell(ISSUE_CALLED_BACK, issue, actor, outcome=outcome)
    return issue


def neighbour_waits(issue: Issue) -> bool:
    """Whether somebody who joined the case said "not solved" on the phone and nobody has decided about it yet.

    Each voice has a call-back of its own: whoever asked first does not speak for the others, nor they for them.
    """
    if issue.asked != Asked.REOPEN:
        return False
    said = Callback.objects.filter(issue__parent=issue, outcome=Callback.Outcome.NOT_SOLVED)
    return said.filter(at__gte=issue.replied_at or issue.submitted_at).exists()


def ask_reopening(issue: Issue, actor: Actor, at: datetime) -> None:
    """A "not solved", by link or on the phone, waits for a decision, on a clock; said again, the first one goes on."""
    if not issue.asked:
        ask_for(issue, Asked.REOPEN, actor)
        start_clocks(issue, [Step.RULING], at)
        issue.save(update_fields=["due_at"])


def _close(issue: Issue, state: State, *, actor: Actor, at: datetime, text: str, kind: str) -> None:
    move(issue, state, actor=actor, at=at, kind=kind, text=text)
    close_parts(issue, actor=actor, at=at, kind=kind)
    void_clocks(issue, at)
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    save_issue(issue)


def callbacks_enough(issue: Issue) -> bool:
    """Whether the resident was asked: an answer since the last reply, or three tries on two days and more."""
    since = issue.replied_at or issue.submitted_at
    tries = list(issue.callbacks.filter(at__gte=since))
    if any(t.outcome != Callback.Outcome.UNREACHED for t in tries):
        return True
    days = {timezone.localdate(t.at) for t in tries}
    return len(tries) >= settings.CALLBACK_TRIES and len(days) >= 2


@transaction.atomic
def explain_issue(*, issue_id: int, actor: Actor, explanation: str) -> Issue:
    """Close a case that cannot be solved, or whose resident cannot be reached, with a published explanation.

    Where the resident has said "not solved" this refuses to open it again, and they may appeal.
    """
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["explain"])
    require(policies.can_explain_issue(actor, issue))
    refuses = issue.asked == Asked.REOPEN
    if not explanation.strip():
        raise RuleError(_("Write the explanation the resident will read."), field="explanation")
    if not callbacks_enough(issue):
        raise RuleError(_("Ask the resident first: one answer, or three tries on at least two days."))
    require_no_open_whistle(issue)
    kind = ISSUE_REFUSED if refuses else ISSUE_CLOSED
    _close(issue, State.CLOSED_EXPLAINED, actor=actor, at=at, text=explanation.strip(), kind=kind)
    if refuses:
        open_to_appeal(issue, actor, at)
    tell(kind, issue, actor, outcome="explained")
    return issue


def open_to_appeal(issue: Issue, actor: Actor, at: datetime) -> None:
    """Decided against whoever asked: from now on they may appeal, to somebody else."""
    issue.refused_by_id, issue.appeal_until = person(actor), at + timedelta(days=settings.APPEAL_DAYS)
    issue.save(update_fields=["refused_by_id", "appeal_until"])


@transaction.atomic
def reopen_issue(*, issue_id: int, actor: Actor, reason: str) -> Issue:
    """Residents reopen within the reopening time by their link, dispatchers whenever an answer proves wrong."""
    issue, at = locked_issue(issue_id), timezone.now()
    if actor is not NOBODY:
        require_state(issue, FITS["reopen"])
        require(policies.can_reopen_issue(actor, issue))
    elif not may_reopen(issue, at):
        raise RuleError(
            _("It can be reopened for %(days)d days after it was closed. Please report it again.")
            % {"days": settings.REOPEN_DAYS}
        )
    if not reason.strip():
        raise RuleError(_("Say what is still not right."), field="reason")
    require_whole_open(issue)
    reopen(issue, actor=actor, at=at, reason=reason.strip())
    tell(ISSUE_REOPENED, issue, actor, by="resident" if actor is NOBODY else "staff")
    return issue


def may_reopen(issue: Issue, at: datetime) -> bool:
    """Whether the resident may still reopen it by the link. After a refusal they may appeal instead."""
    return (
        issue.is_settled
        and issue.closed_at is not None
        and issue.appeal_until is None
        and at <= issue.closed_at + timedelta(days=settings.REOPEN_DAYS)
    )


@transaction.atomic
def start_callback(*, issue_id: int, at: datetime) -> bool:
    """The resident has not answered in time: hand the case to the call-back agents. False when it was not due."""
    issue = locked_issue(issue_id)
    if issue.state != State.REPLIED or issue.part_of_id:
        return False
    move(issue, State.CALLBACK, actor=SYSTEM, at=at, kind=ISSUE_CALLED_BACK, audience=Audience.STAFF)
    save_issue(issue)
    tell(ISSUE_CALLED_BACK, issue, SYSTEM, outcome="started")
    return True
