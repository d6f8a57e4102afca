"""What the holder of a case asks for: more time of somebody above, an answer of whoever reported it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.lifecycle.asking import ExtensionOutcome
from governance.models.clocks import Clock, ClockPause
from governance.models.issues import Issue


class Extension(models.Model):
    """More working days for a case, asked before it is due and decided by somebody of a level above its holder."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="extensions")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()  # working days
    reason = models.CharField(max_length=200)  # the resident reads it
    basis = models.CharField(max_length=200)  # the rule it rests on
    asked_by_id = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ExtensionOutcome, default=ExtensionOutcome.ASKED)
    approver_id = models.BigIntegerField(null=True)
    approver_label = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True, default="")  # of whoever decided
    due_before = models.DateTimeField()
    due_after = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by_id=F("approver_id")), name="extension_second_person"),
            models.CheckConstraint(
                condition=Q(due_after=None) | Q(due_after__gt=F("due_before")), name="extension_is_forward"
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(outcome=ExtensionOutcome.ASKED), name="extension_one_asked"
            ),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(outcome=ExtensionOutcome.AGREED), name="extension_once_a_clock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} +{self.days}"


class Question(models.Model):
    """What the holder asks whoever reported the case. Closed by the answer, or by the rule after some days."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="questions")
    pause = models.OneToOneField(ClockPause, on_delete=models.PROTECT, null=True, related_name="question")
    text = models.CharField(max_length=500)
    asked_by_id = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    is_over = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("question to whoever asked")
        verbose_name_plural = _("questions to whoever asked")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(is_over=False), name="question_one_at_a_time"),
            models.CheckConstraint(condition=Q(answered_at=None) | Q(is_over=True), name="question_answered_is_over"),
        ]
        indexes = [models.Index(fields=["ends_at", "id"], name="question_ending", condition=Q(is_over=False))]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.asked_at}"
