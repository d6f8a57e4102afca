"""The case as whoever asked sees it: one plain sentence, who has it, by when, and what happened."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from core.masking import mask_text
from core.tokens import digest_of
from core.wording import say_day
from governance.lifecycle import (
    APPEALABLE,
    ASKED,
    GIVEN_BACK,
    IN_HAND,
    ISSUE_ACCEPTED,
    ISSUE_APPEAL_UPHELD,
    ISSUE_CLOSED,
    ISSUE_DISCUSSED,
    ISSUE_DISPATCHED,
    ISSUE_EXTENDED,
    ISSUE_MERGED,
    ISSUE_ON_AGENDA,
    ISSUE_PARK_NOTED,
    ISSUE_PARKED,
    ISSUE_REFUSED,
    ISSUE_REPLIED,
    ISSUE_RULED,
    ISSUE_SIGNED,
    ISSUE_UNIT_CAME,
    ISSUE_URGED,
    ISSUE_WHISTLE_ENDED,
    ISSUE_WHISTLED,
    NOT_ENDED,
    ClockState,
    State,
    Step,
)
from governance.lifecycle.asking import BY_RESIDENTS, Asked
from governance.models import Clock, Disclosure, Dismissal, Issue, IssuePhoto, Question, TimelineEntry
from governance.models.issues import Audience
from governance.selectors.dismissals import standing_dismissal
from governance.selectors.history import newest_first
from governance.selectors.home import duty_of
from governance.selectors.joint import PartLine, parts_for_resident
from governance.selectors.public import may_be_read_by_all
from governance.selectors.rows import the_only, with_page_columns
from governance.selectors.wording import Line, line_of, sentence_of
from neighborhoods.actors import Level
from neighborhoods.models import Area

LONGEST_TOKEN = 40  # signs; what is longer was never a link of ours
SHOWN = 20  # who saw the contact, the newest
_CLAUSE = re.compile(r"[^，。、；,;]+[，。、；,;]*")
# Whose limit the page names: the one of what happens next.
_NEXT_STEP = {
    State.SUBMITTED: (Step.ACCEPT,),
    State.DISPATCHED: (Step.SIGN,),
    State.SIGNED: (Step.DONE, Step.CONTACT),
    State.WORKING: (Step.DONE,),
    State.REPLIED: (Step.CALLBACK,),
    State.CALLBACK: (Step.RULING, Step.CALLBACK),
    State.APPEALED: (Step.RULING,),
    State.PARKED: (Step.NOTE,),
}
# Steps whose words everybody who waits for the case may read: their forms say how many that are.
_FOR_ALL = frozenset(
    {
        *(ISSUE_REPLIED, ISSUE_CLOSED, ISSUE_EXTENDED, ISSUE_PARKED, ISSUE_PARK_NOTED, ISSUE_ON_AGENDA),
        *(ISSUE_DISCUSSED, ISSUE_WHISTLED, ISSUE_UNIT_CAME, ISSUE_WHISTLE_ENDED),
        *(ISSUE_REFUSED, ISSUE_APPEAL_UPHELD),
    }
)
# Lines of a case that everybody who joined it may read.
_SHARED = frozenset({ISSUE_ACCEPTED, ISSUE_DISPATCHED, ISSUE_RULED, ISSUE_SIGNED, ISSUE_URGED} | _FOR_ALL)


def issue_by_token(token: str) -> Issue | None:
    """The case of a private link, as `issue_by_digest` finds it."""
    return issue_by_digest(digest_of(token)) if len(token) <= LONGEST_TOKEN else None


def issue_by_digest(digest: str) -> Issue | None:
    """With what its page shows, and the case it was merged into."""
    return _with_parent(the_only(with_page_columns(Issue.objects.filter(follow_digest=digest))))


def issue_by_pk(pk: int) -> Issue | None:
    """The same, for somebody who has shown already that they may read it."""
    return _with_parent(the_only(with_page_columns(Issue.objects.filter(pk=pk))))


def _with_parent(issue: Issue | None) -> Issue | None:
    if issue and issue.parent_id:
        issue.parent = with_page_columns(Issue.objects.all()).get(pk=issue.parent_id)
    return issue


def issue_by_receipt(number: str, tail_hash: str) -> Issue | None:
    """The case with this number whose phone ends in these digits."""
    found = Issue.objects.filter(number=number, contact__tail_hash=tail_hash, contact__hidden_at=None)
    return found.exclude(contact__tail_hash="").first()


@dataclass(frozen=True)
class Holder:
    """Who has it now, and the phone to ask."""

    name: str
    phone: str
    hours: str = ""
    parts: tuple[str, ...] = ()  # of the name, as a line may break between them


@dataclass(frozen=True)
class Following:
    """Everything the page says. `case` is the one that is worked on: the parent, when this one was merged."""

    issue: Issue
    case: Issue
    path: list[Area]
    holder: Holder
    sentence: str
    due: Clock | None
    question: Question | None
    lines: list[Line]
    disclosures: list[Disclosure]
    parts: list[PartLine] = field(default_factory=list)
    dismissal: Dismissal | None = None

    @property
    def waits_for_parts(self) -> bool:
        """Whether the one answer to all parts is still to come."""
        return self.case.state in IN_HAND

    @property
    def headline(self) -> list[str]:
        """The sentence cut where a narrow screen may break it: at clauses, and never inside a name."""
        before, name, after = self.sentence.partition(self.holder.name)
        parts = list(self.holder.parts) if name else []
        if parts:  # a comma after the name stays with it
            stop = len(after) - len(after.lstrip("，。；"))
            parts[-1], after = parts[-1] + after[:stop], after[stop:]
        whole = [*_CLAUSE.findall(before), *parts, *_CLAUSE.findall(after)]
        return [part for part in whole if part.strip()]

    @property
    def question_until(self) -> str:
        """The day until which the time limit waits for an answer."""
        return say_day(self.question.ends_at) if self.question else ""

    @property
    def last_reply(self) -> Line | None:
        """What the question "is it solved?" is about."""
        return next((line for line in self.lines if line.kind == ISSUE_REPLIED and line.text), None)

    @property
    def is_merged(self) -> bool:
        """Whether another case is worked on in the place of this one."""
        return self.issue.pk != self.case.pk

    @property
    def is_before_work(self) -> bool:
        """Nobody works on it yet: the page says when that will be done, as well as when it begins."""
        return self.case.state in {State.SUBMITTED, State.ACCEPTED, State.DISPATCHED}

    @property
    def is_mine_to_answer(self) -> bool:
        """Whether the page asks if it is solved. Whoever has said no waits for the decision."""
        return self.case.state in ASKED and not (self.case.asked == Asked.REOPEN and not self.is_merged)

    @property
    def is_being_decided(self) -> bool:
        """Whether a "not solved" or an appeal waits for a decision."""
        return self.case.asked in BY_RESIDENTS

    @property
    def appeal_over(self) -> bool:
        """Whether the appeal was decided: who still disagrees reads where to turn."""
        return _is_final(self.case)


def _is_final(case: Issue) -> bool:
    """Decided against whoever asked, and the time for an appeal is over or used."""
    return case.state in APPEALABLE and case.appeal_until is not None and case.appeal_until <= timezone.now()


def following(issue: Issue) -> Following:
    """What happened and what is next; a fixed number of statements."""
    case = issue.parent or issue
    path = path_with_holder(case)
    holder = holder_of(case, path)
    return Following(
        issue=issue,
        case=case,
        path=path,
        holder=holder,
        sentence=sentence_of(issue, case, holder.name, is_final=_is_final(case)),
        due=_next_due(case),
        question=question_of(issue),
        lines=_lines(issue, case),
        disclosures=list(Disclosure.objects.filter(contact=issue.contact_id)[:SHOWN]) if issue.contact_id else [],
        parts=parts_for_resident(case) if case.is_split else [],
        dismissal=standing_dismissal(case) if case.state in {State.DISMISSED, State.APPEALED} else None,
    )


def question_of(issue: Issue) -> Question | None:
    """What is asked of the reader and not answered yet."""
    return issue.questions.filter(is_over=False).first() if issue.asked == Asked.QUESTION else None


def path_with_holder(issue: Issue) -> list[Area]:
    """The areas of the case and its holder, the street first; one statement."""
    stamps = (issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id)
    ids = {pk for pk in (*stamps, issue.holder_area_id) if pk}
    return sorted(Area.objects.filter(pk__in=ids), key=lambda area: (area.level, area.code))


def holder_of(case: Issue, path: list[Area]) -> Holder:
    """The unit with its public phone, else the area with the duty phone of the nearest desk above it."""
    duty = duty_of(path)
    waits = case.asked == Asked.REOPEN  # "not solved": the community decides, over the street's own desk the street
    if waits or case.state in GIVEN_BACK | {State.APPEALED}:  # not whoever has just refused or answered it
        is_near = not case.is_on_street_desk if waits else case.state == State.RETURNED
        level = Level.COMMUNITY if is_near else Level.STREET
        desk = next((area for area in path if area.level == level), case.holder_area)
        return Holder(desk.name, desk.duty_phone or duty.phone, desk.duty_hours or duty.hours, (desk.name,))
    if case.holder_unit:
        name, phone = case.holder_unit.short_name, case.holder_unit.phone
        return Holder(name, phone, "", (name,)) if phone else Holder(name, duty.phone, duty.hours, (name,))
    parts = _names_of(case.holder_area, path)
    return Holder("".join(parts), duty.phone, duty.hours, parts)


def _names_of(area: Area, path: list[Area]) -> tuple[str, ...]:
    """A grid is called 第一网格 everywhere, so its community is named with it."""
    community = next((a for a in path if a.level == Level.COMMUNITY), None)
    if community is None or area.level <= Level.COMMUNITY:
        return (area.name,)
    # some carry the name of their community already: 麻石巷社区第一网格, 麻石巷第一网格
    stem = community.name.removesuffix("社区")
    own = area.name.removeprefix(community.name).removeprefix(stem)
    return (community.name, own or area.name)


def _next_due(case: Issue) -> Clock | None:
    wanted = _NEXT_STEP.get(State(case.state), ())
    going = Clock.objects.filter(issue=case, state__in=NOT_ENDED)
    by_step = {clock.step: clock for clock in going}
    return next((by_step[step] for step in wanted if step in by_step), None)


def _lines(issue: Issue, case: Issue) -> list[Line]:
    """Newest first. Of a case one has joined only what was done about it, never what its other voices said.

    Of a private one the steps, and the words written since a clerk put this voice beside the first: earlier ones
    were written to somebody else.
    """
    entries = TimelineEntry.objects.filter(issue__in={issue.pk, case.pk}, audience__gte=Audience.REQUESTER)
    mine = [e for e in newest_first(entries) if e.issue_id == issue.pk or e.kind in _SHARED]
    photos = _photos_of(mine)
    lines = [line_of(entry, issue, photos[entry.pk], is_newest=position == 0) for position, entry in enumerate(mine)]
    if may_be_read_by_all(case):
        return lines
    at = _put_together_at(issue, mine)
    return [
        line if entry.issue_id == issue.pk else _for_voice(line, is_meant=at is not None and entry.at >= at)
        for entry, line in zip(mine, lines, strict=True)
    ]


def _put_together_at(issue: Issue, entries: list[TimelineEntry]) -> datetime | None:
    """When a clerk joined it. A resident who pressed "mine too" is known to nobody: steps, and no words."""
    clerks = [e.at for e in entries if e.issue_id == issue.pk and e.kind == ISSUE_MERGED and e.actor_id is not None]
    return max(clerks, default=None)


def _for_voice(line: Line, *, is_meant: bool) -> Line:
    """Numbers are struck out of what is meant for all; photos may show somebody's home."""
    is_read = is_meant and line.kind in _FOR_ALL
    return replace(line, text=mask_text(line.text) if is_read else "", reason="", photos=[])


def _photos_of(entries: list[TimelineEntry]) -> dict[int, list[IssuePhoto]]:
    """The photos of each line, in the order they were sent."""
    found: dict[int, list[IssuePhoto]] = {entry.pk: [] for entry in entries}
    photos = IssuePhoto.objects.filter(entry__in=list(found)).select_related("attachment")
    for photo in sorted(photos, key=lambda photo: photo.pk):
        found[photo.entry_id or 0].append(photo)
    return found


@dataclass(frozen=True)
class Deadline:
    """A clock of the receipt, or what is expected before it runs."""

    at: datetime
    is_unconfirmed: bool = False


def running_due(issue: Issue, *steps: Step) -> Deadline | None:
    """The due time of the first of these steps that runs or ran."""
    clocks = {clock.step: clock for clock in Clock.objects.filter(issue=issue).exclude(state=ClockState.VOID)}
    clock = next((clocks[step] for step in steps if step in clocks), None)
    return Deadline(clock.due_at, clock.is_unconfirmed) if clock else None
