"""Balance, statement, what expires soon, and the rule of a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, Q, QuerySet, Sum, When

from neighborhoods.actors import Actor
from neighborhoods.models import Resident
from neighborhoods.querysets import AreaScopedQuerySet
from neighborhoods.selectors.residents import records_of
from volunteers.actors import REGISTRARS
from volunteers.lifecycle.points import HELD, EntryKind, GiftState, RedemptionState
from volunteers.models import Account, Gift, Lot, PointsLine, PointsRule, Reconciliation, Redemption, Reward

SHOWN = 50  # lines on a page of a statement


def rule_on(day: date) -> PointsRule:
    """The rule in force on a day; before the first one, the defaults."""
    return PointsRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first() or PointsRule()


def account_of_resident(resident_id: int) -> Account | None:
    """The account of a neighbour; none when nothing ever moved."""
    return Account.objects.filter(resident=resident_id).first()


def statement_of(account: Account) -> QuerySet[PointsLine]:
    """All that moved, the newest first."""
    return PointsLine.objects.filter(account=account).select_related("entry").order_by("-pk")


def expiring_of(account: Account, today: date, days: int) -> list[Lot]:
    """What expires within so many days, the next first."""
    soon = Lot.objects.filter(account=account, left__gt=0, expires_on__lte=today + timedelta(days=days))
    return list(soon.order_by("expires_on", "pk"))


def redeemed_in_month(account: Account, day: date) -> Decimal:
    """Points redeemed in the month of a day, also by records joined into this one since; what was cancelled or not
    fetched does not count."""
    first = day.replace(day=1)
    lines = PointsLine.objects.filter(
        account__resident__in=records_of(account.resident_id or 0),
        entry__kind=EntryKind.REDEEMED,
        entry__at__date__gte=first,
        entry__at__date__lt=(first + timedelta(days=32)).replace(day=1),
        entry__reversed_by=None,
    )
    return -(lines.aggregate(total=Sum("amount"))["total"] or Decimal(0))


# ---- rewards and gifts ----
def rewards_for(resident: Resident) -> QuerySet[Reward]:
    """What a neighbour can redeem: of the own community, and of the street as a whole."""
    here = Q(community_id=resident.community_id) | Q(community_id=None)
    return Reward.objects.filter(here, street_id=resident.street_id, is_offered=True).order_by("price", "name", "pk")


def rewards_kept_by(actor: Actor) -> AreaScopedQuerySet:
    """Rewards of the areas whose register somebody keeps."""
    return Reward.objects.within(actor.grants_of(REGISTRARS)).select_related("area")


def redemptions_of(account: Account) -> QuerySet[Redemption]:
    """Of one neighbour, the newest first."""
    return Redemption.objects.filter(account=account).select_related("reward").order_by("-reserved_at", "-pk")


def redemptions_kept_by(actor: Actor) -> AreaScopedQuerySet:
    """At the desks of an actor, what is to be fetched first."""
    rows = Redemption.objects.within(actor.grants_of(REGISTRARS))
    return rows.select_related("reward", "account__resident__guardian", "area").order_by(
        Case(When(state=RedemptionState.RESERVED, then=0), default=1), "-reserved_at", "-pk"
    )


def gifts_of(account: Account) -> QuerySet[Gift]:
    """Asked for by one neighbour, the newest first."""
    return Gift.objects.filter(giver=account).order_by("-asked_at", "-pk")


def gifts_kept_by(actor: Actor) -> AreaScopedQuerySet:
    """Gifts that wait for the community, and those it decided, the waiting ones first."""
    rows = Gift.objects.within(actor.grants_of(REGISTRARS)).select_related(
        "giver__resident__guardian", "receiver__resident__guardian", "area"
    )
    return rows.order_by(Case(When(state=GiftState.ASKED, then=0), default=1), "-asked_at", "-pk")


def newest_count() -> Reconciliation | None:
    """What the last nightly count found."""
    return Reconciliation.objects.order_by("-at").first()


def points_in_circulation() -> Decimal:
    """What neighbours and the care pool hold (docs/glossary.md, "Figures")."""
    held = Account.objects.filter(kind__in=sorted(HELD)).aggregate(total=Sum("balance"))["total"]
    return held or Decimal(0)
