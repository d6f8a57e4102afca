"""Votes as they stand in the minutes: frozen with count, rule and result, and said again from what was frozen.

The numbers of each condition are kept, not the sentences: whoever reads gets them in the language of the page, and a
rule that is changed later changes nothing here.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.masking import mask_text
from core.wording import say_day
from governance.decisions import Asked, Choice, Count, Line, Outcome, Share, Unit, Whole
from governance.lifecycle.motions import MOTION_LOOKS, OUTCOME_LOOKS, MotionState
from governance.models import Meeting, Motion
from governance.selectors.votes import motions_with_all, sentence_of, shown_result, voters_list, voters_unit

_TOLD = (MotionState.DECIDED, MotionState.VOID, MotionState.WITHDRAWN)


def frozen_motions(meeting: Meeting) -> dict[int, list[dict[str, Any]]]:
    """By the item of the agenda: what was moved, by which rule it was decided, how it was counted, what came of it."""
    found: dict[int, list[dict[str, Any]]] = {}
    for motion in motions_with_all(meeting.pk):
        if motion.state in _TOLD:
            found.setdefault(motion.item_id, []).append(_frozen(motion))
    return found


def _frozen(motion: Motion) -> dict[str, Any]:
    rule, voters = motion.rule, voters_list(motion.meeting)
    frozen: dict[str, Any] = {
        "order": motion.order,
        "text": motion.text,
        "state": motion.state,
        "outcome": motion.outcome,
        "reason": motion.reason,
        "is_secret": motion.is_secret,
        "is_advice": rule.is_advice,
        "base": rule.base,
        "rule": {"zh": rule.name_zh, "en": rule.name_en, "from": rule.valid_from.isoformat()},
        "source": {"zh": rule.source_zh, "en": rule.source_en},
        "voters": voters.fingerprint if voters else "",
    }
    result = shown_result(motion) if motion.state == MotionState.DECIDED else None
    if result:
        frozen |= {"count": _numbers(result.figures), "lines": [_line(line) for line in result.decision.lines]}
    return frozen


def _numbers(figures: Count) -> dict[str, list[str]]:
    """Number and floor area of all, of those present, and of everything that was said."""
    weights = {"entitled": figures.entitled, "present": figures.present}
    weights |= {choice.value: figures.said(choice) for choice in Choice}
    return {name: [str(weight.number), str(weight.area)] for name, weight in weights.items()}


def _line(line: Line) -> dict[str, str]:
    return {
        "asked": line.asked.value,
        "unit": line.unit.value,
        "share": line.share.value,
        "whole_is": line.whole_is.value,
        "whole": str(line.whole),
        "got_is": line.got_is.value,
        "got": str(line.got),
    }


@dataclass(frozen=True)
class VoteWords:
    """A vote in the words of the minutes."""

    order: int
    text: str
    outcome: str
    tone: str
    icon: str
    rule: str
    said: str
    sentences: list[str]


def vote_words(frozen: dict[str, Any], *, is_public: bool = False) -> VoteWords:
    """What was frozen, in the language of the page; without numbers of phones and papers where strangers read."""
    hide = mask_text if is_public else str
    outcome = frozen["outcome"]
    look = OUTCOME_LOOKS[Outcome(outcome)] if outcome else MOTION_LOOKS[MotionState(frozen["state"])]
    label = Outcome(outcome).label if outcome else MotionState(frozen["state"]).label
    return VoteWords(
        order=frozen["order"],
        text=hide(frozen["text"]),
        outcome=str(label),
        tone=look.tone,
        icon=look.icon,
        rule=_rule(frozen),
        said=hide(_said(frozen)),
        sentences=[sentence_of(_read(line), frozen["base"]) for line in frozen.get("lines", [])],
    )


def _rule(frozen: dict[str, Any]) -> str:
    language = "en" if (translation.get_language() or "").startswith("en") else "zh"
    day = say_day(date.fromisoformat(frozen["rule"]["from"]))
    parts = [_("%(rule)s, in force from %(day)s") % {"rule": frozen["rule"][language], "day": day}]
    if frozen["source"][language]:
        parts.append(frozen["source"][language])
    if frozen["is_secret"]:
        parts.append(_("secret"))
    return ("; " if language == "en" else "；").join(parts)


def _said(frozen: dict[str, Any]) -> str:
    if "count" not in frozen:
        return str(frozen["reason"])
    numbers = {name: int(pair[0]) for name, pair in frozen["count"].items()}
    words = pgettext("between two things", ", ").join(f"{choice.label} {numbers[choice.value]}" for choice in Choice)
    return _("%(votes)s (%(unit)s)") % {"votes": words, "unit": voters_unit(frozen["base"])}


def _read(line: dict[str, str]) -> Line:
    got_is = Choice(line["got_is"]) if line["got_is"] in Choice.values else Whole(line["got_is"])
    return Line(
        Asked(line["asked"]),
        Unit(line["unit"]),
        Share(line["share"]),
        Whole(line["whole_is"]),
        Fraction(line["whole"]),
        got_is,
        Fraction(line["got"]),
    )


def print_of(words: VoteWords) -> list[str]:
    """The lines of a vote on paper."""
    head = f"{_('Motion')} {words.order}：{words.text}（{words.outcome}）"
    return [line for line in (head, words.said, *words.sentences, words.rule) if line]
