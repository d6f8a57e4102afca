"""What hard cases need besides the case itself: orders from above."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.issues import Issue


class SupervisionOrder(models.Model):
    """The street or the district wants a case seen to by a day, and hears how it went (督办)."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="orders")
    level = models.SmallIntegerField()  # Level of whoever ordered: street or district
    given_at = models.DateTimeField()
    given_by_id = models.BigIntegerField()
    given_by_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    report = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField(null=True)
    reported_by_id = models.BigIntegerField(null=True)
    reported_by_label = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_by_label = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")  # what the supervisor says to the report

    class Meta:
        verbose_name = _("supervision order")
        verbose_name_plural = _("supervision orders")
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(ended_at=None), name="order_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(reported_at__isnull=False), name="order_ends_reported"
            ),
            models.CheckConstraint(condition=~Q(reported_by_id=F("ended_by_id")), name="order_second_person"),
            models.CheckConstraint(condition=Q(due_at__gt=F("given_at")), name="order_forward"),
        ]
        indexes = [models.Index(fields=["-given_at", "-id"], name="order_new")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.due_at}"

    @property
    def is_in_time(self) -> bool | None:
        """Whether the report came by the day; not known while there is still time."""
        if self.reported_at is None:
            return None
        return self.reported_at <= self.due_at
