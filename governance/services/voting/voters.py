"""The list of voters: written, frozen, printed. Once a vote has opened it never changes."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.tokens import digest_of
from governance.decisions import Base
from governance.lifecycle.meetings import Presence
from governance.lifecycle.motions import VOTERS_CAME, VOTERS_FROZEN, VOTERS_LISTED, VOTERS_RENEWED, VOTERS_THAWED
from governance.models import Attendance, Entitled, EntitledList, Meeting
from governance.policies import voting as policies
from governance.services.voting.links import vote_token
from governance.services.voting.moves import locked_meeting, voters_of
from governance.services.voting.reading import Voter, key_of
from neighborhoods.actors import Actor

LINK_DAYS = 7  # a personal link works until a week after the meeting: votes by paper and phone may end later


@transaction.atomic
def list_voters(*, meeting_id: int, actor: Actor, base: str, voters: Sequence[Voter]) -> EntitledList:
    """Write who may vote, in place of whatever stood there. Not once the list is frozen."""
    meeting = _open_meeting(meeting_id, actor)
    if not voters:
        raise RuleError(_("There is nobody on this list."))
    if meeting.is_statutory and base != Base.HEADS:
        raise RuleError(
            _("At the representatives' assembly every member has one vote: people, neither households nor floor area."),
            field="base",
        )
    known = voters_of(meeting.pk)
    if known and known.is_frozen:
        raise _frozen_error()
    if known:
        known.entries.all().delete()
        known.base, known.made_at, known.made_by_id = base, timezone.now(), actor.user_id
        known.save(update_fields=["base", "made_at", "made_by_id"])
    else:
        known = EntitledList.objects.create(
            meeting=meeting, base=base, made_at=timezone.now(), made_by_id=actor.user_id
        )
    Entitled.objects.bulk_create(
        [
            Entitled(
                list=known,
                position=position,
                label=voter.label,
                key=key_of(base, voter.door, voter.name),
                door=voter.door,
                name=voter.name,
                floor_area=voter.floor_area,
                user_id=voter.user_id,
            )
            for position, voter in enumerate(voters, start=1)
        ]
    )
    _tell(VOTERS_LISTED, known, actor, number=len(voters))
    return known


@transaction.atomic
def freeze_voters(*, meeting_id: int, actor: Actor) -> EntitledList:
    """From now on nobody is added or taken off. Personal links come into being here."""
    meeting = _open_meeting(meeting_id, actor)
    voters = _list_of(meeting)
    if voters.is_frozen:
        raise _frozen_error()
    entries = list(voters.entries.order_by("position"))
    if not entries:
        raise RuleError(_("There is nobody on this list."))
    for entry in entries:
        entry.token_digest = digest_of(vote_token(entry))
    Entitled.objects.bulk_update(entries, ["token_digest"], batch_size=1000)
    weight = voters.entries.aggregate(number=Count("pk"), area=Sum("floor_area"))
    voters.number, voters.floor_area = weight["number"], weight["area"] or 0
    voters.frozen_at, voters.frozen_by_id = timezone.now(), actor.user_id
    voters.fingerprint = fingerprint_of(voters)
    voters.links_until = meeting.ends_at + timedelta(days=LINK_DAYS)
    voters.save()
    _tell(VOTERS_FROZEN, voters, actor, number=voters.number, fingerprint=voters.fingerprint)
    return voters


@transaction.atomic
def thaw_voters(*, meeting_id: int, actor: Actor) -> EntitledList:
    """Take a frozen list up again because it is wrong: only as long as nobody could vote with it. Slips are void."""
    meeting = _open_meeting(meeting_id, actor)
    voters = _list_of(meeting)
    if not voters.is_frozen:
        raise RuleError(_("This list is not frozen."))
    if meeting.motions.exclude(opened_at=None).exists():
        raise RuleError(_("A vote has opened with this list, so it does not change any more."))
    voters.frozen_at, voters.fingerprint, voters.links_until = None, "", None
    voters.save(update_fields=["frozen_at", "fingerprint", "links_until"])
    _tell(VOTERS_THAWED, voters, actor)
    return voters


def fingerprint_of(voters: EntitledList) -> str:
    """SHA-256 over who is on the list, in its order: two lists with one fingerprint are the same list."""
    rows = voters.entries.order_by("position").values_list("position", "key", "floor_area", "user_id")
    lines = (f"{position}|{key}|{'' if area is None else area}|{user or ''}\n" for position, key, area, user in rows)
    return hashlib.sha256(f"{voters.base}\n{''.join(lines)}".encode()).hexdigest()


def require_untouched(voters: EntitledList) -> None:
    """Refuse to open or count a vote whose list is not the one that was frozen."""
    if not voters.is_frozen or fingerprint_of(voters) != voters.fingerprint:
        raise RuleError(
            _("The list of voters is not the one that was frozen. Nothing is counted; tell the administrator.")
        )


@transaction.atomic
def mark_came(*, meeting_id: int, actor: Actor, positions: Iterable[int]) -> int:
    """Note who is there. Whoever votes is there anyway. How many are new."""
    voters = _list_of(_open_meeting(meeting_id, actor))
    wanted = set(positions)
    entries = voters.entries.filter(position__in=wanted)
    unknown = wanted - set(entries.values_list("position", flat=True))
    if unknown:
        raise RuleError(_("Not on the list: %(numbers)s.") % {"numbers": numbers(unknown)}, field="came")
    new = entries.filter(came_at=None).update(came_at=timezone.now())
    _tell(VOTERS_CAME, voters, actor, number=new)
    return new


@transaction.atomic
def take_over_roll(*, meeting_id: int, actor: Actor) -> int:
    """Note as there whoever signed in at the meeting: the same account, or the same household or person. How many."""
    voters = _list_of(_open_meeting(meeting_id, actor))
    there = Attendance.objects.filter(meeting_id=meeting_id, presence__in=[Presence.PRESENT, Presence.BY_PROXY])
    keys, users = set(), set()
    for line in there:
        keys.add(key_of(voters.base, line.door or "", line.name or ""))
        if line.user_id:
            users.add(line.user_id)
    entries = voters.entries.filter(came_at=None)
    same = [*entries.filter(key__in=keys).values_list("pk", flat=True)]
    same += entries.filter(user_id__in=users).values_list("pk", flat=True)
    new = voters.entries.filter(pk__in=same).update(came_at=timezone.now())
    _tell(VOTERS_CAME, voters, actor, number=new)
    return new


@transaction.atomic
def renew_link(*, meeting_id: int, actor: Actor, position: int) -> Entitled:
    """A slip was lost: a new link, and the old one opens nothing any more. A ballot already cast stays."""
    voters = _list_of(_open_meeting(meeting_id, actor))
    if not voters.is_frozen:
        raise RuleError(_("There are no links before the list is frozen."))
    entry = voters.entries.select_for_update().filter(position=position).first()
    if entry is None:
        raise RuleError(_("Not on the list: %(numbers)s.") % {"numbers": position})
    entry.token_version += 1
    entry.token_digest = digest_of(vote_token(entry))
    entry.save(update_fields=["token_version", "token_digest"])
    _tell(VOTERS_RENEWED, voters, actor, entitled_id=entry.pk)
    return entry


def is_link_open(voters: EntitledList, at: datetime) -> bool:
    """Whether personal links still open something."""
    return voters.links_until is not None and at <= voters.links_until


@transaction.atomic
def take_over_voters(*, meeting_id: int, actor: Actor) -> EntitledList:
    """The members of the last assembly of this place, who are elected for years: a list to look at, not frozen yet."""
    meeting = _open_meeting(meeting_id, actor)
    last = last_assembly_list(meeting)
    if last is None:
        raise RuleError(_("No earlier assembly here has a frozen list."))
    members = [Voter(e.door, e.name, user_id=e.user_id) for e in last.entries.order_by("position")]
    return list_voters(meeting_id=meeting.pk, actor=actor, base=Base.HEADS, voters=members)


def last_assembly_list(meeting: Meeting) -> EntitledList | None:
    """The frozen list of the newest earlier assembly of the same place; owners and households are never taken over."""
    if not meeting.is_statutory:
        return None
    earlier = EntitledList.objects.filter(meeting__area_id=meeting.area_id, meeting__kind=meeting.kind)
    frozen = earlier.filter(frozen_at__isnull=False, base=Base.HEADS).exclude(meeting=meeting)
    return frozen.order_by("-meeting__starts_at", "-pk").first()


def suggested_base(meeting: Meeting) -> str:
    """The assembly's members have one vote each; elsewhere a household has one."""
    return Base.HEADS if meeting.is_statutory else Base.HOUSEHOLDS


def numbers(positions: Iterable[int]) -> str:
    """So many numbers as are of use in a sentence."""
    some = sorted(positions)
    return "、".join(str(n) for n in some[:10]) + ("…" if len(some) > 10 else "")


def _open_meeting(meeting_id: int, actor: Actor) -> Meeting:
    meeting = locked_meeting(meeting_id)
    if meeting.state not in policies.BEFORE_MINUTES and policies.runs_votes(actor, meeting):
        raise RuleError(_("The minutes of this meeting are confirmed; its votes do not change any more."))
    require(policies.can_keep_voters(actor, meeting))
    return meeting


def _list_of(meeting: Meeting) -> EntitledList:
    voters = voters_of(meeting.pk)
    if voters is None:
        raise RuleError(_("There is no list of voters yet."))
    return voters


def _frozen_error() -> RuleError:
    return RuleError(_("The list of voters is frozen: nobody is added or taken off any more."))


def _tell(kind: str, voters: EntitledList, actor: Actor, **payload: object) -> None:
    events.record(kind, actor=actor, subject=voters, meeting_id=voters.meeting_id, **payload)
