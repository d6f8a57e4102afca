"""What keeps coming back in one place: found by counting, put before the community once (未诉先办)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.duties import Task
from governance.models.reference import Category
from neighborhoods.models import AreaStamped


class Recurrence(AreaStamped):
    """So many cases of one category in one compound within some weeks. Decided once: a task, or why not now."""

    place = models.CharField(max_length=60)  # of the compound
    compound_id = models.BigIntegerField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    first_at = models.DateTimeField()  # of the oldest case that was counted
    cases = models.PositiveSmallIntegerField()
    numbers = models.TextField()  # of those cases, by commas
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    not_now = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("recurrence")
        verbose_name_plural = _("recurrences")
        constraints = [
            models.UniqueConstraint(
                fields=["compound_id", "category"], condition=Q(decided_at=None), name="recurrence_open_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, task=None, not_now="")
                | (Q(decided_at__isnull=False) & (Q(task__isnull=False) | ~Q(not_now=""))),
                name="recurrence_decided",
            ),
        ]
        indexes = [models.Index(fields=["community_id", "-found_at", "-id"], name="recurrence_community")]

    def __str__(self) -> str:
        return f"{self.compound_id} {self.category_id}"
