"""Carries out stories in bulk: the rows that the services would write, without their queries.

tests/test_demo_bulk.py plays the same stories through the real services and compares every row.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from core.tokens import digest_of
from demo.book import Book, Line, Told
from demo.cast import Cast
from demo.ladder import climb_due
from demo.stories import Act, Story
from governance import lifecycle as life
from governance.lifecycle import NOT_ENDED, WORK_STEPS, ClockState, State, Step
from governance.lifecycle.asking import Asked
from governance.models import (
    Callback,
    Category,
    Clock,
    ContactLog,
    Dispatch,
    Issue,
    Reply,
)
from governance.models.issues import Audience
from governance.services.clocks import build_clock
from governance.services.contacts import build_contact
from governance.services.links import follow_token
from governance.services.moves import drop_request, person
from neighborhoods.actors import NOBODY, SYSTEM, Actor
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.services.stamps import Stamp


class BulkPlayer:
    """Plays one story into the book."""

    def __init__(self, book: Book, cast: Cast, until: datetime) -> None:
        self.book, self.until = book, until
        self.people, self.units, self.areas = cast.people, cast.units, cast.areas

    def play(self, story: Story, *, number: str, key: Any, category: Category, stamp: Stamp, holder: Area) -> Issue:
        """Submit and act; `key` and `number` come from outside so that they can be compared."""
        actor = self.people[story.recorded_by] if story.recorded_by else NOBODY
        contact = build_contact(name=story.name, phone=story.phone, door=story.door)
        if contact:
            self.book.contacts.append(contact)
        danger = story.is_danger and bool(category.danger_urgency)
        issue = Issue(
            number=number,
            submission_key=key,
            area=self.areas[story.area],
            **stamp.as_fields(),
            category=category,
            urgency=category.danger_urgency if danger else category.urgency,
            text=story.text,
            place_note=story.place_note,
            channel=story.channel,
            contact=contact,
            is_public=story.is_public,
            published_at=story.at if story.is_public else None,
            recorded_by_id=actor.user_id,
            recorded_by_label=actor.label if actor.user_id else "",
            collector_role="representative" if story.recorded_by else "",
            state=State.SUBMITTED,
            holder_area=holder,
            submitted_at=story.at,
        )
        issue.follow_digest = digest_of(follow_token(issue))
        self.book.issues.append(issue)
        self.issue = issue
        self.clocks: list[Clock] = []
        self.dispatch: Dispatch | None = None
        self._line(life.ISSUE_SUBMITTED, actor, story.at, to_state=State.SUBMITTED, text=issue.text)
        self._start([Step.ACCEPT], story.at)
        self._tell(life.ISSUE_SUBMITTED, actor, story.at, channel=issue.channel, urgency=issue.urgency)
        for act in story.acts:
            climb_due(self.book, issue, self.clocks, act.at)
            getattr(self, f"_do_{act.verb}")(self.people[act.who] if act.who else NOBODY, act)
        climb_due(self.book, issue, self.clocks, self.until)
        return issue

    # ---- what every verb does ----
    def _line(self, kind: str, actor: Actor, at: datetime, **fields: Any) -> None:
        self.book.lines.append(Line(self.issue, kind, at, actor, **fields))

    def _move(self, to: State, kind: str, actor: Actor, at: datetime, **fields: Any) -> None:
        if not self.issue.can_move_to(to):
            raise ValueError(f"{self.issue.state} does not lead to {to}")
        before, self.issue.state = self.issue.state, to
        drop_request(self.issue, to)
        self.issue.closed_at = at if to in life.FINAL else None
        ends = at + timedelta(days=settings.FOLLOW_LINK_DAYS)
        self.issue.follow_expires_at = ends if to in life.FINAL else None
        self._line(kind, actor, at, from_state=before, to_state=to, **fields)

    def _tell(self, kind: str, actor: Actor, at: datetime, **payload: Any) -> None:
        self.book.events.append(Told(self.issue, kind, at, actor, payload))

    def _start(self, steps: list[Step] | tuple[Step, ...], at: datetime) -> None:
        for step in steps:
            clock = build_clock(self.issue, step, at)
            if clock:
                self.clocks.append(clock)
                self.book.clocks.append(clock)
        self._refresh_due()

    def _end(self, steps: list[Step] | tuple[Step, ...], at: datetime, state: ClockState | None = None) -> None:
        for clock in self.clocks:
            if clock.state in NOT_ENDED and clock.step in steps:
                clock.state = state or (ClockState.MET if clock.due_at >= at else ClockState.MISSED)
                clock.ended_at, clock.next_rung_at = at, None
        self._refresh_due()

    def _void(self, at: datetime) -> None:
        self._end(list(Step), at, ClockState.VOID)

    def _refresh_due(self) -> None:
        dues = [c.due_at for c in self.clocks if c.state in NOT_ENDED]
        self.issue.due_at = min(dues) if dues else None

    def _dispatch_to(self, area: Area, unit: PartnerUnit | None, actor: Actor, at: datetime, note: str = "") -> None:
        self.issue.holder_area, self.issue.holder_unit = area, unit
        self.dispatch = Dispatch(
            issue=self.issue,
            area=area,
            unit=unit,
            at=at,
            by_id=actor.user_id,
            by_label=actor.label,
            note=note,
            is_binding=self.issue.is_binding,
        )
        self.book.dispatches.append(self.dispatch)

    def _end_dispatch(self, at: datetime, **fields: Any) -> None:
        if self.dispatch is not None and self.dispatch.ended_at is None:
            self.dispatch.ended_at = at
            for name, value in fields.items():
                setattr(self.dispatch, name, value)

    # ---- verbs, in the order of governance.services ----
    def _accept(self, actor: Actor, at: datetime) -> None:
        self._move(State.ACCEPTED, life.ISSUE_ACCEPTED, actor, at, audience=Audience.STAFF)
        self._end([Step.ACCEPT], at)

    def _give(
        self,
        area: Area,
        unit: PartnerUnit | None,
        actor: Actor,
        at: datetime,
        note: str = "",
        kind: str = life.ISSUE_DISPATCHED,
    ) -> None:
        self._move(State.DISPATCHED, kind, actor, at, text=note, area=area, unit=unit)
        self.issue.is_binding = kind == life.ISSUE_RULED
        self._dispatch_to(area, unit, actor, at, note)
        self._end([Step.RULING], at)
        first = self.issue.dispatched_at is None
        self._start(WORK_STEPS if first else [Step.SIGN], at)
        if first:
            self.issue.dispatched_at = at

    def _sign(self, actor: Actor, at: datetime) -> None:
        issue = self.issue
        self._move(State.SIGNED, life.ISSUE_SIGNED, actor, at, area=issue.holder_area, unit=issue.holder_unit)
        if self.dispatch is not None:
            self.dispatch.signed_at, self.dispatch.signed_by_id = at, actor.user_id
        self._end([Step.SIGN], at)

    def _do_take(self, actor: Actor, act: Act) -> None:
        self._accept(actor, act.at)
        self._give(self.issue.holder_area, None, actor, act.at)
        self._sign(actor, act.at)
        self._tell(life.ISSUE_SIGNED, actor, act.at)

    def _do_dispatch(self, actor: Actor, act: Act) -> None:
        unit = self.units[act.extra["unit"]] if "unit" in act.extra else None
        area = self.areas[act.extra["area"]] if "area" in act.extra else self.issue.holder_area
        if self.issue.state == State.SUBMITTED:
            self._accept(actor, act.at)
        binding = self.issue.state == State.RULING
        kind = life.ISSUE_RULED if binding else life.ISSUE_DISPATCHED
        self._give(area, unit, actor, act.at, act.extra.get("note", ""), kind=kind)
        self._tell(kind, actor, act.at, unit_id=self.issue.holder_unit_id)

    def _do_sign(self, actor: Actor, act: Act) -> None:
        self._sign(actor, act.at)
        self._tell(life.ISSUE_SIGNED, actor, act.at)

    def _do_refuse(self, actor: Actor, act: Act) -> None:
        self._move(
            State.NOT_ACCEPTED,
            life.ISSUE_NOT_ACCEPTED,
            actor,
            act.at,
            reason=act.extra["reason"],
            text=act.extra["referral"],
        )
        self._void(act.at)
        self._tell(life.ISSUE_NOT_ACCEPTED, actor, act.at)

    def _do_return(self, actor: Actor, act: Act) -> None:
        issue, reason, basis = self.issue, act.extra["reason"], act.extra["basis"]
        again = any(d.issue is issue and d.returned_at for d in self.book.dispatches[-4:])
        self._move(
            State.RETURNED,
            life.ISSUE_RETURNED,
            actor,
            act.at,
            reason=reason,
            text=basis,
            audience=Audience.STAFF,
            area=issue.holder_area,
            unit=issue.holder_unit,
        )
        self._end_dispatch(act.at, returned_at=act.at, return_reason=reason, return_basis=basis)
        self._end([Step.SIGN], act.at)
        if again:
            self._move(State.RULING, life.ISSUE_RULING_ASKED, actor, act.at, audience=Audience.STAFF)
        self._start([Step.RULING], act.at)
        self._tell(life.ISSUE_RETURNED, actor, act.at, ruling=again)

    def _do_contact(self, actor: Actor, act: Act) -> None:
        issue, reached, note = self.issue, act.extra["reached"], act.extra["note"]
        log = ContactLog(issue=issue, at=act.at, by_id=person(actor), reached=reached, note=note)
        self.book.logs.append(log)
        reason = "" if reached else "unreached"
        if issue.state == State.SIGNED:
            self._move(State.WORKING, life.ISSUE_CONTACTED, actor, act.at, text=note, reason=reason)
        else:
            self._line(life.ISSUE_CONTACTED, actor, act.at, text=note, reason=reason)
        failed = sum(1 for entry in self.book.logs[-6:] if entry.issue is issue and not entry.reached)
        if reached or failed >= 3:
            self._end([Step.CONTACT], act.at)
        self._tell(life.ISSUE_CONTACTED, actor, act.at, reached=reached)

    def _do_reply(self, actor: Actor, act: Act) -> None:
        issue, text = self.issue, act.extra["text"]
        self._move(
            State.REPLIED,
            life.ISSUE_REPLIED,
            actor,
            act.at,
            text=text,
            unit=issue.holder_unit,
            area=issue.holder_area,
            audience=Audience.EVERYBODY,
        )
        self.book.replies.append(
            Reply(
                issue=issue,
                at=act.at,
                by_id=person(actor),
                by_label=actor.label,
                unit=issue.holder_unit,
                text=text,
            )
        )
        self._end(WORK_STEPS, act.at)
        self._start([Step.CALLBACK], act.at)
        issue.replied_at, issue.replied_by_id = act.at, actor.user_id
        issue.checked_by_id = issue.called_back_by_id = issue.escalated_level = None
        issue.handled_level = issue.holder_area.level
        self._tell(life.ISSUE_REPLIED, actor, act.at)

    def _do_check(self, actor: Actor, act: Act) -> None:
        self.issue.checked_by_id = actor.user_id
        self._move(State.CALLBACK, life.ISSUE_CHECKED, actor, act.at, audience=Audience.STAFF)
        self._tell(life.ISSUE_CHECKED, actor, act.at)

    def _do_answer(self, actor: Actor, act: Act) -> None:
        issue, solved, words = self.issue, act.extra["solved"], act.extra["words"]
        self._called_back(act, Callback.Via.LINK, "solved" if solved else "not_solved", None)
        if issue.state == State.REPLIED:
            self._move(State.CALLBACK, life.ISSUE_ANSWERED, actor, act.at, audience=Audience.STAFF)
        self._end([Step.CALLBACK], act.at)
        if solved:
            self._close(State.CLOSED_SOLVED, life.ISSUE_ANSWERED, actor, act.at, words)
            self._tell(life.ISSUE_CLOSED, actor, act.at, outcome="solved")
        else:
            self._ask_reopening(actor, act.at)
            self._line(life.ISSUE_ANSWERED, actor, act.at, text=words, reason="not_solved")
            self._tell(life.ISSUE_ANSWERED, actor, act.at, outcome="not_solved")

    def _ask_reopening(self, actor: Actor, at: datetime) -> None:
        """Not solved: somebody else decides whether it goes back to work."""
        self.issue.asked, self.issue.asked_by_id = Asked.REOPEN, actor.user_id
        self._start([Step.RULING], at)

    def _do_reopen(self, actor: Actor, act: Act) -> None:
        self._reopen(actor, act.at, act.extra["reason"])
        self._tell(life.ISSUE_REOPENED, actor, act.at, by="staff")

    def _called_back(self, act: Act, via: str, outcome: str, by_id: int | None) -> None:
        self.book.callbacks.append(
            Callback(
                issue=self.issue,
                at=act.at,
                by_id=by_id,
                via=via,
                outcome=outcome,
                satisfaction=act.extra["satisfaction"],
                words=act.extra["words"],
            )
        )

    def _do_callback(self, actor: Actor, act: Act) -> None:
        outcome, words = act.extra["outcome"], act.extra["words"]
        if self.issue.state == State.REPLIED:
            self._move(State.CALLBACK, life.ISSUE_CALLED_BACK, actor, act.at, audience=Audience.STAFF)
        self.issue.called_back_by_id = actor.user_id
        self._called_back(act, Callback.Via.PHONE, outcome, actor.user_id)
        self._end([Step.CALLBACK], act.at)
        if outcome == Callback.Outcome.SOLVED:
            self._close(State.CLOSED_SOLVED, life.ISSUE_CALLED_BACK, actor, act.at, words)
            self._tell(life.ISSUE_CLOSED, actor, act.at, outcome="solved")
        else:
            self._ask_reopening(actor, act.at)
            self._line(life.ISSUE_CALLED_BACK, actor, act.at, text=words, reason="not_solved")
            self._tell(life.ISSUE_CALLED_BACK, actor, act.at, outcome=outcome)

    def _do_explain(self, actor: Actor, act: Act) -> None:
        refuses = self.issue.asked == Asked.REOPEN
        kind = life.ISSUE_REFUSED if refuses else life.ISSUE_CLOSED
        self._close(State.CLOSED_EXPLAINED, kind, actor, act.at, act.extra["explanation"])
        if refuses:
            self.issue.refused_by_id = actor.user_id
            self.issue.appeal_until = act.at + timedelta(days=settings.APPEAL_DAYS)
        self._tell(kind, actor, act.at, outcome="explained")

    def _do_withdraw(self, actor: Actor, act: Act) -> None:
        self._move(State.WITHDRAWN, life.ISSUE_WITHDRAWN, actor, act.at, text=act.extra["reason"])
        self._void(act.at)
        self.issue.is_public, self.issue.published_at = False, None
        self._tell(life.ISSUE_WITHDRAWN, actor, act.at)

    def _close(self, state: State, kind: str, actor: Actor, at: datetime, text: str) -> None:
        self._move(state, kind, actor, at, text=text)
        self._void(at)
        self._end_dispatch(at)

    def _reopen(self, actor: Actor, at: datetime, words: str) -> None:
        issue = self.issue
        self._move(State.REOPENED, life.ISSUE_REOPENED, actor, at, text=words)
        self._void(at)
        self._move(
            State.DISPATCHED,
            life.ISSUE_DISPATCHED,
            SYSTEM,
            at,
            area=issue.holder_area,
            unit=issue.holder_unit,
            audience=Audience.STAFF,
        )
        self._end_dispatch(at)
        self._dispatch_to(issue.holder_area, issue.holder_unit, SYSTEM, at)
        self._start(WORK_STEPS, at)
        issue.dispatched_at, issue.reopened_count = at, issue.reopened_count + 1
        issue.replied_by_id = issue.checked_by_id = issue.called_back_by_id = issue.replied_at = None
