"""What the pages about votes show: the sum in words, the motions of a meeting, whoever may vote."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count as Rows
from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.looks import Look
from governance.decisions import Asked, Base, Choice, Count, Decision, Line, Outcome, Share, Unit, Whole, decide
from governance.lifecycle import motions as life
from governance.lifecycle.meetings import SHOWN
from governance.lifecycle.motions import MOTION_COUNTED, OUTCOME_LOOKS, How, MotionState
from governance.models import Ballot, DecisionRule, Entitled, EntitledList, Meeting, Motion, Tally
from governance.selectors.voting import counted, figures_of


@dataclass(frozen=True)
class SumRow:
    """A line of a sum: what it is, the way there, the figure."""

    label: str
    note: str
    way: str
    figure: str
    unit: str


@dataclass(frozen=True)
class SumTable:
    """One question of the sum and its answer."""

    asked: str
    title: str
    rows: tuple[SumRow, ...]
    verdict: str
    comparison: str
    is_met: bool


@dataclass(frozen=True)
class Result:
    """A motion with its figures, its outcome and the reasons."""

    decision: Decision
    figures: Count
    tables: tuple[SumTable, ...]
    sentences: tuple[str, ...]
    outcome: Outcome

    @property
    def is_advice(self) -> bool:
        """A poll, which decides nothing."""
        return self.decision.is_advice

    @property
    def look(self) -> Look:
        """Tone and icon of the outcome."""
        return OUTCOME_LOOKS[self.outcome]


def result_of(motion: Motion, figures: Count) -> Result:
    """Decide by the rule of the motion and put the sum into words."""
    decision = decide(motion.rule.rule, figures)
    unit = voters_unit(motion.rule.base)
    tables = tuple(_table(line, figures, unit) for line in decision.lines)
    sentences = tuple(_sentence(line, unit) for line in decision.lines)
    return Result(decision, figures, tables, sentences, decision.outcome)


def figure(value: Fraction) -> str:
    """16, 9.5, 15,001.25: exact where two decimals are enough, else rounded to two."""
    if value.denominator == 1:
        return f"{int(value):,}"
    hundredths = round(value * 100)
    whole, rest = divmod(hundredths, 100)
    return f"{whole:,}.{rest:02}".rstrip("0")


def voters_unit(base: str) -> str:
    """What is counted, in one word."""
    # with a context: other pages say these words of other things
    words = {
        Base.HOUSEHOLDS: pgettext("votes", "households"),
        Base.HEADS: pgettext("votes", "people"),
        Base.AREA: pgettext("votes", "owners"),
    }
    return words[Base(base)]


def _unit(line: Line, voters: str) -> str:
    return "m²" if line.unit == Unit.AREA else voters


def _needed(line: Line) -> str:
    """The way from the whole to what is needed: “24 × 2 ÷ 3 =”, “19 ÷ 2 = 9.5 →”."""
    whole, part = figure(line.whole), line.part
    if line.share == Share.NONE:
        return ""
    way = f"{whole} ÷ {part.denominator}" if part.numerator == 1 else f"{whole} × {part.numerator} ÷ {part.denominator}"
    if line.exact == line.needed:
        return f"{way} ="
    sign = "=" if (line.exact * 100).denominator == 1 else "≈"
    return _("%(way)s %(sign)s %(exact)s, so") % {"way": way, "sign": sign, "exact": figure(line.exact)}


def _share_words(line: Line) -> str:
    of = {Whole.ENTITLED: _("of all"), Whole.PRESENT: _("of those present"), Whole.CAST: _("of the votes cast")}
    if line.share == Share.NONE:
        return _("anybody at all")
    share = str(Share(line.share).label)
    if line.asked == Asked.QUORUM:
        return share
    return pgettext("votes", "%(share)s %(of)s") % {"share": share, "of": of[line.whole_is]}


def _table(line: Line, figures: Count, voters: str) -> SumTable:
    unit = _unit(line, voters)
    needed = SumRow(_("Needed"), _share_words(line), _needed(line), figure(line.needed), unit)
    rows: tuple[SumRow, ...]
    if line.asked == Asked.QUORUM:
        got = _("Present") if line.got_is == Whole.PRESENT else _("Took part")
        rows = (
            SumRow(_("May vote"), "", "", figure(line.whole), unit),
            needed,
            SumRow(got, "", "", figure(line.got), unit),
        )
        title = _("Enough floor area?") if line.unit == Unit.AREA else _("Enough people?")
        verdict = _("enough") if line.is_met else _("too few")
    else:
        said = [
            SumRow(str(choice.label), "", "", figure(figures.said(choice).of(line.unit)), unit) for choice in Choice
        ]
        cast = SumRow(_("Together"), "", "", figure(figures.cast.of(line.unit)), unit)
        rows = (*said, cast, needed)
        title = _("Carried by floor area?") if line.unit == Unit.AREA else _("Carried by votes?")
        verdict = _("carried") if line.is_met else _("not carried")
    sign = "≥" if line.is_met else "<"
    return SumTable(line.asked, title, rows, verdict, f"{figure(line.got)} {sign} {figure(line.needed)}", line.is_met)


def _sentence(line: Line, voters: str) -> str:
    values = {
        "whole": figure(line.whole),
        "needed": figure(line.needed),
        "got": figure(line.got),
        "share": _share_words(line),
        "unit": _unit(line, voters),
    }
    if line.asked == Asked.QUORUM and line.share == Share.NONE:
        return _("No number of participants is asked for; %(got)s %(unit)s took part.") % values
    if line.asked == Asked.QUORUM:
        if line.is_met:
            return _("%(whole)s %(unit)s may vote, %(share)s must take part: %(needed)s. %(got)s did: enough.") % values
        return _("%(whole)s %(unit)s may vote, %(share)s must take part: %(needed)s. Only %(got)s did.") % values
    if line.is_met:
        return _("For it: %(got)s %(unit)s. Needed: %(share)s, that is %(needed)s. Carried.") % values
    return _("For it: %(got)s %(unit)s. Needed: %(share)s, that is %(needed)s. Not carried.") % values


def sentence_of(line: Line, base: str) -> str:
    """A condition and its answer as one sentence; what was frozen in minutes is said with it again."""
    return _sentence(line, voters_unit(base))


# ---- for pages ----
def motions_with_all(meeting_id: int | None = None) -> QuerySet[Motion]:
    """Motions with what their pages need, the counts too."""
    found = Motion.objects.select_related("meeting", "meeting__voters", "rule", "item").prefetch_related(
        Prefetch("tallies", Tally.objects.order_by("number"))
    )
    return found if meeting_id is None else found.filter(meeting_id=meeting_id).order_by("order")


def voters_list(meeting: Meeting) -> EntitledList | None:
    """The list of voters of a meeting loaded with it, if there is one."""
    return getattr(meeting, "voters", None)


def shown_result(motion: Motion) -> Result | None:
    """What may be shown now: the count that holds; while people vote the running sum, but not of a secret vote."""
    listed = voters_list(motion.meeting)
    if listed is None or not motion.opened_at or motion.state == MotionState.VOID:
        return None
    holding = next((tally for tally in motion.tallies.all() if tally.is_valid), None)
    if holding:
        return result_of(motion, counted(holding, listed))
    if motion.state in MOTION_COUNTED or (motion.is_secret and motion.state == MotionState.OPEN):
        return None
    return result_of(motion, figures_of(motion, listed))


def turnout_of(motion: Motion) -> dict[str, int]:
    """How many have voted, on paper and by phone: the only thing known of a secret vote while it runs."""
    counts = motion.ballots.aggregate(
        paper=Rows("pk", filter=Q(how=How.PAPER)), online=Rows("pk", filter=Q(how=How.ONLINE))
    )
    return {**counts, "all": counts["paper"] + counts["online"]}


def entry_by_digest(digest: str) -> Entitled | None:
    """The voter a personal link belongs to."""
    return Entitled.objects.filter(token_digest=digest).select_related("list", "list__meeting").first()


def motions_for_voter(entry: Entitled) -> list[Motion]:
    """The motions of the meeting that this voter can read or vote on, with the ballot they have cast."""
    mine = Prefetch("ballots", entry.ballots.all(), to_attr="mine")
    shown = motions_with_all(entry.list.meeting_id).exclude(opened_at=None)
    return list(shown.prefetch_related(mine))


def ballot_of(motion: Motion) -> Ballot | None:
    """The ballot of the voter for whom the motion was loaded."""
    return next(iter(getattr(motion, "mine", [])), None)


def entries_of_user(user_id: int | None) -> list[Entitled]:
    """Where this account may vote, newest first, as long as its meetings' links are open."""
    if user_id is None:
        return []
    return list(
        Entitled.objects.filter(user_id=user_id, list__links_until__isnull=False)
        .select_related("list", "list__meeting")
        .order_by("-list__meeting__starts_at", "-pk")[:20]
    )


def statutory_rule(on: date) -> DecisionRule | None:
    """The rule of the representatives' assembly in force that day; it says which text of the law it follows."""
    return DecisionRule.objects.filter(is_statutory=True, valid_from__lte=on).order_by("-valid_from").first()


def tally_rows(motion: Motion) -> list[dict[str, Any]]:
    """The counts side by side, for whoever compares them."""
    return [
        {
            "number": tally.number,
            "who": tally.counted_by_label,
            "at": tally.at,
            "said": [tally.votes_for, tally.votes_against, tally.votes_abstain],
            "holds": tally.is_valid,
        }
        for tally in motion.tallies.all()
    ]


def counts_differ(motion: Motion) -> bool:
    """While it is counted again: at least two counts, none of which agree."""
    return motion.state == MotionState.RECOUNTING and len(motion.tallies.all()) > 1


ON_A_PAGE = 100


def voters_page(listed: EntitledList, number: str, only: list[int] | None = None) -> dict[str, Any]:
    """A page of the list, in its order; of some numbers only where they are given."""
    entries = listed.entries.order_by("position")
    page = Paginator(entries.filter(position__in=only) if only else entries, ON_A_PAGE).get_page(number)
    sums = listed.entries.aggregate(
        all=Rows("pk"), came=Rows("pk", filter=Q(came_at__isnull=False)), area=Sum("floor_area")
    )
    return {"page": page, "sums": sums}


# ---- for voters and neighbours ----
def shown_to_voter(motion: Motion) -> Result | None:
    """The result, once it is counted: no running sum while others still vote."""
    return shown_result(motion) if motion.state == MotionState.DECIDED else None


def public_votes(number: str, today: date) -> Meeting | None:
    """A meeting whose result is made known and not yet withdrawn, and at which something was voted on."""
    shown = Meeting.objects.filter(number=number, state__in=sorted(SHOWN), withdraw_on__gte=today)
    return shown.filter(motions__state=MotionState.DECIDED).select_related("voters", "area").distinct().first()


def result_of_public(meeting: Meeting) -> list[tuple[Motion, Result]]:
    """The counted motions with their sums."""
    found = [(motion, shown_result(motion)) for motion in motions_with_all(meeting.pk)]
    return [(motion, result) for motion, result in found if result and motion.state == MotionState.DECIDED]


# ---- what happened to a motion ----
_KINDS: dict[str, Promise] = {
    life.MOTION_PROPOSED: pgettext_lazy("motion", "moved"),
    life.MOTION_AMENDED: gettext_lazy("changed; before it said"),
    life.MOTION_SECONDED: gettext_lazy("seconded"),
    life.MOTION_WITHDRAWN: gettext_lazy("taken back"),
    life.MOTION_OPENED: gettext_lazy("voting opened"),
    life.MOTION_CLOSED: gettext_lazy("voting ended"),
    life.MOTION_DECIDED: gettext_lazy("counted"),
    life.MOTION_RECOUNT_ASKED: gettext_lazy("to be counted again"),
    life.MOTION_RECOUNTED: gettext_lazy("counted again"),
    life.MOTION_VOIDED: gettext_lazy("declared void"),
}
# Nobody reads about single ballots in the history of a motion.
NO_LINE = frozenset({life.MOTION_CAST})


@dataclass(frozen=True)
class HistoryLine:
    """What happened, who did it, when, and why."""

    words: str
    reason: str
    who: str
    at: datetime


def lines_of_motion(motion: Motion) -> list[HistoryLine]:
    """The history of a motion in words, oldest first."""
    rows = motion.history.order_by("at", "pk")[:100]
    return [HistoryLine(str(_KINDS[row.kind]), _outcome_words(row.reason), row.actor_label, row.at) for row in rows]


def _outcome_words(reason: str) -> str:
    """Outcomes are stored as their code; everything else is what somebody wrote."""
    return str(Outcome(reason).label) if reason in Outcome.values else reason


def motion_facts(motion: Motion) -> dict[str, Any]:
    """What the desk's page of a motion shows."""
    return {
        "voters": voters_list(motion.meeting),
        "result": shown_result(motion),
        "turnout": turnout_of(motion) if motion.opened_at else None,
        "tallies": tally_rows(motion),
        "differ": counts_differ(motion),
        "is_live": motion.state == MotionState.OPEN,
        "is_certain": motion.state == MotionState.DECIDED,
        "lines": lines_of_motion(motion),
    }


def has_public_votes(meeting: Meeting) -> bool:
    """Whether the page of sums of a published meeting shows anything."""
    return meeting.state in SHOWN and meeting.motions.filter(state=MotionState.DECIDED).exists()
