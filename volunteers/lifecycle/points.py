"""Points: what moves them, where they lie, and the states of what is done with them (docs/points.md)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class AccountKind(models.TextChoices):
    """Whose points an account holds. The sum over all accounts is zero at every moment."""

    PERSON = "person", pgettext_lazy("account of points", "a neighbour")
    POOL = "pool", _("care pool")  # given for neighbours who need help and cannot give any
    ISSUED = "issued", pgettext_lazy("account of points", "issued")  # the other side of what was earned; below zero
    SPENT = "spent", pgettext_lazy("account of points", "redeemed")
    EXPIRED = "expired", pgettext_lazy("account of points", "expired")


HELD = frozenset({AccountKind.PERSON, AccountKind.POOL})  # never below zero


class EntryKind(models.TextChoices):
    """Why points moved."""

    EARNED = "earned", pgettext_lazy("points", "earned")
    REDEEMED = "redeemed", pgettext_lazy("points", "redeemed")
    GIVEN = "given", pgettext_lazy("points", "given away")
    EXPIRED = "expired", pgettext_lazy("points", "expired")
    JOINED = "joined", _("from a second record of the same person")
    TAKEN_BACK = "taken_back", pgettext_lazy("points", "taken back")  # a reverse entry
    SET_OFF = "set_off", _("set off against what was taken back too late")


class RedemptionState(models.TextChoices):
    """Where a redemption stands."""

    RESERVED = "reserved", _("to be fetched")
    COLLECTED = "collected", _("fetched")
    CANCELLED = "cancelled", pgettext_lazy("redemption", "cancelled")
    LAPSED = "lapsed", _("not fetched in time")


REDEMPTION_LOOKS: dict[RedemptionState, Look] = {
    RedemptionState.RESERVED: Look("soon", "wait"),
    RedemptionState.COLLECTED: Look("done", "done"),
    RedemptionState.CANCELLED: Look("", "x"),
    RedemptionState.LAPSED: Look("", "x"),
}


class GiftTo(models.TextChoices):
    """To whom somebody may give points (docs/points.md): they cannot be traded."""

    SPOUSE = "spouse", _("my wife or husband")
    PARENT = "parent", _("my mother or father")
    POOL = "pool", _("the care pool")


class GiftState(models.TextChoices):
    """Where a gift stands. One waits at a time, and the points move when it is agreed to."""

    ASKED = "asked", pgettext_lazy("gift of points", "to be agreed to")
    AGREED = "agreed", pgettext_lazy("gift of points", "given")
    REFUSED = "refused", pgettext_lazy("gift of points", "refused")


GIFT_LOOKS: dict[GiftState, Look] = {
    GiftState.ASKED: Look("soon", "wait"),
    GiftState.AGREED: Look("done", "done"),
    GiftState.REFUSED: Look("", "x"),
}

POINTS_BOOKED = "points.booked"
POINTS_EXPIRING = "points.expiring"
POINTS_UNBALANCED = "points.unbalanced"  # the nightly count found a difference
REWARD_SET = "reward.set"
REWARD_RESERVED = "reward.reserved"
REWARD_COLLECTED = "reward.collected"
REWARD_CANCELLED = "reward.cancelled"
REWARD_LAPSED = "reward.lapsed"
GIFT_ASKED = "gift.asked"
GIFT_DECIDED = "gift.decided"

POINTS_EVENTS = frozenset(
    {
        *(POINTS_BOOKED, POINTS_EXPIRING, POINTS_UNBALANCED),
        *(REWARD_SET, REWARD_RESERVED, REWARD_COLLECTED, REWARD_CANCELLED, REWARD_LAPSED),
        *(GIFT_ASKED, GIFT_DECIDED),
    }
)
