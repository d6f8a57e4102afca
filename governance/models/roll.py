"""Who came to a meeting, and what was written about it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from core.masking import mask_name
from governance.lifecycle.meetings import Arrival, Presence
from governance.models.meetings import Meeting


class Attendance(models.Model):
    """Somebody on the roll. Names are encrypted; a person is found again by a keyed hash of name and door."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="roll")
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    name = EncryptedCharField(_("name"), max_length=60)
    door = EncryptedCharField(_("household"), max_length=60, blank=True, null=True)  # building and door, or the post
    person_hash = models.CharField(max_length=64)
    how = models.CharField(_("came onto the roll"), max_length=12, choices=Arrival)
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.EXPECTED)
    proxy = models.ForeignKey(  # who is there for this person
        "self", on_delete=models.PROTECT, null=True, related_name="stands_in_for"
    )
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField(null=True)  # empty: the person
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("line of a roll")
        verbose_name_plural = _("lines of rolls")
        ordering = ["meeting", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person_hash"], name="attendance_person_once"),
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="attendance_user_once"
            ),
            models.CheckConstraint(
                condition=Q(presence=Presence.BY_PROXY, proxy__isnull=False)
                | (~Q(presence=Presence.BY_PROXY) & Q(proxy=None)),
                name="attendance_proxy",
            ),
            models.CheckConstraint(condition=~Q(proxy=F("pk")), name="attendance_not_own_proxy"),
            models.CheckConstraint(
                condition=Q(presence=Presence.PRESENT, arrived_at__isnull=False)
                | (~Q(presence=Presence.PRESENT) & Q(arrived_at=None)),
                name="attendance_arrived_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.pk}"

    @property
    def masked_name(self) -> str:
        """张*明."""
        return mask_name(self.name or "")


class Minutes(models.Model):
    """What was written about a meeting. Confirmed it is frozen (a trigger refuses changes); a correction is a new
    version."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    version = models.PositiveSmallIntegerField()
    opening = models.TextField(_("to begin with"), blank=True, default="")
    texts = models.JSONField(default=dict)  # by the id of the agenda item, as a text: {"12": "…"}
    revision = models.PositiveIntegerField(
        default=0
    )  # counts the saves, so that two windows do not overwrite each other
    typed_by_ids = ArrayField(models.BigIntegerField(), default=list)
    typed_by_label = models.CharField(max_length=120, blank=True, default="")
    saved_at = models.DateTimeField()
    reason = models.CharField(_("why it was corrected"), max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    body = models.JSONField(null=True)  # what was frozen and fingerprinted: everything the printed minutes say
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=120, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("meeting", "minutes")
        verbose_name_plural = pgettext_lazy("meeting", "minutes")
        ordering = ["meeting", "version"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="minutes_version_once"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(confirmed_at=None), name="minutes_one_draft"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, fingerprint="", body=None, confirmed_by_id=None)
                | (
                    Q(confirmed_at__isnull=False, body__isnull=False, confirmed_by_id__isnull=False)
                    & ~Q(fingerprint="")
                ),
                name="minutes_frozen_whole",
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="minutes_correction_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.version}"

    @property
    def is_frozen(self) -> bool:
        """Confirmed: nobody changes it any more."""
        return self.confirmed_at is not None
