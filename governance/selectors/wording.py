"""States and lines of the history in the words of a neighbour."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.masking import mask_text
from core.wording import say_day
from governance import lifecycle
from governance.lifecycle import Channel, State
from governance.lifecycle.asking import Asked, ParkReason
from governance.models import Callback, Issue, IssuePhoto, TimelineEntry
from governance.models.issues import Audience
from governance.selectors.photos import photo_ticket

_DOUBLE_SURNAMES = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒"})


def staff_name(label: str) -> str:
    """`李小明，大码头街道` becomes `大码头街道，李某`: the desk and a surname, never a full name."""
    person, _comma, desk = label.partition("，")
    if not desk:
        return surname_only(person) if person else ""
    return f"{desk}，{surname_only(person)}"


def surname_only(person: str) -> str:
    """李小明 becomes 李某; names in Latin letters keep their first letter."""
    if person[:2] in _DOUBLE_SURNAMES and len(person) > 2:
        return f"{person[:2]}某"
    return f"{person[:1]}." if person[:1].isascii() else f"{person[:1]}某"


def desk_of(label: str) -> str:
    """Only the desk: 大码头街道."""
    return label.partition("，")[2]


# ---- the sentence on top ----
_SENTENCES: dict[State, Promise] = {
    State.SUBMITTED: gettext_lazy("We have it; %(holder)s will sign for it"),
    State.ACCEPTED: gettext_lazy("It is accepted, and being handed to whoever is in charge"),
    State.NOT_ACCEPTED: gettext_lazy("It was not accepted; read why, and where to turn"),
    State.DISPATCHED: gettext_lazy("It was given to %(holder)s, who will sign for it"),
    State.SIGNED: gettext_lazy("%(holder)s has signed for it, and starts on it"),
    State.WORKING: gettext_lazy("%(holder)s is working on it"),
    State.REPLIED: gettext_lazy("%(holder)s has answered; please have a look"),
    State.CALLBACK: gettext_lazy("%(holder)s has answered; please have a look"),
    State.REOPENED: gettext_lazy("It is open again, and goes back to work"),
    State.RETURNED: gettext_lazy("It is being settled who takes care of it"),
    State.RULING: gettext_lazy("It is being settled who takes care of it"),
    State.PARKED: gettext_lazy("It cannot be solved yet; it is looked at again every month"),
    State.CLOSED_SOLVED: gettext_lazy("It is solved"),
    State.CLOSED_EXPLAINED: gettext_lazy("It is closed; the explanation stands below"),
    State.WITHDRAWN: gettext_lazy("You have taken it back"),
    State.MERGED: gettext_lazy("It is handled together with another case"),
    State.DISMISSED: gettext_lazy("It is not dealt with; read why, and how to appeal"),
    State.APPEALED: gettext_lazy("Your appeal is with the street; somebody who had no part in it decides"),
}


def sentence_of(issue: Issue, case: Issue, holder: str, *, is_final: bool = False) -> str:
    """The plain sentence the page opens with; `is_final` when no appeal is possible any more."""
    if issue.asked == Asked.QUESTION:
        return _("%(holder)s has a question for you") % {"holder": holder}
    if issue.asked == Asked.REOPEN:
        return _("You said it is not solved; somebody who did not handle it decides by the next working day")
    state = State(case.state) if issue.state == State.MERGED else State(issue.state)
    if state == State.DISMISSED and is_final:
        return _("It is not dealt with; read why below")
    if issue.state == State.MERGED and state == State.CLOSED_SOLVED:  # it was not this voice that was asked
        return _("A neighbour has confirmed that it is solved")
    return str(_SENTENCES[state]) % {"holder": holder}


# ---- the state in two or three words ----
_PLAIN_STATES: dict[State, Promise] = {
    State.SUBMITTED: pgettext_lazy("state for neighbours", "just came in"),
    State.NOT_ACCEPTED: pgettext_lazy("state for neighbours", "not taken on"),
    State.MERGED: pgettext_lazy("state for neighbours", "with another case"),
    State.ACCEPTED: pgettext_lazy("state for neighbours", "being arranged"),
    State.DISPATCHED: pgettext_lazy("state for neighbours", "handed over"),
    State.SIGNED: pgettext_lazy("state for neighbours", "taken on"),
    State.WORKING: pgettext_lazy("state for neighbours", "being worked on"),
    State.REPLIED: pgettext_lazy("state for neighbours", "answered, to be confirmed"),
    State.CALLBACK: pgettext_lazy("state for neighbours", "answered, to be confirmed"),
    State.REOPENED: pgettext_lazy("state for neighbours", "worked on again"),
    State.RETURNED: pgettext_lazy("state for neighbours", "finding who does it"),
    State.RULING: pgettext_lazy("state for neighbours", "finding who does it"),
    State.PARKED: pgettext_lazy("state for neighbours", "cannot be done yet"),
    State.CLOSED_SOLVED: pgettext_lazy("state for neighbours", "solved"),
    State.CLOSED_EXPLAINED: pgettext_lazy("state for neighbours", "explained"),
    State.WITHDRAWN: pgettext_lazy("state for neighbours", "taken back"),
    State.DISMISSED: pgettext_lazy("state for neighbours", "not dealt with"),
    State.APPEALED: pgettext_lazy("state for neighbours", "looked at again"),
}


def plain_state(state: str) -> str:
    """The state without the words of an office: neighbours do not sign for things, and nothing is returned to them."""
    return str(_PLAIN_STATES[State(state)])


# ---- lines of the history ----
@dataclass(frozen=True)
class Shown:
    """A photo with the ticket that opens it from this page."""

    photo: IssuePhoto
    ticket: str


@dataclass(frozen=True)
class Line:
    """One line, ready to be read."""

    kind: str
    icon: str
    title: str
    at: datetime
    text: str = ""
    reason: str = ""
    who: str = ""
    photos: list[Shown] = field(default_factory=list)
    is_now: bool = False


_ICONS = {
    lifecycle.ISSUE_SUBMITTED: "write",
    lifecycle.ISSUE_ACCEPTED: "check",
    lifecycle.ISSUE_NOT_ACCEPTED: "return",
    lifecycle.ISSUE_MERGED: "merge",
    lifecycle.ISSUE_DISPATCHED: "go",
    lifecycle.ISSUE_RULED: "go",
    lifecycle.ISSUE_SIGNED: "done",
    lifecycle.ISSUE_CONTACTED: "phone",
    lifecycle.ISSUE_REPLIED: "message",
    lifecycle.ISSUE_ANSWERED: "check",
    lifecycle.ISSUE_CALLED_BACK: "phone",
    lifecycle.ISSUE_CLOSED: "done",
    lifecycle.ISSUE_REOPENED: "again",
    lifecycle.ISSUE_CHECKED: "again",
    lifecycle.ISSUE_WITHDRAWN: "x",
    lifecycle.ISSUE_REFUSED: "doc",
    lifecycle.ISSUE_DISMISSED: "return",
    lifecycle.ISSUE_APPEALED: "flag",
    lifecycle.ISSUE_APPEAL_UPHELD: "done",
    lifecycle.ISSUE_URGED: "bell",
    lifecycle.ISSUE_SUPPLEMENTED: "plus",
    lifecycle.ISSUE_HIDDEN: "hide",
    lifecycle.ISSUE_PARK_NOTED: "write",
    lifecycle.ISSUE_PARK_REVIEWED: "eye",
    lifecycle.ISSUE_SPLIT: "split",
    lifecycle.ISSUE_SPLIT_OFF: "return",
    lifecycle.ISSUE_QUESTION_ASKED: "message",
    lifecycle.ISSUE_QUESTION_ANSWERED: "message",
    lifecycle.ISSUE_EXTENDED: "wait",
    lifecycle.ISSUE_PARKED: "idle",
    lifecycle.ISSUE_ON_AGENDA: "people",
    lifecycle.ISSUE_DISCUSSED: "people",
    lifecycle.ISSUE_WHISTLED: "whistle",
    lifecycle.ISSUE_UNIT_CAME: "people",
    lifecycle.ISSUE_WHISTLE_ENDED: "whistle",
}


def line_of(entry: TimelineEntry, issue: Issue, photos: list[IssuePhoto], *, is_newest: bool) -> Line:
    """A line for whoever asked. Their own words stand there as written."""
    is_staff = entry.actor_id is not None
    shown = [Shown(photo, photo_ticket(photo.attachment.uid)) for photo in photos]
    not_solved = entry.kind == lifecycle.ISSUE_ANSWERED and _says_no(entry)
    return Line(
        kind=entry.kind,
        icon="again" if not_solved else _ICONS.get(entry.kind, "info"),
        title=title_of(entry, issue.channel),
        at=entry.at,
        text=entry.text,
        reason=_reason_of(entry),
        who=staff_name(entry.actor_label) if is_staff else "",
        photos=shown if is_staff or entry.issue_id == issue.pk else [],
        is_now=is_newest,
    )


def _reason_of(entry: TimelineEntry) -> str:
    """`reason` holds codes for some kinds; only these say something to a resident."""
    if entry.kind == lifecycle.ISSUE_PARKED and entry.reason in ParkReason.values:
        return str(ParkReason(entry.reason).label)
    return entry.reason if entry.kind in {lifecycle.ISSUE_NOT_ACCEPTED, lifecycle.ISSUE_DISMISSED} else ""


def title_of(entry: TimelineEntry, channel: str = "") -> str:
    """What happened, in a few words."""
    if entry.kind == lifecycle.ISSUE_SUBMITTED:
        return _how_it_came(entry, channel)
    if entry.kind == lifecycle.ISSUE_CONTACTED:
        return _("You could not be reached") if entry.reason else _("Somebody talked with you")
    if entry.kind == lifecycle.ISSUE_ANSWERED:
        return _answered(entry)
    if entry.kind == lifecycle.ISSUE_EXTENDED:
        return _("It takes longer than promised, until %(day)s; the reason") % {
            "day": say_day(date.fromisoformat(entry.reason))
        }
    goal = _goal_of(entry) or desk_of(entry.actor_label)
    if goal and entry.kind in _TITLES_WITH_GOAL:
        return str(_TITLES_WITH_GOAL[entry.kind]) % {"goal": goal}
    return str(_TITLES.get(entry.kind, _("Noted")))


_TITLES_WITH_GOAL: dict[str, Promise] = {
    lifecycle.ISSUE_DISPATCHED: gettext_lazy("Given to %(goal)s"),
    lifecycle.ISSUE_RULED: gettext_lazy("Decided: %(goal)s takes care of it"),
    lifecycle.ISSUE_SIGNED: gettext_lazy("%(goal)s signed for it"),
    lifecycle.ISSUE_REPLIED: gettext_lazy("%(goal)s answered"),
    lifecycle.ISSUE_UNIT_CAME: gettext_lazy("%(goal)s came to look"),
}
_TITLES: dict[str, Promise] = {
    lifecycle.ISSUE_ACCEPTED: gettext_lazy("Accepted"),
    lifecycle.ISSUE_DISPATCHED: gettext_lazy("Handed to whoever is in charge"),
    lifecycle.ISSUE_NOT_ACCEPTED: gettext_lazy("Not accepted"),
    lifecycle.ISSUE_MERGED: gettext_lazy("Joined with the same matter reported before"),
    lifecycle.ISSUE_CALLED_BACK: gettext_lazy("Somebody called you to ask"),
    lifecycle.ISSUE_CLOSED: gettext_lazy("Closed with an explanation"),
    lifecycle.ISSUE_REOPENED: gettext_lazy("Opened again"),
    lifecycle.ISSUE_CHECKED: gettext_lazy("Looked at again: not done yet"),
    lifecycle.ISSUE_WITHDRAWN: gettext_lazy("You took it back"),
    lifecycle.ISSUE_REFUSED: gettext_lazy("Looked at again: it stays closed"),
    lifecycle.ISSUE_DISMISSED: gettext_lazy("Not dealt with: why"),
    lifecycle.ISSUE_APPEALED: gettext_lazy("You appealed"),
    lifecycle.ISSUE_APPEAL_UPHELD: gettext_lazy("Your appeal was looked at: the decision stands"),
    lifecycle.ISSUE_URGED: gettext_lazy("Urged: somebody is waiting"),
    lifecycle.ISSUE_SUPPLEMENTED: gettext_lazy("You added something"),
    lifecycle.ISSUE_HIDDEN: gettext_lazy("Hidden from neighbours at your wish"),
    lifecycle.ISSUE_URGENCY_CHANGED: gettext_lazy("The urgency was changed"),
    lifecycle.ISSUE_PAUSED: gettext_lazy("The time limit rests for some days"),
    lifecycle.ISSUE_RESUMED: gettext_lazy("The time limit goes on"),
    lifecycle.ISSUE_PARKED: gettext_lazy("Set aside for now: what stands in the way"),
    lifecycle.ISSUE_PARK_NOTED: gettext_lazy("How it stands by now"),
    lifecycle.ISSUE_PARK_REVIEWED: gettext_lazy("Looked at anew: it still has to wait"),
    lifecycle.ISSUE_SPLIT: gettext_lazy("Several units share it now"),
    lifecycle.ISSUE_SPLIT_OFF: gettext_lazy("It is handled by itself again"),
    lifecycle.ISSUE_QUESTION_ASKED: gettext_lazy("You were asked a question; the time limit waits for your answer"),
    lifecycle.ISSUE_QUESTION_ANSWERED: gettext_lazy("You answered the question"),
    lifecycle.ISSUE_QUESTION_OVER: gettext_lazy("No answer came; they go on with what they know"),
    lifecycle.ISSUE_ON_AGENDA: gettext_lazy("A residents' meeting will talk about it"),
    lifecycle.ISSUE_DISCUSSED: gettext_lazy("A residents' meeting talked about it"),
    lifecycle.ISSUE_WHISTLED: gettext_lazy("The street has called these units together"),
    lifecycle.ISSUE_WHISTLE_ENDED: gettext_lazy("What the units the street called have done"),
}


def _goal_of(entry: TimelineEntry) -> str:
    if entry.unit:
        return entry.unit.short_name
    return entry.area.name if entry.area else ""


def _how_it_came(entry: TimelineEntry, channel: str) -> str:
    if entry.actor_id is not None:
        return _("Written down for you by %(who)s") % {"who": staff_name(entry.actor_label)}
    if channel == Channel.HOTLINE:
        return _("Passed on by the hotline")
    if channel == Channel.QR:
        return _("You reported it by the stairwell code")
    return _("You reported it on this website")


def _answered(entry: TimelineEntry) -> str:
    if entry.to_state == State.CLOSED_SOLVED:
        return _("You said: solved")
    if _says_no(entry):
        return _("You said: not solved")
    return _("You answered")


def _says_no(entry: TimelineEntry) -> bool:
    """What waits for a decision; lines of before that was so reopened the case themselves."""
    return entry.reason == Callback.Outcome.NOT_SOLVED or entry.to_state == State.REOPENED


def public_line_of(entry: TimelineEntry, issue: Issue) -> Line:
    """The same for everybody: no “you”, no names of staff; words only where they were meant for everybody."""
    shown = entry.text if entry.audience == Audience.EVERYBODY else ""
    text = mask_text(shown, for_neighbours=True, buildings=issue.category.is_sensitive)
    return Line(
        kind=entry.kind,
        icon=_ICONS.get(entry.kind, "info"),
        title=_public_title(entry),
        at=entry.at,
        text=text,
    )


_SAME_FOR_ALL = {
    *(lifecycle.ISSUE_DISPATCHED, lifecycle.ISSUE_SIGNED, lifecycle.ISSUE_REPLIED),
    *(lifecycle.ISSUE_WHISTLED, lifecycle.ISSUE_UNIT_CAME, lifecycle.ISSUE_WHISTLE_ENDED),
    *(lifecycle.ISSUE_PARKED, lifecycle.ISSUE_PARK_NOTED, lifecycle.ISSUE_PARK_REVIEWED),
}


def _public_title(entry: TimelineEntry) -> str:
    if entry.kind == lifecycle.ISSUE_SUBMITTED:
        return _("Reported by a resident")
    if entry.kind == lifecycle.ISSUE_CLOSED or entry.to_state == State.CLOSED_SOLVED:
        return _("The resident says it is solved") if entry.to_state == State.CLOSED_SOLVED else _("Closed")
    if entry.kind in _SAME_FOR_ALL:
        return title_of(entry)
    if entry.to_state == State.REOPENED:
        return str(_TITLES[lifecycle.ISSUE_REOPENED])
    return _("Accepted") if entry.kind == lifecycle.ISSUE_ACCEPTED else _("Noted")
