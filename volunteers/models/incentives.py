"""A proposal to reward a representative, what became of it, and the dated rules it follows."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from neighborhoods.models import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.incentives import INCENTIVE_FINAL, INCENTIVE_LOOKS, IncentiveKind, IncentiveState
from volunteers.models.representatives import Representative

_FINAL = Q(state__in=sorted(INCENTIVE_FINAL))


class IncentiveRule(models.Model):
    """The district's measures from a day on. A new one is a new row: a reward keeps the rule it was proposed under."""

    version = models.CharField(pgettext_lazy("rule", "version"), max_length=10, unique=True)
    valid_from = models.DateField(_("from"), unique=True)
    notice_days = models.PositiveSmallIntegerField(_("days on public notice"), default=7)
    source = models.CharField(_("where it is written"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("rule of incentives")
        verbose_name_plural = _("rules of incentives")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(notice_days__gte=1), name="incentive_rule_hangs_out"),
        ]

    def __str__(self) -> str:
        return self.version


class Incentive(AreaStamped):
    """One of the four kinds (四个激励), for one representative. Money has a budget line, or it is not granted."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="incentives")
    kind = models.CharField(max_length=10, choices=IncentiveKind)
    state = models.CharField(max_length=10, choices=IncentiveState, default=IncentiveState.PROPOSED)
    rule = models.ForeignKey(IncentiveRule, on_delete=models.PROTECT, related_name="incentives")
    what = models.CharField(max_length=120)
    evidence = models.TextField()
    budget_line = models.CharField(max_length=40, blank=True, default="")
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by_label = models.CharField(max_length=120, blank=True, default="")
    checked_by_id = models.BigIntegerField(null=True)
    checked_by_label = models.CharField(max_length=120, blank=True, default="")
    noticed_by_id = models.BigIntegerField(null=True)
    noticed_by_label = models.CharField(max_length=120, blank=True, default="")
    notice_until = models.DateTimeField(null=True)
    told_over_at = models.DateTimeField(null=True)  # that the notice is over
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    closed_by_label = models.CharField(max_length=120, blank=True, default="")
    refusal = models.CharField(max_length=200, blank=True, default="")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("incentive")
        verbose_name_plural = _("incentives")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=IncentiveKind.MATERIAL, state=IncentiveState.GRANTED) | ~Q(budget_line=""),
                name="incentive_material_has_a_budget_line",
            ),
            models.CheckConstraint(
                condition=~Q(checked_by_id=F("proposed_by_id"))
                & ~Q(noticed_by_id=F("proposed_by_id"))
                & ~Q(noticed_by_id=F("checked_by_id")),
                name="incentive_one_step_each",
            ),
            models.CheckConstraint(
                condition=~Q(state=IncentiveState.GRANTED)
                | (
                    ~Q(closed_by_id=F("proposed_by_id"))
                    & ~Q(closed_by_id=F("checked_by_id"))
                    & ~Q(closed_by_id=F("noticed_by_id"))
                ),
                name="incentive_granted_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IncentiveState.NOTICED, IncentiveState.GRANTED])
                | Q(checked_by_id__isnull=False, notice_until__isnull=False),
                name="incentive_checked_and_noticed",
            ),
            models.CheckConstraint(
                condition=(_FINAL & Q(closed_at__isnull=False)) | (~_FINAL & Q(closed_at=None)),
                name="incentive_closed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["street_id", "state", "-id"], name="incentive_street"),
            models.Index(
                fields=["notice_until"], name="incentive_notice_over", condition=Q(state="noticed", told_over_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.representative_id}"

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return INCENTIVE_LOOKS[IncentiveState(self.state)]

    @property
    def number(self) -> str:
        """Of the term it is for; a reward has none of its own."""
        return self.representative.number

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something."""
        return self.closed_at is None

    @property
    def is_notice_over(self) -> bool:
        """It hung out for as long as the rule says."""
        return self.notice_until is not None and self.notice_until <= timezone.now()
