"""Partner units, titles and posts: who serves where, from when to when."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from neighborhoods.actors import Level, Role
from neighborhoods.models.areas import Area
from neighborhoods.models.places import Body


class PartnerUnit(models.Model):
    """A department, company or institution of the city, the district or the neighbourhood that turns up when called."""

    class Level(models.TextChoices):
        """Whose unit it is."""

        CITY = "city", _("city unit")
        DISTRICT = "district", _("district unit")
        LOCAL = "local", _("unit based here")

    name = models.CharField(_("name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=30)
    pinyin = models.CharField(_("sort key"), max_length=300, blank=True, editable=False)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    phone = models.CharField(_("public phone"), max_length=30, blank=True)
    body = models.OneToOneField(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="unit", verbose_name=_("body")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("partner unit")
        verbose_name_plural = _("partner units")
        ordering = ["level", "pinyin", "pk"]

    def __str__(self) -> str:
        return self.name


_ROLES = frozenset(Role.values)


def roles_in(codes: Iterable[str]) -> frozenset[str]:
    """Those of the codes that are roles."""
    return _ROLES.intersection(codes)


class Title(models.Model):
    """What a post is called, and the roles it brings (docs/glossary.md, "Roles")."""

    class Place(models.TextChoices):
        """What somebody with this title stands in."""

        AREA = "area", _("an area")
        UNIT = "unit", _("a partner unit")
        DISTRICT = "district", _("the whole district")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60)
    place = models.CharField(_("stands in"), max_length=10, choices=Place)
    level = models.SmallIntegerField(
        _("level"), null=True, blank=True, choices=[(int(level), level.name.lower()) for level in Level]
    )
    roles = models.JSONField(_("roles"), default=list)  # codes of Role

    class Meta:
        verbose_name = _("title")
        verbose_name_plural = _("titles")
        ordering = ["place", "level", "code"]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def role_set(self) -> frozenset[str]:
        """The codes of `Role` this title brings."""
        return roles_in(self.roles)


class Post(models.Model):
    """A person in a title, over an area, in a unit, or for the whole district. Work belongs to the post."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="posts")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not included)"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="post_term"),
            models.CheckConstraint(condition=Q(area=None) | Q(unit=None), name="post_area_or_unit"),
            models.UniqueConstraint(
                fields=["user", "title", "area", "unit", "body"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="post_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["area", "title"], name="post_area_title")]

    def __str__(self) -> str:
        return f"{self.user.name} {self.title.name_zh}"
