"""Texts a clerk may start from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.lifecycle.ready import ReadyStep
from governance.models.reference import Category
from neighborhoods.models import Area


class ReadyAnswer(models.Model):
    """A text for a step, offered where its step, category and area fit. Kept in the administration, switched off."""

    title = models.CharField(_("what it is for"), max_length=40)
    step = models.CharField(_("step"), max_length=12, choices=ReadyStep)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category (empty: all)")
    )
    owner = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level": 0},
        verbose_name=_("street that keeps it (empty: the district)"),
    )
    text = models.TextField(_("text"), help_text=_("May contain {编号}, {地点}, {类别} and {办理单位}."))
    second = models.TextField(
        _("text of the second box"),
        blank=True,
        default="",
        help_text=_("Where to turn instead, or the rule it rests on; only for steps that ask for it."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("ready answer")
        verbose_name_plural = _("ready answers")
        ordering = ["step", "order", "pk"]

    def __str__(self) -> str:
        return self.title
