"""The ledger of points: double entry, append-only, and never below zero for a neighbour."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from neighborhoods.models import Resident
from volunteers.lifecycle.points import HELD, AccountKind, EntryKind

_HELD_VALUES = sorted(HELD)


class PointsRule(models.Model):
    """How points come and go from a day on. A new rule is a new row: what was earned keeps the rule of its day."""

    valid_from = models.DateField(_("from"), unique=True)
    per_hour = models.DecimalField(_("points an hour"), max_digits=6, decimal_places=2, default=Decimal(1))
    step_minutes = models.PositiveSmallIntegerField(_("counted in steps of minutes"), default=15)
    hard_percent = models.PositiveSmallIntegerField(_("surcharge of a hard shift, in %"), default=20)
    most_minutes = models.PositiveSmallIntegerField(_("minutes of one activity that earn, at most"), default=240)
    expire_months = models.PositiveSmallIntegerField(_("months until points expire"), default=24)
    first_notice_days = models.PositiveSmallIntegerField(_("first notice, days before"), default=60)
    last_notice_days = models.PositiveSmallIntegerField(_("last notice, days before"), default=15)
    monthly_cap = models.PositiveIntegerField(_("points redeemed in a month, at most"), default=200)
    hold_hours = models.PositiveSmallIntegerField(_("hours a reward is kept"), default=48)

    class Meta:
        verbose_name = _("rule of points")
        verbose_name_plural = _("rules of points")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(step_minutes__gte=1, per_hour__gt=0), name="points_rule_counts"),
            models.CheckConstraint(
                condition=Q(first_notice_days__gt=F("last_notice_days")), name="points_rule_notices_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class Account(models.Model):
    """Where points lie. `balance` is the sum of its lines, written with each of them; checked every night."""

    kind = models.CharField(max_length=8, choices=AccountKind)
    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, null=True, related_name="points_account")
    balance = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    owed = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))  # taken back after it was spent

    class Meta:
        verbose_name = _("account of points")
        verbose_name_plural = _("accounts of points")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], name="account_one_of_a_kind", condition=~Q(kind=AccountKind.PERSON)
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.PERSON, resident__isnull=False)
                | (~Q(kind=AccountKind.PERSON) & Q(resident=None)),
                name="account_of_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_HELD_VALUES) | Q(balance__gte=0), name="account_never_negative"
            ),
            models.CheckConstraint(condition=Q(owed__gte=0), name="account_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.resident_id or ''}"


class PointsEntry(models.Model):
    """One movement; its lines add up to zero, or the transaction fails. A trigger refuses update and delete.

    `source` names what it comes from (`record:17`): the same source is never booked twice.
    """

    kind = models.CharField(max_length=12, choices=EntryKind)
    at = models.DateTimeField()
    source = models.CharField(max_length=80, unique=True)
    note = models.CharField(max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, blank=True, default="")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        verbose_name = _("movement of points")
        verbose_name_plural = _("movements of points")

    def __str__(self) -> str:
        return self.source


class PointsLine(models.Model):
    """What one movement does to one account, and what lay there afterwards. A trigger refuses update and delete."""

    entry = models.ForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    balance = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("lines of the ledger")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="points_line_moves")]
        indexes = [models.Index(fields=["account", "-id"], include=["amount"], name="points_line_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class Lot(models.Model):
    """Points that came together and expire together; the oldest go first. What is left of all lots is the balance."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False)
    entry = models.ForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="lots")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    left = models.DecimalField(max_digits=12, decimal_places=2)
    expires_on = models.DateField()
    told = models.PositiveSmallIntegerField(default=0)  # notices before it expires

    class Meta:
        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=0, left__lte=F("amount"), amount__gt=0), name="lot_left")
        ]
        indexes = [
            models.Index(
                fields=["account", "expires_on", "id"], include=["left"], name="lot_oldest", condition=Q(left__gt=0)
            ),
            models.Index(fields=["expires_on", "id"], name="lot_expiring", condition=Q(left__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.left}"


class LotUse(models.Model):
    """How much of which lot a movement took, so that a reverse entry gives back the same points with the same end."""

    entry = models.ForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="uses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("use of a lot")
        verbose_name_plural = _("uses of lots")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="lot_use_takes")]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.amount}"


class Reconciliation(models.Model):
    """What the nightly count found: all lines together, each account against its lines and its lots."""

    at = models.DateTimeField()
    lines = models.PositiveBigIntegerField()
    total = models.DecimalField(max_digits=16, decimal_places=2)  # of all lines: zero
    off_accounts = models.JSONField(default=list)  # ids of accounts whose balance is not the sum of their lines
    off_lots = models.JSONField(default=list)  # ids of accounts whose balance is not what is left of their lots

    class Meta:
        verbose_name = _("reconciliation of points")
        verbose_name_plural = _("reconciliations of points")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at}"

    @property
    def is_clean(self) -> bool:
        """Nothing differs."""
        return not (self.total or self.off_accounts or self.off_lots)
