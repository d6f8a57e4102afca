"""What points can be redeemed for, and gifts of points."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from neighborhoods.models import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.points import GIFT_LOOKS, REDEMPTION_LOOKS, GiftState, GiftTo, RedemptionState
from volunteers.models.points import Account, PointsEntry


class Reward(AreaStamped):
    """A thing or a service of an area. What is reserved has left the stock."""

    name = models.CharField(pgettext_lazy("reward", "what it is"), max_length=60)
    note = models.CharField(_("more about it"), max_length=200, blank=True, default="")
    price = models.PositiveIntegerField(_("points"))
    stock = models.PositiveIntegerField(_("in stock"))
    is_offered = models.BooleanField(pgettext_lazy("reward", "offered"), default=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="reward_has_price"),
            models.CheckConstraint(condition=Q(stock__gte=0), name="reward_stock"),
        ]
        indexes = [models.Index(fields=["community_id", "name"], name="reward_community")]

    def __str__(self) -> str:
        return self.name


class Redemption(AreaStamped):
    """Somebody takes a reward: reserved for 48 hours, then handed over. On paper two people sign."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    points = models.PositiveIntegerField(_("points"))
    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT, related_name="redemption")
    state = models.CharField(_("state"), max_length=10, choices=RedemptionState, default=RedemptionState.RESERVED)
    submission_key = models.UUIDField(unique=True)  # the same press twice is one redemption
    reserved_at = models.DateTimeField()
    reserved_by_id = models.BigIntegerField(null=True)
    keep_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    handed_by_id = models.BigIntegerField(null=True)
    handed_by_label = models.CharField(max_length=120, blank=True, default="")
    is_on_paper = models.BooleanField(default=False)
    signed_by = models.CharField(_("signed by"), max_length=60, blank=True, default="")  # who fetched it
    witness = models.CharField(_("second signature"), max_length=60, blank=True, default="")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RedemptionState.RESERVED, ended_at=None)
                | (~Q(state=RedemptionState.RESERVED) & Q(ended_at__isnull=False)),
                name="redemption_ended_once",
            ),
            models.CheckConstraint(
                condition=~Q(is_on_paper=True, state=RedemptionState.COLLECTED)
                | (~Q(signed_by="") & ~Q(witness="") & ~Q(signed_by=F("witness"))),
                name="redemption_two_signatures",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-reserved_at"], name="redemption_account"),
            models.Index(fields=["keep_until"], name="redemption_kept", condition=Q(state=RedemptionState.RESERVED)),
            models.Index(fields=["community_id", "state", "-id"], name="redemption_community"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return REDEMPTION_LOOKS[RedemptionState(self.state)]


class Gift(AreaStamped):
    """Points for one's wife, husband or parent, or for the care pool: asked for, and agreed to by the community."""

    giver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="gifts")
    receiver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="received_gifts")
    to = models.CharField(_("to whom"), max_length=8, choices=GiftTo)
    amount = models.DecimalField(_("points"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("why"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=GiftState, default=GiftState.ASKED)
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=120, blank=True, default="")
    answer = models.CharField(max_length=200, blank=True, default="")
    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT, null=True, related_name="gift")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift of points")
        verbose_name_plural = _("gifts of points")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="gift_of_something"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="gift_to_another"),
            models.CheckConstraint(condition=~Q(decided_by_id=F("asked_by_id")), name="gift_second_person"),
            models.UniqueConstraint(fields=["giver"], condition=Q(state=GiftState.ASKED), name="gift_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["community_id", "state", "-id"], name="gift_community")]

    def __str__(self) -> str:
        return f"{self.giver_id} {self.amount}"

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return GIFT_LOOKS[GiftState(self.state)]
