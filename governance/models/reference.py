"""Categories, time limits, routing and the escalation ladder: data the administrators keep."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.calendar import Unit
from governance.lifecycle import Target, Urgency
from governance.lifecycle.duties import STEPS, TRACKS
from neighborhoods.models import Area, PartnerUnit

# Old people, welfare, disputes between neighbours: the letters of their codes.
SENSITIVE_GROUPS = frozenset({"EL", "WF", "ND"})


class SimilarScope(models.TextChoices):
    """How far a case of the same category may be away and still be about the same thing."""

    BUILDING = "building", _("the same building")
    COMPOUND = "compound", _("the same compound")
    GRID = "grid", _("the same grid")
    COMMUNITY = "community", _("the same community")


class Category(models.Model):
    """What a request is about. The 40 of the district (docs/glossary.md, "Categories")."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60)
    icon = models.CharField(_("icon"), max_length=20, default="write")
    group = models.CharField(_("group"), max_length=2)  # the letters of the code
    urgency = models.CharField(_("usual urgency"), max_length=1, choices=Urgency)
    # One question that makes it urgent or critical when answered yes ("有污水返进屋里吗?").
    danger_question_zh = models.CharField(_("question in Chinese"), max_length=120, blank=True)
    danger_question_en = models.CharField(_("question in English"), max_length=160, blank=True)
    danger_urgency = models.CharField(_("urgency if yes"), max_length=1, choices=Urgency, blank=True)
    danger_numbers = models.CharField(_("numbers to call"), max_length=40, blank=True)  # "119 120"
    usual_lead_zh = models.CharField(_("usual lead in Chinese"), max_length=60, blank=True)
    usual_lead_en = models.CharField(_("usual lead in English"), max_length=120, blank=True)
    # A lift is one lift, a dark street is dark for everybody.
    similar_scope = models.CharField(
        _("similar within"), max_length=10, choices=SimilarScope, default=SimilarScope.COMPOUND, db_default="compound"
    )
    similar_days = models.PositiveSmallIntegerField(_("similar for so many days"), default=60, db_default=60)
    includes_recently_closed = models.BooleanField(
        _("recently closed ones are similar too"), default=True, db_default=True
    )
    # of those who do not answer by the link; chosen by the id of the case, so nobody picks
    callback_every = models.PositiveSmallIntegerField(
        _("call back one case in"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1)],
        help_text=_("1 calls everybody back."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "code"]
        constraints = [models.CheckConstraint(condition=Q(callback_every__gte=1), name="category_callback_every")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self._in_language("name")

    @property
    def danger_question(self) -> str:
        """In the language of the page; empty when nothing about it is dangerous."""
        return self._in_language("danger_question")

    @property
    def is_sensitive(self) -> bool:
        """Neighbours do not read the building: it alone tells who needs help, or is at odds with whom."""
        return self.group in SENSITIVE_GROUPS

    @property
    def usual_lead(self) -> str:
        """Who usually handles it, in words, in the language of the page; routing rules decide."""
        return self._in_language("usual_lead")

    def _in_language(self, stem: str) -> str:
        english = (translation.get_language() or "").startswith("en")
        return getattr(self, f"{stem}_en" if english else f"{stem}_zh")


class LimitVersion(models.Model):
    """A dated set of time limits. A case keeps the version of the day its clock started."""

    name = models.CharField(_("name"), max_length=60)
    valid_from = models.DateTimeField(_("in force from"), unique=True)
    note = models.TextField(_("basis"), blank=True)

    class Meta:
        verbose_name = _("version of the time limits")
        verbose_name_plural = _("versions of the time limits")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return self.name


class TimeLimit(models.Model):
    """How long a step may take on a track: for an urgency of issues, a kind of whistle, or tasks."""

    version = models.ForeignKey(LimitVersion, on_delete=models.PROTECT, related_name="limits")
    track = models.CharField(_("holds for"), max_length=12, choices=TRACKS)
    step = models.CharField(_("step"), max_length=10, choices=STEPS)
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=15, choices=Unit)

    class Meta:
        verbose_name = _("time limit")
        verbose_name_plural = _("time limits")
        constraints = [models.UniqueConstraint(fields=["version", "track", "step"], name="limit_once_per_version")]

    def __str__(self) -> str:
        return f"{self.get_track_display()} {self.get_step_display()}：{self.amount} {self.get_unit_display()}"


class RoutingRule(models.Model):
    """First match wins, by order. Without a match the lowest area with a live post on the path takes it."""

    order = models.PositiveIntegerField(_("order"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category (empty: all)")
    )
    within = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inside (empty: anywhere)"),
    )
    to_unit = models.ForeignKey(
        PartnerUnit, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("goes to the unit")
    )
    to_level = models.SmallIntegerField(_("goes to the level"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_unit__isnull=False, to_level=None) | Q(to_unit=None, to_level__isnull=False),
                name="routing_one_goal",
            )
        ]

    def __str__(self) -> str:
        return str(self.order)


class LadderRung(models.Model):
    """A rung of the escalation ladder: after which share of the limit, or how many minutes after it, who is told."""

    track = models.CharField(_("holds for (empty: all)"), max_length=12, choices=TRACKS, blank=True)
    step = models.CharField(_("step (empty: all)"), max_length=10, choices=STEPS, blank=True)
    number = models.PositiveSmallIntegerField(_("rung"))
    percent = models.PositiveSmallIntegerField(_("% of the limit"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes after the start"), null=True, blank=True)
    target = models.CharField(_("tells"), max_length=15, choices=Target)

    class Meta:
        verbose_name = _("rung of the ladder")
        verbose_name_plural = _("rungs of the ladder")
        ordering = ["track", "step", "number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "step", "number"], name="rung_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, minutes=None) | Q(percent=None, minutes__isnull=False),
                name="rung_percent_or_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track or '*'} {self.step or '*'} {self.number}"
