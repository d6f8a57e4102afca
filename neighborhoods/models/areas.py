"""The tree: street or park, community, grid, compound Party branch, building."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey

from neighborhoods.actors import Level
from neighborhoods.querysets import AreaQuerySet

LEVEL_NAMES = {
    Level.STREET: _("subdistrict or park"),
    Level.COMMUNITY: _("community"),
    Level.GRID: _("grid"),
    Level.BRANCH: _("compound Party branch"),
    Level.BUILDING: _("building"),
}
# Digits a code gains at each level: the 9-digit street code of the statistics, then 3 + 3 + 2 + 3.
CODE_LENGTH = {Level.STREET: 9, Level.COMMUNITY: 12, Level.GRID: 15, Level.BRANCH: 17, Level.BUILDING: 20}


class AreaManager(TreeManager.from_queryset(AreaQuerySet)):  # type: ignore[misc] # built at run time by mptt
    """mptt's manager with our query set."""


class Area(MPTTModel):
    """A node. One tree per street; mptt's level is the kind. All writes go through neighborhoods.services.areas."""

    class Variant(models.TextChoices):
        """What a tree's root is (街道, 园区); empty below it."""

        STREET = "street", _("subdistrict")
        PARK = "park", _("park")

    parent = TreeForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[RegexValidator(r"^\d{9}(\d{3}(\d{3}(\d{2}(\d{3})?)?)?)?$")]
    )
    name = models.CharField(_("name"), max_length=60)
    pinyin = models.CharField(_("sort key"), max_length=200, blank=True, editable=False)
    variant = models.CharField(_("variant"), max_length=10, choices=Variant, blank=True)
    duty_phone = models.CharField(_("duty phone"), max_length=30, blank=True)
    duty_hours = models.CharField(_("duty hours"), max_length=60, blank=True)
    # a branch
    approval_no = models.CharField(_("approval number"), max_length=40, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    # a building
    compound = models.ForeignKey(
        "neighborhoods.Compound",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="buildings",
        verbose_name=_("compound"),
    )
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(_("entrances"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = AreaManager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=4), name="area_five_levels"),
            models.CheckConstraint(
                condition=Q(parent=None, level=0) | Q(parent__isnull=False, level__gt=0), name="area_root_is_street"
            ),
            models.CheckConstraint(condition=Q(rght__gt=models.F("lft")), name="area_interval"),
            models.CheckConstraint(condition=Q(variant="") | Q(level=0), name="area_variant_is_street"),
            models.CheckConstraint(condition=Q(compound=None) | Q(level=4), name="area_compound_is_building"),
        ]
        indexes = [models.Index(fields=["tree_id", "lft"], name="area_tree_lft")]

    class MPTTMeta:
        order_insertion_by: list[str] = []  # sorting on insert would renumber trees; screens sort by code

    def __str__(self) -> str:
        return self.name

    @property
    def level_name(self) -> Any:
        """The kind of this node, in the reader's language."""
        return LEVEL_NAMES[Level(self.level)]


class AreaChange(models.Model):
    """A dated change of the tree, so that a report can be run as the district was."""

    class Kind(models.TextChoices):
        """What happened to the area."""

        ADDED = "added", _("added")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        MERGED = "merged", pgettext_lazy("area change", "merged")
        CLOSED = "closed", pgettext_lazy("area change", "closed")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    before = models.JSONField(default=dict)  # name, code, parent id as they were
    after = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of an area")
        verbose_name_plural = _("changes of areas")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.area_id} {self.kind}"
