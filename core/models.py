"""Events, outbox, seals, the working calendar and stored files: what every app above stands on."""

import uuid

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The id of the writing transaction, by which the sealer knows which events can no longer appear.
_CURRENT_TRANSACTION = Func(function="txid_current", output_field=models.BigIntegerField())


class Event(models.Model):
    """One thing that happened. Inserted only; a trigger refuses update and delete."""

    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)  # no foreign key: an account may go, the record stays
    actor_label = models.CharField(max_length=120)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    transaction_id = models.BigIntegerField(db_default=_CURRENT_TRANSACTION, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["transaction_id"], name="event_transaction"),
            models.Index(fields=["name", "-at"], name="event_name_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type}:{self.subject_id}"


class OutboxMessage(models.Model):
    """An event waiting to be turned into notices. Claimed with a lease, so a crash repeats and never loses."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="outbox")
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    relayed_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    parked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="outbox_waiting", condition=Q(relayed_at=None) & Q(parked_at=None)
            ),
            models.Index(fields=["parked_at"], name="outbox_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}"


class EventSeal(models.Model):
    """A link of the hash chain: the digest over all events of the transactions before `upto_transaction`."""

    at = models.DateTimeField(auto_now_add=True)
    after_event_id = models.BigIntegerField(default=0)  # moves forward when a restore restarts transaction ids
    from_transaction = models.BigIntegerField()
    upto_transaction = models.BigIntegerField()
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints = [
            models.CheckConstraint(condition=Q(upto_transaction__gte=F("from_transaction")), name="seal_forward")
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.events})"


class WorkDay(models.Model):
    """A day that differs from the weekly rule, or a whole year that has not been announced yet."""

    class Kind(models.TextChoices):
        """How the day differs from what its weekday says."""

        HOLIDAY = "holiday", _("public holiday")
        MAKE_UP = "make_up", _("make-up workday")

    on = models.DateField(_("day"), unique=True)
    kind = models.CharField(pgettext_lazy("special day", "kind"), max_length=10, choices=Kind)
    name = models.CharField(pgettext_lazy("special day", "name"), max_length=60, blank=True)
    is_confirmed = models.BooleanField(_("announced"), default=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


def attachment_path(attachment: "Attachment", _filename: str) -> str:
    """An unguessable name; the name the sender's device gave never reaches the disk."""
    return f"attachments/{attachment.uid.hex[:2]}/{attachment.uid.hex}.jpg"


def covered_path(attachment: "Attachment", _filename: str) -> str:
    """The copy with faces and plates covered gets a name of its own, so that old caches never show the original."""
    return f"attachments/{attachment.uid.hex[:2]}/{uuid.uuid4().hex}.jpg"


class Attachment(models.Model):
    """A photo, re-encoded and stripped of metadata. Served only through a permission check."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=attachment_path)
    covered_file = models.FileField(upload_to=covered_path, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.uid.hex
