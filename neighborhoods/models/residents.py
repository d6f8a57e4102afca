"""Who lives behind which door: households of a building, and people the portal knows by name."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from core.masking import mask_name, mask_phone_from_staff
from neighborhoods.models.stamps import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet, ResidentQuerySet

ADULT_AT = 18  # Civil Code article 17


class Household(AreaStamped):
    """A dwelling behind one door of a building (户). It stays when the people change."""

    door = models.CharField(_("door"), max_length=20)  # 2-301: entrance and room, as people say it
    entrance = models.PositiveSmallIntegerField(_("entrance"), null=True, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    is_occupied = models.BooleanField(_("somebody lives there"), default=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("dwelling", "household")
        verbose_name_plural = pgettext_lazy("dwelling", "households")
        constraints = [
            models.UniqueConstraint(fields=["area", "door"], name="household_door_once"),
            models.CheckConstraint(condition=Q(building_id=F("area_id")), name="household_in_building"),
        ]
        indexes = [models.Index(fields=["branch_id", "area"], name="household_branch")]

    def __str__(self) -> str:
        return self.door


class Resident(AreaStamped):
    """A person the portal knows: a volunteer, a member checked in, a representative. Once, whatever they do.

    Name and phone are encrypted; equal phones are found by a keyed hash. Never an identity number.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="residents")
    # the encrypted fields store nothing for an empty text
    name = EncryptedCharField(max_length=60, blank=True, null=True)
    phone = EncryptedCharField(max_length=30, blank=True, null=True)
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    born_on = models.DateField(_("born on"), null=True, blank=True)  # of minors, and where a rule asks for the age
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="resident"
    )
    guardian = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="wards")
    guardian_agreed_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=60, blank=True, default="")  # who came to the counter, if not themselves
    recorded_by_id = models.BigIntegerField(null=True)  # who typed it; empty: themselves
    recorded_by_label = models.CharField(max_length=120, blank=True, default="")
    agreed_at = models.DateTimeField()  # to being kept for what they take part in
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    erased_at = models.DateTimeField(null=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("person", "resident")
        verbose_name_plural = pgettext_lazy("people", "residents")
        constraints = [
            models.CheckConstraint(condition=~Q(guardian=F("id")), name="resident_not_own_guardian"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="resident_not_merged_into_self"),
            models.CheckConstraint(
                condition=Q(guardian=None) | Q(guardian_agreed_at__isnull=False), name="resident_guardian_agreed"
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash"], name="resident_phone", condition=~Q(phone_hash="")),
            models.Index(fields=["community_id", "-id"], name="resident_community"),
        ]

    def __str__(self) -> str:
        return f"resident {self.pk}"

    @property
    def masked_name(self) -> str:
        """张*明; a dash when it was erased."""
        return mask_name(self.name or "") or "—"

    @property
    def masked_asker(self) -> str:
        """Who came to the counter for them."""
        return mask_name(self.asked_by)

    @property
    def masked_phone(self) -> str:
        """138********, as staff read it before they ask for it."""
        return mask_phone_from_staff(self.phone) if self.phone else ""

    def is_minor(self, on: date) -> bool:
        """Not yet eighteen on that day; whoever gave no birthday is taken for an adult."""
        return self.born_on is not None and age_on(self.born_on, on) < ADULT_AT


def age_on(born_on: date, on: date) -> int:
    """Whole years; a birthday of 29 February is kept on 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


class ResidentReveal(models.Model):
    """Somebody read a resident's name and phone in clear, and why. The resident can see it."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="reveals")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("contact shown")
        verbose_name_plural = _("contacts shown")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.at}"
