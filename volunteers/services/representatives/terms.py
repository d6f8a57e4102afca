"""From the public notice to the end of a term, and what happens when the representative moves house."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.tokens import digits_of
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import Post, Resident, Title
from neighborhoods.selectors.actors import live_on
from neighborhoods.services.posts import PostPlace, appoint, end_post
from volunteers.lifecycle import representatives as life
from volunteers.lifecycle.links import FORMING_DAYS
from volunteers.lifecycle.orders import OrderState
from volunteers.lifecycle.representatives import EndReason, RepresentativeState
from volunteers.models import HelpOrder, Objection, Representative, Training
from volunteers.policies import representatives as policies
from volunteers.services.representatives.links import end_all_links
from volunteers.services.representatives.moves import locked_representative, require_fit, said, write

TITLE = "representative"
S = RepresentativeState


@transaction.atomic
def notice(*, representative_id: int, actor: Actor) -> Representative:
    """Hang the name out for seven days: masked, with a way to object."""
    representative = locked_representative(representative_id)
    require_fit(representative, "notice")
    require(policies.can_notice(actor, representative))
    at = timezone.now()
    representative.state, representative.noticed_at = S.NOTICED, at
    representative.notice_until = at + timedelta(days=life.NOTICE_DAYS)
    representative.save()
    write(representative, life.REPRESENTATIVE_NOTICED, actor)
    return representative


@transaction.atomic
def object_to(*, representative_id: int, actor: Actor, words: str, phone: str = "") -> Objection:
    """Anybody may, while the name hangs out; with a phone if they wish an answer."""
    representative = locked_representative(representative_id)
    require_fit(representative, "object")
    at = timezone.now()
    if representative.notice_until is None or at >= representative.notice_until:
        raise RuleError(_("The time of the notice is over."))
    objection = Objection.objects.create(
        representative=representative,
        at=at,
        words=said(words, _("Say what speaks against it."), field="words")[:500],
        phone=digits_of(phone),
    )
    write(representative, life.REPRESENTATIVE_OBJECTED, actor)
    return objection


@transaction.atomic
def settle(*, representative_id: int, actor: Actor, objection_id: int, answer: str) -> Objection:
    """Answer an objection; whoever finds it right ends the nomination instead."""
    representative = locked_representative(representative_id)
    require_fit(representative, "settle")
    require(policies.can_settle(actor, representative))
    objection = representative.objections.select_for_update().get(pk=objection_id)
    if objection.settled_at:
        raise RuleError(_("This objection has an answer already."))
    objection.answer = said(answer, _("Write the answer."), field="answer")[:500]
    objection.settled_at, objection.settled_by_label = timezone.now(), actor.label
    objection.save(update_fields=["answer", "settled_at", "settled_by_label"])
    write(representative, life.REPRESENTATIVE_SETTLED, actor, text=objection.answer)
    return objection


@transaction.atomic
def activate(*, representative_id: int, actor: Actor) -> Representative:
    """The notice is over and every objection answered: the term begins, with the post for whoever has an account."""
    representative = locked_representative(representative_id)
    require_fit(representative, "activate")
    require(policies.can_activate(actor, representative))
    at = timezone.now()
    if representative.notice_until is None or at < representative.notice_until:
        raise RuleError(_("The name has to hang out for seven days first."))
    if representative.objections.filter(settled_at=None).exists():
        raise RuleError(_("Answer the objections first."))
    _require_home(representative)
    today = timezone.localdate(at)
    representative.state, representative.starts_on = S.ACTIVE, today
    representative.term_ends_on = years_later(today, life.TERM_YEARS)
    representative.forming_until = today + timedelta(days=FORMING_DAYS)
    representative.remind_due_at = at + (representative.term_ends_on - today) - timedelta(days=life.REMIND_DAYS)
    representative.post = _appointed(representative, actor)
    representative.save()
    _fill_seat(representative)
    write(representative, life.REPRESENTATIVE_ACTIVATED, actor)
    return representative


def _require_home(representative: Representative) -> None:
    if representative.resident.branch_id != representative.branch_id:
        raise RuleError(_("This person does not live in the compound any more."))


def years_later(day: date, years: int) -> date:
    """The same day of another year; a 29 February is kept on the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)


def _appointed(representative: Representative, actor: Actor) -> Post | None:
    """The post `representative` at the branch. The decision is the term's, so no further right is asked for."""
    user_id = representative.resident.user_id
    if user_id is None:
        return None
    mine = Post.objects.filter(user=user_id, title__code=TITLE, area=representative.branch_id)
    held = mine.filter(live_on(timezone.localdate())).first()
    if held:
        return held
    title, place = Title.objects.get(code=TITLE), PostPlace(area_id=representative.branch_id)
    return appoint(user_id=user_id, title_id=title.pk, place=place, actor=_by_rule(actor))


def _by_rule(actor: Actor) -> Actor:
    """Whoever decides the term, without being asked for the right to staff the branch as well."""
    return Actor(user_id=actor.user_id, label=actor.label, is_system=True)


def _fill_seat(representative: Representative) -> None:
    """Whoever begins takes the seat that has been empty longest in the branch; it is waited for no more."""
    empty = Representative.objects.filter(branch_id=representative.branch_id, seat_due_at__isnull=False)
    oldest = empty.order_by("seat_due_at", "pk").values_list("pk", flat=True).first()
    if oldest:
        Representative.objects.filter(pk=oldest).update(seat_due_at=None)


@transaction.atomic
def suspend(*, representative_id: int, actor: Actor, reason: str) -> Representative:
    """Let a term rest, with a reason; the links stay until somebody hands them over."""
    representative = locked_representative(representative_id)
    require_fit(representative, "suspend")
    require(policies.can_suspend(actor, representative))
    _suspend(representative, said(reason, _("Say why."), field="reason"))
    write(representative, life.REPRESENTATIVE_SUSPENDED, actor, text=representative.suspended_because)
    return representative


def _suspend(representative: Representative, reason: str) -> None:
    representative.state, representative.suspended_at = S.SUSPENDED, timezone.now()
    representative.suspended_because = reason[:200]
    representative.save(update_fields=["state", "suspended_at", "suspended_because"])
    waiting = HelpOrder.objects.filter(representative=representative, state=OrderState.PLACED, grid_since=None)
    waiting.update(grid_since=representative.suspended_at)  # nobody else could take them before their day is over


@transaction.atomic
def resume(*, representative_id: int, actor: Actor) -> Representative:
    """It goes on, as long as the person still lives there."""
    representative = locked_representative(representative_id)
    require_fit(representative, "resume")
    require(policies.can_resume(actor, representative))
    _require_home(representative)
    representative.state, representative.suspended_at = S.ACTIVE, None
    representative.suspended_because = ""
    representative.save(update_fields=["state", "suspended_at", "suspended_because"])
    write(representative, life.REPRESENTATIVE_RESUMED, actor)
    return representative


@transaction.atomic
def end(*, representative_id: int, actor: Actor, reason: str, words: str = "") -> Representative:
    """The term or the nomination is over. Links that nobody took over end; the community sees them as orphans."""
    representative = locked_representative(representative_id)
    require_fit(representative, "end")
    require(policies.can_end(actor, representative))
    if reason not in EndReason.values:
        raise RuleError(_("Choose why it ends."), field="reason")
    _end(representative, actor, EndReason(reason), words.strip())
    return representative


def _end(representative: Representative, actor: Actor, reason: EndReason, words: str) -> None:
    at, served = timezone.now(), representative.starts_on is not None
    end_all_links(representative, actor)
    post = representative.post
    if post is not None and (post.ends_on is None or post.ends_on > timezone.localdate(at)):
        end_post(post_id=post.pk, actor=_by_rule(actor))
    representative.state, representative.ended_at, representative.end_reason = S.ENDED, at, reason
    representative.seat_due_at = at + timedelta(days=life.SEAT_DAYS) if served else None
    representative.save()
    text = f"{reason.label}。{words}" if words else str(reason.label)
    write(representative, life.REPRESENTATIVE_ENDED, actor, text=text, reason=str(reason))


# ---- what is known about it ----
@transaction.atomic
def train(*, representative_id: int, actor: Actor, on_day: date, title: str) -> Training:
    """A training they took part in."""
    representative = locked_representative(representative_id)
    require_fit(representative, "train")
    require(policies.can_train(actor, representative))
    if on_day > timezone.localdate():
        raise RuleError(_("That day is still to come."), field="on_day")
    training = Training.objects.create(
        representative=representative,
        on_day=on_day,
        title=said(title, _("Say what it was about."), field="title")[:80],
        recorded_by_label=actor.label,
    )
    write(representative, life.REPRESENTATIVE_TRAINED, actor, text=training.title)
    return training


@transaction.atomic
def set_reach(*, representative_id: int, actor: Actor, words: str, shows_phone: bool) -> Representative:
    """What the cards of the households say about how to reach them; the phone only when they allow it."""
    representative = locked_representative(representative_id)
    require_fit(representative, "reach")
    require(policies.can_set_reach(actor, representative))
    representative.reach_words, representative.shows_phone = words.strip()[:120], shows_phone
    representative.save(update_fields=["reach_words", "shows_phone"])
    write(representative, life.REPRESENTATIVE_REACHED, actor)
    return representative


# ---- what follows a person ----
def _live_term(resident: Resident) -> Representative | None:
    rows = Representative.objects.select_for_update(of=("self",), no_key=True).select_related("resident")
    return rows.filter(resident=resident, ended_at=None).first()


def follow_moved(resident: Resident) -> None:
    """Out of the compound: a term rests, and the community is told to hand the links over; a nomination is void.

    The term keeps the stamps of the compound it is for. Within the compound nothing changes.
    """
    representative = _live_term(resident)
    if representative is None or resident.branch_id == representative.branch_id:
        return
    if representative.starts_on is None:
        _end(representative, SYSTEM, EndReason.MOVED, "")
        return
    if representative.state == S.ACTIVE:
        _suspend(representative, _("moved away"))
    write(representative, life.REPRESENTATIVE_MOVED, SYSTEM)


def follow_merged(kept: Resident, dropped: Resident) -> None:
    """Terms belong to the person that stays. Two live terms are two decisions, so somebody has to end one first."""
    if _live_term(kept) and _live_term(dropped):
        raise RuleError(_("Both records are representatives. End one of the terms first."))
    Representative.objects.filter(resident=dropped).update(resident=kept)


def follow_account(resident: Resident) -> None:
    """Whoever signs in as the candidate did not say yes for the Party, nor propose or judge their reward.

    A term that began without an account brings its post now.
    """
    term, by = _live_term(resident), resident.user_id
    if term is None or by is None:
        return
    open_rewards = term.incentives.filter(closed_at=None)
    judged = open_rewards.filter(Q(proposed_by_id=by) | Q(checked_by_id=by) | Q(noticed_by_id=by))
    if term.party_approved_by_id == by or judged.exists():
        raise RuleError(_("This account has decided about the term of this very person. Let somebody end that first."))
    if term.starts_on is not None and term.post is None:
        term.post = _appointed(term, SYSTEM)
        term.save(update_fields=["post"])


def follow_erased(resident: Resident) -> None:
    """The term ends; what was written about the person goes, what they did stays in the counts."""
    representative = _live_term(resident)
    if representative is not None:
        _end(representative, SYSTEM, EndReason.WITHDRAWN, "")
    for term in Representative.objects.filter(resident=resident):
        term.qualities = term.reach_words = term.suspended_because = ""
        term.shows_phone = False
        term.save(update_fields=["qualities", "reach_words", "suspended_because", "shows_phone"])
        term.lines.filter(kind__in=life.ABOUT_THE_PERSON).update(text="")
        term.objections.update(words="", answer="")
        term.incentives.update(evidence="", refusal="")
