"""A certificate of service: frozen when it is issued, checked by strangers by its code."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from core.looks import Look
from neighborhoods.models import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.certificates import CERTIFICATE_LOOKS, CertificateState
from volunteers.models.volunteers import Volunteer


class Certificate(AreaStamped):
    """What was certified on a day. A correction is a new one; the old one is revoked and stays."""

    number = models.CharField(max_length=20, unique=True)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificates")
    state = models.CharField(_("state"), max_length=10, choices=CertificateState, default=CertificateState.ASKED)
    from_on = models.DateField()
    until_on = models.DateField()
    purpose = models.CharField(max_length=100, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    checked_by_label = models.CharField(max_length=120, blank=True, default="")  # the handler
    issued_at = models.DateTimeField(null=True)
    issued_by_id = models.BigIntegerField(null=True)
    name = EncryptedCharField(max_length=60, blank=True, null=True)  # as it stood that day; gone with the person
    minutes = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)  # everything else it says, frozen; see services.certificates.body_of
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="", db_index=True)  # of the code strangers type
    shown_until = models.DateField(null=True)  # inside the unit, seven days at least
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of service")
        verbose_name_plural = _("certificates of service")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="certificate_until_later"),
            models.CheckConstraint(
                condition=Q(issued_by_id=None) | ~Q(issued_by_id=F("checked_by_id")), name="certificate_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "revoked"])
                | (Q(issued_at__isnull=False, shown_until__isnull=False) & ~Q(fingerprint="") & ~Q(digest="")),
                name="certificate_issued_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | (Q(revoked_at__isnull=False) & ~Q(reason="")),
                name="certificate_revoked",
            ),
        ]
        indexes = [models.Index(fields=["community_id", "state", "-id"], name="certificate_community")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Waits for somebody."""
        return self.state in {CertificateState.ASKED, CertificateState.CHECKED}

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return CERTIFICATE_LOOKS[CertificateState(self.state)]

    def is_shown(self, on: date) -> bool:
        """Whether it still has to be shown inside the unit."""
        return self.state == CertificateState.ISSUED and self.shown_until is not None and on <= self.shown_until
