"""The holder asks whoever reported the case. The clock rests until the answer, for some days at most.

No second person agrees to this pause: it is closed by the rule, may be had once, and whoever is asked reads it at once.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_QUESTION_ANSWERED,
    ISSUE_QUESTION_ASKED,
    ISSUE_QUESTION_OVER,
    ClockState,
    Step,
)
from governance.lifecycle.asking import Asked
from governance.models import Clock, ClockPause, Issue, Question
from governance.services.asking import ask_for, settle
from governance.services.moves import locked_issue, person, require_state, tell, write_line
from governance.services.pauses import go_on, stand_still
from neighborhoods.actors import NOBODY, SYSTEM, Actor


@transaction.atomic
def ask_resident(*, issue_id: int, actor: Actor, text: str) -> Issue:
    """One question a handling. A case that is late already is asked too, but late it stays."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["ask"])
    require(policies.can_ask_resident(actor, issue))
    if not text.strip():
        raise RuleError(_("Write what you want to know."), field="text")
    if issue.questions.filter(asked_at__gte=issue.dispatched_at or issue.submitted_at).exists():
        raise RuleError(_("The resident was asked once already. Call them, or go on with what you know."))
    ask_for(issue, Asked.QUESTION, actor)
    issue.questions.filter(is_over=False).update(is_over=True)  # of a handling that ended without an answer
    ends_at = at + timedelta(days=settings.QUESTION_DAYS)
    question = Question(
        issue=issue,
        text=text.strip()[:500],
        asked_by_id=person(actor),
        asked_by_label=actor.label,
        asked_at=at,
        ends_at=ends_at,
    )
    question.pause = _rest(issue, actor, at, ends_at)
    question.save()
    write_line(issue, kind=ISSUE_QUESTION_ASKED, actor=actor, at=at, text=question.text)
    tell(ISSUE_QUESTION_ASKED, issue, actor, ends_at=ends_at.isoformat())
    return issue


def _rest(issue: Issue, actor: Actor, at: datetime, ends_at: datetime) -> ClockPause | None:
    """The pause that comes with the question; none when the clock rests anyway or the time is over."""
    clock = Clock.objects.filter(issue=issue, step=Step.DONE, state=ClockState.RUNNING).first()
    if clock is None or clock.due_at <= at:
        return None
    clock.pauses.filter(is_over=False).update(is_over=True)  # asked for by a holder who has given the case back
    pause = ClockPause.objects.create(
        clock=clock,
        reason=ClockPause.Reason.REQUESTER,
        asked_by_id=person(actor),
        asked_at=at,
        decided_at=at,
        starts_at=at,
        ends_at=ends_at,
    )
    stand_still(issue, pause, at)
    return pause


@transaction.atomic
def answer_question(*, issue_id: int, actor: Actor = NOBODY, text: str) -> Issue:
    """Whoever reported the case answers by the private link, and the clock goes on."""
    issue, at = locked_issue(issue_id), timezone.now()
    words = text.strip()
    question = issue.questions.select_related("pause__clock").order_by("-asked_at", "-pk").first()
    if question and question.answered_at and question.answer == words:
        return issue  # the same answer sent twice
    if question is None or issue.asked != Asked.QUESTION:
        raise RuleError(_("Nobody waits for this answer any more. You can still add words to the case."))
    if not words:
        raise RuleError(_("Write your answer."), field="text")
    question.answer, question.answered_at = words, at
    _end(issue, question, at)
    write_line(issue, kind=ISSUE_QUESTION_ANSWERED, actor=actor, at=at, text=words)
    tell(ISSUE_QUESTION_ANSWERED, issue, actor)
    return issue


def _end(issue: Issue, question: Question, at: datetime) -> None:
    question.is_over = True
    question.save(update_fields=["answer", "answered_at", "is_over"])
    settle(issue)
    pause = question.pause
    if pause and not pause.is_over and pause.clock.state == ClockState.PAUSED:
        go_on(issue, pause, at)


def close_questions(*, at: datetime, limit: int = 500) -> int:
    """Questions that nobody answered in time are over and their clocks go on; says how many."""
    Question.objects.filter(is_over=False).exclude(issue__asked=Asked.QUESTION).update(is_over=True)
    due = Question.objects.filter(is_over=False, ends_at__lte=at)
    return sum(_close_one(pk, at) for pk in due.order_by("ends_at", "pk").values_list("issue", flat=True)[:limit])


@transaction.atomic
def _close_one(issue_id: int, at: datetime) -> bool:
    issue = locked_issue(issue_id)
    question = issue.questions.select_related("pause__clock").filter(is_over=False, ends_at__lte=at).first()
    if question is None or issue.asked != Asked.QUESTION:  # answered meanwhile
        return False
    _end(issue, question, at)
    write_line(issue, kind=ISSUE_QUESTION_OVER, actor=SYSTEM, at=at)
    tell(ISSUE_QUESTION_OVER, issue, SYSTEM)
    return True
