"""Households and their representative: the link, the household's card, the visits."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from neighborhoods.models import AreaStamped, Household
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.links import LINK_LIVE, LINK_LOOKS, MOST_LINKS, Answered, LinkState, Method
from volunteers.models.representatives import Representative

_LIVE = Q(state__in=sorted(LINK_LIVE))


class HouseholdLink(models.Model):
    """A household that a representative looks after, for as long as both wish.

    A live link holds one of the representative's places 1 to 15, and a place is unique: the sixteenth has nowhere to
    stand, whatever wrote it and however many wrote at once. A trigger that counts would have to lock the other rows
    itself to be as safe, and an index costs less than a count for each insert.
    """

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="links")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="links")
    state = models.CharField(max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    slot = models.PositiveSmallIntegerField(null=True)
    proposed_at = models.DateTimeField()
    proposed_by_label = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=10, choices=Answered, blank=True, default="")
    answered_to_label = models.CharField(max_length=120, blank=True, default="")  # who wrote the answer down
    ended_at = models.DateTimeField(null=True)
    end_words = models.CharField(max_length=200, blank=True, default="")
    told_orphan_at = models.DateTimeField(null=True)  # that nobody took over was told once

    class Meta:
        verbose_name = _("household link")
        verbose_name_plural = _("household links")
        constraints = [
            models.UniqueConstraint(fields=["representative", "slot"], name="link_one_place_each"),
            models.CheckConstraint(
                condition=Q(slot=None) | Q(slot__gte=1, slot__lte=MOST_LINKS), name="link_at_most_fifteen"
            ),
            models.CheckConstraint(
                condition=(_LIVE & Q(slot__isnull=False, ended_at=None))
                | (~_LIVE & Q(slot=None, ended_at__isnull=False)),
                name="link_live_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(state=LinkState.ACTIVE) | (Q(answered_at__isnull=False) & ~Q(answered_by="")),
                name="link_household_agreed",
            ),
            models.UniqueConstraint(fields=["household"], condition=_LIVE, name="link_one_main_representative"),
        ]
        indexes = [
            models.Index(fields=["household", "-id"], name="link_of_household"),
            models.Index(
                fields=["ended_at"], name="link_orphans", condition=Q(ended_at__isnull=False, told_orphan_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.representative_id} {self.household_id}"

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return LINK_LOOKS[LinkState(self.state)]

    @property
    def is_live(self) -> bool:
        """Holds a place."""
        return self.slot is not None


class HouseholdCard(models.Model):
    """What a household said about being linked, and the private page it says it on.

    The page's address is derived from `version`; only its digest is stored. A new card makes the old one worthless.
    """

    household = models.OneToOneField(Household, on_delete=models.PROTECT, related_name="card")
    version = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - none while nobody holds a card
    issued_at = models.DateTimeField(null=True)
    issued_by_label = models.CharField(max_length=120, blank=True, default="")
    declined_at = models.DateTimeField(null=True)  # stands until the household itself says otherwise
    consented_at = models.DateTimeField(null=True)
    consented_by = models.CharField(max_length=10, choices=Answered, blank=True, default="")

    class Meta:
        verbose_name = _("card of a household")
        verbose_name_plural = _("cards of households")

    def __str__(self) -> str:
        return f"card {self.household_id}"


class Visit(AreaStamped):
    """One tap at a door: which of the five words, and words if there is something to say. No photo, no position."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="visits")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField()
    methods = ArrayField(models.CharField(max_length=10, choices=Method), size=len(Method))
    words = models.CharField(max_length=300, blank=True, default="")
    client_key = models.UUIDField()  # made on the phone: sent twice, it is stored once

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(fields=["representative", "client_key"], name="visit_once"),
            models.CheckConstraint(
                condition=Q(methods__len__gt=0, methods__contained_by=list(Method.values)), name="visit_five_words"
            ),
        ]
        indexes = [
            models.Index(fields=["representative", "household", "-at"], name="visit_of_household"),
            models.Index(fields=["community_id", "at"], name="visit_community"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.at}"
