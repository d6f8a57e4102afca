"""The steps of a committee, of its members and of its promises as buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.forms import committees as forms
from governance.lifecycle.committees import MEMBER_FITS, PROMISE_FITS
from governance.policies import committees as policies
from governance.selectors.committees import linkable_meetings, units_seated
from governance.selectors.detail import all_units
from governance.services.committees import members, promises
from neighborhoods.actors import Actor


@dataclass(frozen=True)
class Step:
    """A verb; `prefix` is that of its address, `fits` the states in which it fits (none: always)."""

    prefix: str
    verb: str
    label: Lazy
    icon: str
    allowed: Callable[[Actor, Any], bool]
    form: type[forms.CommitteeForm]
    run: Callable[..., Any]
    done: Lazy
    fits: frozenset[Any] | None = None
    offers: Callable[[Any], list[Any]] | None = None
    stops: bool = False

    def fits_now(self, row: Any) -> bool:
        """Whether the state allows it, whoever asks."""
        return self.fits is None or row.state in self.fits

    def is_open_to(self, actor: Actor, row: Any) -> bool:
        """Fits, and this person may. The service asks again."""
        return self.fits_now(row) and self.allowed(actor, row)

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:{self.prefix}-{self.verb}"


def _units(_row: Any) -> list[Any]:
    return all_units()


def _keeps(verb: str) -> Callable[[Actor, Any], bool]:
    return lambda actor, member: policies.can_keep_member(actor, member, verb)


COMMITTEE_VERBS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step(
            "committee", "recommend", _("Recommend a member"), "person", policies.can_keep_committee,
            forms.RecommendForm, members.recommend_member, _("Recommended. The street decides next."), offers=_units,
        ),
        Step(
            "committee", "promise", _("Write down a promise"), "hand", policies.can_keep_committee,
            forms.PromiseForm, promises.make_promise, _("Written down. The unit has been told."), offers=units_seated,
        ),
        Step(
            "committee", "meeting", _("Link a meeting"), "calendar", policies.can_keep_committee,
            forms.MeetingForm, members.link_meeting, _("Linked."), offers=linkable_meetings,
        ),
        Step(
            "committee", "seats", _("Change the seats"), "people", policies.can_keep_committee,
            forms.SeatsForm, members.change_seats, _("Saved."),
        ),
    )
}  # fmt: skip
MEMBER_VERBS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step(
            "member", "approve", pgettext_lazy("button of a member", "Approve"), "check", policies.can_approve_member,
            forms.NoteForm, members.approve_member, _("Approved."), MEMBER_FITS["approve"],
        ),
        Step(
            "member", "begin", _("Appoint"), "done", _keeps("begin"),
            forms.NoteForm, members.begin_member, _("Appointed."), MEMBER_FITS["begin"],
        ),
        Step(
            "member", "duties", _("Duty list"), "list", _keeps("duties"),
            forms.DutiesForm, members.set_duties, _("Saved."), MEMBER_FITS["duties"],
        ),
        Step(
            "member", "end", _("End the membership"), "x", _keeps("end"),
            forms.ReasonForm, members.end_member, _("Ended."), MEMBER_FITS["end"], stops=True,
        ),
    )
}  # fmt: skip
PROMISE_VERBS: dict[str, Step] = {
    step.verb: step
    for step in (
        Step(
            "promise", "deliver", _("Say it is delivered"), "message", policies.can_deliver_promise,
            forms.DeliverForm, promises.deliver_promise, _("Thank you. Somebody else looks at it now."),
            PROMISE_FITS["deliver"],
        ),
        Step(
            "promise", "confirm", _("Look at it"), "eye", policies.can_confirm_promise,
            forms.ConfirmForm, promises.confirm_promise, _("Saved."), PROMISE_FITS["confirm"],
        ),
        Step(
            "promise", "withdraw", pgettext_lazy("button of a promise", "Withdraw"), "x", policies.can_withdraw_promise,
            forms.ReasonForm, promises.withdraw_promise, _("Withdrawn."), PROMISE_FITS["withdraw"], stops=True,
        ),
    )
}  # fmt: skip
