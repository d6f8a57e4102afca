"""Compounds, which branch covers them, the bodies inside them, and the codes on stairwells."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from neighborhoods.models.areas import Area


class Compound(models.Model):  # type: ignore[django-manager-missing] # mptt is untyped, and Area uses its manager
    """A housing estate. It stands in a grid and is covered by one branch at a time."""

    class Kind(models.TextChoices):
        """Who runs it: 物管, 社管, 单位家属 (docs/glossary.md)."""

        MANAGED = "managed", _("with a property company")
        COMMUNITY_RUN = "community_run", _("run by the community")
        WORK_UNIT = "work_unit", _("former work-unit housing")

    grid = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="compounds", verbose_name=_("grid"))
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    pinyin = models.CharField(_("sort key"), max_length=200, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    built_year = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("compound")
        verbose_name_plural = _("compounds")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


# [from, to) of two date columns; an open end has no bound.
_PERIOD = Func(F("valid_from"), F("valid_to"), Value("[)"), function="DATERANGE", output_field=DateRangeField())


class Coverage(models.Model):
    """Which branch covers a compound: its own, jointly with others, or the nearest (应建尽建、就近纳入)."""

    class Mode(models.TextChoices):
        """How a branch came to cover the compound (覆盖, docs/glossary.md)."""

        OWN = "own", _("own branch")
        JOINT = "joint", _("joint branch")
        NEARBY = "nearby", _("nearest branch")

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="coverages")
    branch = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="coverages")
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until (not included)"), null=True, blank=True)

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverages")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="coverage_period"
            ),
            ExclusionConstraint(
                name="coverage_one_branch_a_day",
                expressions=[
                    (F("compound"), RangeOperators.EQUAL),
                    (_PERIOD, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound.name} – {self.branch.name}"


class Body(models.Model):
    """A body of a compound or community: owners' or self-governing committee, property company, residents committee."""

    class Kind(models.TextChoices):
        """居委会, 业委会, 自治委员会, 物业 (docs/glossary.md)."""

        RESIDENTS_COMMITTEE = "residents_committee", _("residents' committee")
        OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
        SELF_GOV_COMMITTEE = "self_gov_committee", _("self-governing committee")
        PROPERTY_COMPANY = "property_company", _("property company")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="bodies", verbose_name=_("area"))
    compound = models.ForeignKey(
        Compound, on_delete=models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name=_("compound")
    )
    term_ends_on = models.DateField(_("term ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name


class PlaceCode(models.Model):
    """The code printed on a stairwell poster: /q/<code>/ fills in the place of a report."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="place_codes")
    entrance = models.PositiveSmallIntegerField(_("entrance"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stairwell code")
        verbose_name_plural = _("stairwell codes")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "entrance"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="place_code_one_live",
            )
        ]

    def __str__(self) -> str:
        return self.code
