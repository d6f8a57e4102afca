"""An entry of the register of volunteers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from neighborhoods.models import AreaStamped, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.volunteers import VOLUNTEER_FINAL, VOLUNTEER_LOOKS, VolunteerState

_FINAL_VALUES = sorted(VOLUNTEER_FINAL)


class Volunteer(AreaStamped):
    """A resident who serves. One entry and one number for life; it stands where others print an identity number."""

    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, related_name="volunteer")
    number = models.CharField(_("volunteer number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=VolunteerState, default=VolunteerState.APPLIED)
    skills = models.CharField(_("what I can do"), max_length=200, blank=True, default="")
    free_times = models.CharField(_("when I have time"), max_length=200, blank=True, default="")
    insured_until = models.DateField(_("insured until"), null=True, blank=True)
    is_on_honour_list = models.BooleanField(_("wishes to stand on lists of honour"), default=False)
    applied_at = models.DateTimeField()
    verify_due_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)  # that nobody verified in time was told once
    verified_at = models.DateTimeField(null=True)
    verified_by_id = models.BigIntegerField(null=True)
    refusal = models.CharField(max_length=200, blank=True, default="")
    left_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, left_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(left_at=None)),
                name="volunteer_left_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[VolunteerState.VERIFIED, VolunteerState.PAUSED]) | Q(verified_at__isnull=False),
                name="volunteer_verified",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "-id"], name="volunteer_community"),
            models.Index(
                fields=["verify_due_at"], name="volunteer_waiting", condition=Q(state="applied", told_late_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Has not left."""
        return self.left_at is None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return VOLUNTEER_LOOKS[VolunteerState(self.state)]
