"""What households ask for, and who took it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from neighborhoods.models import AreaStamped, Household
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.orders import ORDER_FINAL, ORDER_LOOKS, OrderChannel, OrderState
from volunteers.models.representatives import Representative

_FINAL = Q(state__in=sorted(ORDER_FINAL))


class HelpOrder(AreaStamped):
    """An order of a household (点单). It lies with its representative, after an idle day with the grid too."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="orders")
    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, null=True, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PLACED)
    channel = models.CharField(max_length=10, choices=OrderChannel)
    text = models.CharField(max_length=500)
    client_key = models.UUIDField(unique=True)  # the same form sent twice is one order
    placed_at = models.DateTimeField()
    placed_by_label = models.CharField(max_length=120, blank=True, default="")  # who typed it for the household
    due_at = models.DateTimeField()
    told_late_at = models.DateTimeField(null=True)
    grid_since = models.DateTimeField(null=True)  # from then on the grid may take it as well
    taken_at = models.DateTimeField(null=True)
    taken_by_id = models.BigIntegerField(null=True)
    taken_by_label = models.CharField(max_length=120, blank=True, default="")
    finish_due_at = models.DateTimeField(null=True)
    told_open_at = models.DateTimeField(null=True)  # that it is still open
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    issue_number = models.CharField(max_length=20, blank=True, default="")  # of the case it became

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of a household")
        verbose_name_plural = _("orders of households")
        constraints = [
            models.CheckConstraint(
                condition=(_FINAL & Q(closed_at__isnull=False)) | (~_FINAL & Q(closed_at=None)),
                name="help_order_closed_once",
            ),
            models.CheckConstraint(
                condition=(Q(state=OrderState.PASSED_UP) & ~Q(issue_number=""))
                | (~Q(state=OrderState.PASSED_UP) & Q(issue_number="")),
                name="help_order_passed_up_is_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OrderState.TAKEN, OrderState.DONE]) | Q(taken_at__isnull=False),
                name="help_order_taken",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "-id"], name="help_order_community"),
            models.Index(fields=["representative", "state", "-id"], name="help_order_mine"),
            models.Index(fields=["due_at"], name="help_order_untaken", condition=Q(state="placed", told_late_at=None)),
            models.Index(
                fields=["finish_due_at"], name="help_order_unfinished", condition=Q(state="taken", told_open_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return ORDER_LOOKS[OrderState(self.state)]

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something here; what was passed up lives on as a case."""
        return self.closed_at is None


class HelpOrderLine(models.Model):
    """A line of an order's history. Inserted only; the case it becomes takes over all of them."""

    order = models.ForeignKey(HelpOrder, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.orders
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of orders")
        indexes = [models.Index(fields=["order", "at", "id"], name="help_order_line_at")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
