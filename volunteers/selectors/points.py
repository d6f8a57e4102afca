"""Balance, statement, what expires soon, and the rule of a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum

from volunteers.lifecycle.points import EntryKind
from volunteers.models import Account, Lot, PointsLine, PointsRule

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
    """Points redeemed in the month of a day; what was cancelled or not fetched does not count."""
    first = day.replace(day=1)
    lines = PointsLine.objects.filter(
        account=account,
        entry__kind=EntryKind.REDEEMED,
        entry__at__date__gte=first,
        entry__at__date__lt=(first + timedelta(days=32)).replace(day=1),
        entry__reversed_by=None,
    )
    return -(lines.aggregate(total=Sum("amount"))["total"] or Decimal(0))
