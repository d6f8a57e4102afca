"""Requests dismissed as unreasonable (不合理诉求): why, by whom, decided by whom; and what residents appeal."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from governance.lifecycle.asking import AppealOutcome, DismissalOutcome
from governance.lifecycle.issues import State
from governance.models.issues import Issue


class DismissalReason(models.Model):
    """A reason of the closed list, from one day to another. One that was used stays as it is; it can only end."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=100)
    basis_zh = models.CharField(_("basis in Chinese"), max_length=200)
    basis_en = models.CharField(_("basis in English"), max_length=200)
    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reason to dismiss a request")
        verbose_name_plural = _("reasons to dismiss a request")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self.name_en if _is_english() else self.name_zh

    @property
    def basis(self) -> str:
        """The rule it rests on, in the language of the page."""
        return self.basis_en if _is_english() else self.basis_zh

    def is_valid(self, on: date) -> bool:
        """Whether it may be used on a day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


def _is_english() -> bool:
    return (translation.get_language() or "").startswith("en")


class Dismissal(models.Model):
    """A proposal that a request is unreasonable, and what a second person said to it. Rows are kept for ever."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="dismissals")
    reason = models.ForeignKey(DismissalReason, on_delete=models.PROTECT, related_name="dismissals")
    words = models.CharField(max_length=500)  # the resident reads them
    proposed_by_id = models.BigIntegerField()
    proposed_by_label = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=DismissalOutcome, default=DismissalOutcome.ASKED)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True, default="")  # of whoever decided, for colleagues

    class Meta:
        verbose_name = _("dismissal")
        verbose_name_plural = _("dismissals")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_by_id=F("decided_by_id")), name="dismissal_second_person"),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=False)
                | ~Q(outcome__in=[DismissalOutcome.AGREED, DismissalOutcome.REFUSED]),
                name="dismissal_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(outcome=DismissalOutcome.ASKED), name="dismissal_one_asked"
            ),
        ]
        indexes = [
            models.Index(
                fields=["decided_at", "id"], name="dismissal_agreed", condition=Q(outcome=DismissalOutcome.AGREED)
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.reason_id}"


class Appeal(models.Model):
    """A resident disagrees with what was decided against them. A third person looks at it, once."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="appeals")
    against = models.CharField(max_length=20, choices=State)  # the state that was decided
    dismissal = models.OneToOneField(Dismissal, on_delete=models.PROTECT, null=True, related_name="appeal")
    proposed_by_id = models.BigIntegerField(null=True)  # whoever had proposed it
    refused_by_id = models.BigIntegerField(null=True)  # whoever had decided it
    words = models.TextField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=AppealOutcome, default=AppealOutcome.ASKED)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")  # the resident reads it

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by_id=F("refused_by_id")) & ~Q(decided_by_id=F("proposed_by_id")),
                name="appeal_third_person",
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(outcome=AppealOutcome.ASKED), name="appeal_one_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.at}"
