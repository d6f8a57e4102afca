"""Writing a whistle, having it reviewed, signing it, calling it off."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import work_calendar
from core.errors import RuleError, require
from core.numbers import next_number
from governance.actors import UNIT_ROLES
from governance.lifecycle import ISSUE_WHISTLED
from governance.lifecycle.duties import DutyStep, WhistleKind
from governance.lifecycle.whistles import (
    WHISTLE_CANCELLED,
    WHISTLE_DRAFTED,
    WHISTLE_EDITED,
    WHISTLE_FINAL,
    WHISTLE_ISSUED,
    WHISTLE_REVIEWED,
    WHISTLE_SENT_BACK,
    WHISTLE_STEPS,
    WHISTLED_FROM,
    Rank,
    WhistleState,
)
from governance.models import Call, DutyClock, Issue, Whistle, WhistleIssue
from governance.policies import whistles as policies
from governance.selectors.reference import limit_for
from governance.services.duties import start_clock
from governance.services.locks import lock_issues
from governance.services.moves import person
from governance.services.whistles.links import renew_link
from governance.services.whistles.moves import (
    calls_of,
    locked_whistle,
    move,
    require_fit,
    tell,
    tell_residents,
    write_line,
)
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.selectors.posts import users_in_unit
from neighborhoods.services.stamps import stamp_for_new


@dataclass(frozen=True)
class Draft:
    """What a whistle says. Whoever leads is named alone; helpers come with it."""

    title: str
    kind: str
    problem: str
    why: str
    lead: PartnerUnit
    helpers: tuple[PartnerUnit, ...] = ()
    rank: str = Rank.BLUE
    basis: str = ""
    plan: str = ""
    wanted_by: datetime | None = None
    meeting_at: datetime | None = None
    meeting_place: str = ""
    issue_ids: tuple[int, ...] = ()
    reason: str = ""  # why the further requests belong to it
    duties: dict[int, str] = field(default_factory=dict)  # what each unit is asked to do


@transaction.atomic
def draft_whistle(*, actor: Actor, area: Area, draft: Draft) -> Whistle:
    """Write a whistle for a place: from requests, or from a topic without any."""
    at = timezone.now()
    place, stamp = stamp_for_new(area)
    require(policies.can_draft_whistle(actor, stamp))
    _require_whole(draft)
    whistle = Whistle(
        number=next_number("whistle", timezone.localdate(at).year, "W"),
        area=place,
        **stamp.as_fields(),
        drafted_at=at,
        drafted_by_id=person(actor),
        drafted_by_label=actor.label,
    )
    _fill(whistle, draft)
    whistle.save(force_insert=True)
    _link(whistle, draft, actor, at)
    _call(whistle, draft)
    write_line(whistle, WHISTLE_DRAFTED, actor, at, to_state=whistle.state)
    tell(WHISTLE_DRAFTED, whistle, actor)
    return whistle


@transaction.atomic
def edit_whistle(*, whistle_id: int, actor: Actor, draft: Draft) -> Whistle:
    """Write the draft anew, its units and requests too."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "edit")
    require(policies.can_edit_whistle(actor, whistle))
    _require_whole(draft)
    _fill(whistle, draft)
    whistle.save()
    whistle.links.all().delete()
    whistle.calls.all().delete()  # nobody was called yet
    _link(whistle, draft, actor, at)
    _call(whistle, draft)
    write_line(whistle, WHISTLE_EDITED, actor, at)
    tell(WHISTLE_EDITED, whistle, actor)
    return whistle


@transaction.atomic
def review_whistle(*, whistle_id: int, actor: Actor, rank: str, note: str = "") -> Whistle:
    """The street's principal agrees, and says who has to come. Outside an emergency it needs duty and plan."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "review")
    require(policies.can_review_whistle(actor, whistle))
    if not whistle.is_emergency and not (whistle.basis and whistle.plan):
        raise RuleError(_("Before it can be signed, it must say which duty it rests on and what is asked for."))
    whistle.rank, whistle.reviewed_at, whistle.reviewed_by_id = Rank(rank), at, person(actor)
    move(whistle, WhistleState.REVIEWED, WHISTLE_REVIEWED, actor, at, text=note.strip())
    whistle.save()
    tell(WHISTLE_REVIEWED, whistle, actor)
    return whistle


@transaction.atomic
def send_back_whistle(*, whistle_id: int, actor: Actor, reason: str) -> Whistle:
    """The principal wants it written anew."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "send-back")
    require(policies.can_send_back_whistle(actor, whistle))
    if not reason.strip():
        raise RuleError(_("Say what should be changed."), field="reason")
    whistle.reviewed_at = whistle.reviewed_by_id = None
    move(whistle, WhistleState.DRAFT, WHISTLE_SENT_BACK, actor, at, reason=reason.strip()[:200])
    whistle.save()
    tell(WHISTLE_SENT_BACK, whistle, actor)
    return whistle


@transaction.atomic
def issue_whistle(
    *, whistle_id: int, actor: Actor, meeting_at: datetime | None = None, meeting_place: str = ""
) -> Whistle:
    """Sign and blow it: every unit is called, the clocks start, residents read that their street has called."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "issue")
    require(policies.can_issue_whistle(actor, whistle))
    whistle.meeting_at = meeting_at or whistle.meeting_at
    whistle.meeting_place = meeting_place.strip() or whistle.meeting_place
    _require_meeting(whistle, at)
    whistle.issued_at, whistle.issued_by_id, whistle.issued_by_label = at, person(actor), actor.label
    whistle.is_backfill_due = whistle.is_emergency
    move(whistle, WhistleState.ISSUED, WHISTLE_ISSUED, actor, at)
    _start(whistle, at)
    calls = calls_of(whistle)
    for call in calls:
        call_unit(call, at)
    whistle.save()
    names = "、".join(call.unit.short_name for call in calls)
    tell_residents(whistle, ISSUE_WHISTLED, actor, at, text=names)
    tell(WHISTLE_ISSUED, whistle, actor)
    return whistle


@transaction.atomic
def cancel_whistle(*, whistle_id: int, actor: Actor, reason: str) -> Whistle:
    """Called off before it is blown; afterwards it is carried through."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "cancel")
    require(policies.can_cancel_whistle(actor, whistle))
    if not reason.strip():
        raise RuleError(_("Say why it is called off."), field="reason")
    move(whistle, WhistleState.CANCELLED, WHISTLE_CANCELLED, actor, at, reason=reason.strip()[:200])
    whistle.save()
    tell(WHISTLE_CANCELLED, whistle, actor)
    return whistle


def call_unit(call: Call, at: datetime) -> None:
    """Call a unit: its own clocks start. One in which nobody has an account is given a link."""
    kind, meeting = call.whistle.kind, call.whistle.meeting_at
    call.called_at = at
    start_clock({"call": call}, track=kind, step=DutyStep.SIGN, at=at)
    start_clock({"call": call}, track=kind, step=DutyStep.ARRIVE, at=at, due_at=meeting)
    dues = dict(DutyClock.objects.filter(call=call).values_list("step", "due_at"))
    call.sign_due, call.arrive_due = dues.get(DutyStep.SIGN), dues.get(DutyStep.ARRIVE)
    if not users_in_unit(UNIT_ROLES, call.unit_id):
        renew_link(call, at)
    call.save()


def _start(whistle: Whistle, at: datetime) -> None:
    latest = _latest(whistle.kind, DutyStep.DONE, at)
    if whistle.wanted_by and whistle.kind != WhistleKind.KEY_PROBLEM and latest and whistle.wanted_by > latest:
        raise RuleError(_("Only a key problem can have a longer plan of its own."), field="wanted_by")
    for step in WHISTLE_STEPS[whistle.kind]:
        due = whistle.wanted_by if step == DutyStep.DONE else None
        start_clock({"whistle": whistle}, track=whistle.kind, step=step, at=at, due_at=due)
    whistle.due_at = DutyClock.objects.get(whistle=whistle, step=DutyStep.DONE).due_at


def _latest(kind: str, step: str, at: datetime) -> datetime | None:
    limit = limit_for(kind, step, at)
    return work_calendar().add(at, limit.amount, limit.unit) if limit else None


def _require_meeting(whistle: Whistle, at: datetime) -> None:
    """Where there is time for it, units are called to a place at an hour, and soon."""
    if whistle.is_emergency:
        whistle.meeting_at = None  # they come at once
        return
    if whistle.meeting_at is None or not whistle.meeting_place:
        raise RuleError(_("Say when and where the units meet."), field="meeting_at")
    require_soon(whistle, whistle.meeting_at, at)


def require_soon(whistle: Whistle, meeting_at: datetime, at: datetime) -> None:
    """The hour of a meeting is still to come, and not later than the kind allows."""
    latest = _latest(whistle.kind, DutyStep.MEET, whistle.issued_at or at)
    if meeting_at <= at + timedelta(minutes=5):
        raise RuleError(_("Choose an hour that is still to come."), field="meeting_at")
    if latest and meeting_at > latest:
        until = timezone.localtime(latest).strftime("%Y-%m-%d %H:%M")
        raise RuleError(_("Units meet by %(until)s at the latest.") % {"until": until}, field="meeting_at")


def _require_whole(draft: Draft) -> None:
    for name, words in (("title", draft.title), ("problem", draft.problem), ("why", draft.why)):
        if not words.strip():
            raise RuleError(_("Please fill this in."), field=name)
    units = [draft.lead, *draft.helpers]
    if len({unit.pk for unit in units}) < len(units):
        raise RuleError(_("Each unit is called once; the one that leads is no helper."), field="helpers")
    if not all(unit.is_active for unit in units):
        raise RuleError(_("This unit takes no work any more."), field="lead")


def _fill(whistle: Whistle, draft: Draft) -> None:
    whistle.title, whistle.kind, whistle.rank = draft.title.strip()[:80], WhistleKind(draft.kind), Rank(draft.rank)
    whistle.problem, whistle.why = draft.problem.strip(), draft.why.strip()
    whistle.basis, whistle.plan = draft.basis.strip(), draft.plan.strip()
    whistle.wanted_by, whistle.meeting_at = draft.wanted_by, draft.meeting_at
    whistle.meeting_place = draft.meeting_place.strip()[:120]


def _call(whistle: Whistle, draft: Draft) -> None:
    for unit in (draft.lead, *draft.helpers):
        Call.objects.create(
            whistle=whistle, unit=unit, is_lead=unit.pk == draft.lead.pk, duty=draft.duties.get(unit.pk, "")[:200]
        )


def _link(whistle: Whistle, draft: Draft, actor: Actor, at: datetime) -> None:
    """Requests of this street that are accepted and not replied to, each in one open whistle at a time."""
    wanted = list(dict.fromkeys(draft.issue_ids))
    lock_issues(wanted)
    issues = list(Issue.objects.filter(pk__in=wanted).order_by("pk"))
    for issue in issues:
        require(policies.blows(actor, issue))
        _require_free(whistle, issue)
    reasons = {pk: "" if place == 0 else draft.reason for place, pk in enumerate(wanted)}
    WhistleIssue.objects.bulk_create(
        [
            WhistleIssue(whistle=whistle, issue=issue, reason=reasons[issue.pk].strip()[:120], added_at=at)
            for issue in issues
        ]
    )


def _require_free(whistle: Whistle, issue: Issue) -> None:
    if issue.street_id != whistle.street_id:
        raise RuleError(_("%(number)s belongs to another street.") % {"number": issue.number}, field="issues")
    if issue.state not in WHISTLED_FROM:
        raise RuleError(
            _("%(number)s is “%(state)s”: a whistle is blown for cases that are accepted and not replied to.")
            % {"number": issue.number, "state": issue.state_label},
            field="issues",
        )
    others = WhistleIssue.objects.filter(issue=issue).exclude(whistle__state__in=sorted(WHISTLE_FINAL))
    other = others.exclude(whistle=whistle).select_related("whistle").first()
    if other:
        raise RuleError(
            _("%(number)s already has the whistle %(whistle)s.")
            % {"number": issue.number, "whistle": other.whistle.number},
            field="issues",
        )


def common_area(issues: Iterable[Issue]) -> Area:
    """The lowest area that holds all of them: the building of one, else their community, else their street."""
    found = list(issues)
    if len({issue.area_id for issue in found}) == 1:
        return found[0].area
    for column in ("grid_id", "community_id", "street_id"):
        ids = {getattr(issue, column) for issue in found}
        if len(ids) == 1 and None not in ids:
            return Area.objects.get(pk=ids.pop())
    raise RuleError(_("These cases belong to several streets. A whistle is blown by one."), field="issues")
