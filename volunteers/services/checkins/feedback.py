"""The year's page for an employer: facts, read by the member first, sealed, with a link that ends."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.calendar import CHINA
from core.errors import RuleError, require
from core.numbers import next_number
from core.tokens import digest_of, token_of
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import Area
from volunteers.lifecycle import feedback as life
from volunteers.lifecycle.feedback import FEEDBACK_FITS, FeedbackState, year_in_window
from volunteers.models import CheckIn, DutyTaking, EmployerFeedback
from volunteers.policies import checkins as policies
from volunteers.selectors.checkins import due_for_a_page, services_of
from volunteers.services.checkins.moves import locked_checkin, require_fit, write
from volunteers.services.registration import stamps_of


def body_of(checkin: CheckIn, year: int) -> dict[str, Any]:
    """What it says: services, hours and posts of the year, each with its name. Neither rank nor mark nor comparison."""
    begin = datetime(year, 1, 1, tzinfo=CHINA)
    end = datetime(year + 1, 1, 1, tzinfo=CHINA)
    rows = services_of(checkin.resident_id).filter(starts_at__gte=begin, starts_at__lt=end)
    # by the public name of the activity: what was typed about a neighbour who was helped is not for an employer
    lines = list(rows.values("activity__title").annotate(turns=Count("pk"), sum=Sum("minutes")))
    content = sorted([line["activity__title"] or "", line["turns"], line["sum"]] for line in lines)
    posts = DutyTaking.objects.filter(checkin__resident=checkin.resident_id, taken_at__lt=end).exclude(
        left_at__lt=begin
    )
    branch = Area.objects.get(pk=checkin.branch_id or checkin.area_id)
    community = Area.objects.get(pk=checkin.community_id or checkin.area_id)
    first = checkin.resident.checkins.exclude(accepted_at=None).order_by("accepted_at").first() or checkin
    return {
        "year": year,
        "branch": branch.name,
        "employer": checkin.employer,
        "since": timezone.localdate(first.accepted_at or first.applied_at, CHINA).isoformat(),
        "services": sum(line["turns"] for line in lines),
        "minutes": sum(line["sum"] for line in lines),
        "content": content,
        "posts": list(posts.order_by("post__title").values_list("post__title", flat=True).distinct()),
        "issuer": community.name,
        "contact": community.duty_phone or "",
    }


def fingerprint_of(feedback: EmployerFeedback) -> str:
    """Of everything it says, name and comment included."""
    said = json.dumps([feedback.name, feedback.comment, feedback.body], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def token_for(feedback: EmployerFeedback) -> str:
    """Of the link: derived from number and hour of issue, never stored."""
    at = feedback.issued_at.isoformat() if feedback.issued_at else ""
    return token_of(f"feedback:{feedback.pk}:{feedback.number}:{at}")


def link_of(feedback: EmployerFeedback) -> str:
    """The whole address, as the member or the community passes it on."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('volunteers:feedback-link', args=[token_for(feedback)])}"


def _window(today: date) -> int:
    year = year_in_window(today)
    if year is None:
        raise RuleError(_("The year's page is drawn up in December and sent by the end of January."))
    return year


def _tell(name: str, feedback: EmployerFeedback, actor: Actor) -> None:
    events.record(name, actor=actor, subject=feedback, feedback_id=feedback.pk)


@transaction.atomic
def draft(*, checkin_id: int, actor: Actor) -> EmployerFeedback:
    """Draw the year's page up. Once a person and year: the check-in's lock decides who was first."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "feedback")
    require(policies.can_draft(actor, checkin))
    at = timezone.now()
    year = _window(timezone.localdate(at))
    if EmployerFeedback.objects.filter(resident=checkin.resident_id, year=year).exists():
        raise RuleError(_("The page of this year exists already."))
    feedback = EmployerFeedback.objects.create(
        number=next_number("feedback", year, life.LETTER),
        resident=checkin.resident,
        checkin=checkin,
        **stamps_of(checkin),
        year=year,
        body=body_of(checkin, year),
        drafted_at=at,
        drafted_by_label=actor.label,
    )
    _tell(life.FEEDBACK_DRAFTED, feedback, actor)
    write(checkin, life.FEEDBACK_DRAFTED, actor, text=feedback.number)
    return feedback


def locked_feedback(feedback_id: int) -> EmployerFeedback:
    """The page with its person and check-in, locked until the transaction ends."""
    rows = EmployerFeedback.objects.select_for_update(of=("self",)).select_related("resident", "checkin__resident")
    return rows.get(pk=feedback_id)


def _require_state(feedback: EmployerFeedback, verb: str) -> None:
    if feedback.state not in FEEDBACK_FITS[verb]:
        raise RuleError(_("This page is “%(state)s” now.") % {"state": feedback.get_state_display()})


@transaction.atomic
def redraft(*, feedback_id: int, actor: Actor) -> EmployerFeedback:
    """Records have changed: it is drawn up again, and an earlier yes holds no more."""
    feedback = locked_feedback(feedback_id)
    _require_state(feedback, "redraft")
    require(policies.can_redraft(actor, feedback))
    feedback.body = body_of(feedback.checkin, feedback.year)
    feedback.state, feedback.answered_at, feedback.answered_to_label = FeedbackState.DRAFTED, None, ""
    feedback.drafted_at, feedback.drafted_by_label = timezone.now(), actor.label
    feedback.save(update_fields=["body", "state", "answered_at", "answered_to_label", "drafted_at", "drafted_by_label"])
    _tell(life.FEEDBACK_DRAFTED, feedback, actor)
    write(feedback.checkin, life.FEEDBACK_DRAFTED, actor, text=feedback.number)
    return feedback


@transaction.atomic
def agree(*, feedback_id: int, actor: Actor, comment: str = "") -> EmployerFeedback:
    """The member has read it and says yes, with a comment that stands on it if they like."""
    feedback = locked_feedback(feedback_id)
    _require_state(feedback, "agree")
    require(policies.can_agree(actor, feedback))
    _answer(feedback, actor, FeedbackState.AGREED)
    feedback.comment = comment.strip()[:200]
    feedback.save(update_fields=["comment"])
    _tell(life.FEEDBACK_AGREED, feedback, actor)
    write(feedback.checkin, life.FEEDBACK_AGREED, actor, text=feedback.number)
    return feedback


def _answer(feedback: EmployerFeedback, actor: Actor, state: FeedbackState) -> None:
    own = policies.is_person(actor, feedback.resident)
    feedback.state, feedback.answered_at = state, timezone.now()
    feedback.answered_to_label = "" if own else actor.label
    feedback.digest, feedback.link_until = "", None
    feedback.save(update_fields=["state", "answered_at", "answered_to_label", "digest", "link_until"])


@transaction.atomic
def withhold(*, feedback_id: int, actor: Actor) -> EmployerFeedback:
    """It stays here; one that was issued opens for nobody any more. No reason is asked."""
    feedback = locked_feedback(feedback_id)
    _require_state(feedback, "withhold")
    require(policies.can_withhold(actor, feedback))
    _answer(feedback, actor, FeedbackState.WITHHELD)
    _tell(life.FEEDBACK_WITHHELD, feedback, actor)
    write(feedback.checkin, life.FEEDBACK_WITHHELD, actor, text=feedback.number)
    return feedback


@transaction.atomic
def issue(*, feedback_id: int, actor: Actor) -> EmployerFeedback:
    """Sealed as the member agreed to it; refused when the records say something else by now."""
    feedback, at = locked_feedback(feedback_id), timezone.now()
    _require_state(feedback, "issue")
    require(policies.can_issue(actor, feedback))
    if _window(timezone.localdate(at)) != feedback.year:
        raise RuleError(_("The year's page is drawn up in December and sent by the end of January."))
    if body_of(feedback.checkin, feedback.year) != feedback.body:
        raise RuleError(_("The records have changed since. Draw it up again; the member reads it first."))
    feedback.state, feedback.issued_at = FeedbackState.ISSUED, at
    feedback.issued_by_id, feedback.issued_by_label = actor.user_id, actor.label
    feedback.name = feedback.resident.name
    feedback.fingerprint = fingerprint_of(feedback)
    feedback.digest = digest_of(token_for(feedback))
    feedback.link_until = at + timedelta(days=life.LINK_DAYS)
    feedback.save()
    _tell(life.FEEDBACK_ISSUED, feedback, actor)
    write(feedback.checkin, life.FEEDBACK_ISSUED, actor, text=feedback.number)
    return feedback


def feedback_by_token(token: str, at: datetime) -> EmployerFeedback | None:
    """The page a link opens today: issued, not taken back, not expired."""
    rows = EmployerFeedback.objects.filter(digest=digest_of(token), state=FeedbackState.ISSUED, link_until__gt=at)
    return rows.exclude(digest="").first()


def draft_due(*, at: datetime, at_most: int = 200) -> int:
    """In December the page is drawn up for members with an account who served this year; a few at a time, each once."""
    today = timezone.localdate(at, CHINA)
    if today.month != life.WINDOW_MONTH:
        return 0
    drafted = 0
    for checkin in due_for_a_page(today.year)[:at_most]:
        try:
            draft(checkin_id=checkin.pk, actor=SYSTEM)
        except RuleError:  # somebody drew it up, or left, at this moment
            continue
        drafted += 1
    return drafted
