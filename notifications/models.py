"""Notices people read in the portal, and deliveries that leave it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Event
from governance.models import Contact, Issue


class Urgency(models.IntegerChoices):
    """How soon somebody should hear of it. The order is the order of sending."""

    CRITICAL = 0, _("at once, also at night")
    NOW = 1, _("at once, outside quiet hours")
    DIGEST = 2, _("once a day")


class Digest(models.Model):
    """One person's daily message. Unique per day, so a task that runs twice sends one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("daily message")
        verbose_name_plural = _("daily messages")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on}"


class Notice(models.Model):
    """A line in somebody's notice centre. It names a text; the words are made when it is read, in that language."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=20, blank=True, default="")  # a key of notifications.subjects, if no issue
    subject_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=40)  # a key of notifications.texts.TEXTS
    values = models.JSONField(default=dict)  # times and numbers the text needs; never contact data
    urgency = models.SmallIntegerField(choices=Urgency)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(Digest, on_delete=models.SET_NULL, null=True, related_name="notices")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(issue__isnull=False, subject="") | Q(issue=None, subject_id__isnull=False),
                name="notice_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notice_user_new"),
            models.Index(fields=["user"], name="notice_user_unread", condition=Q(read_at=None)),
            models.Index(fields=["user"], name="notice_for_digest", condition=Q(urgency=2, digest=None, read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.text}"


class DeliveryState(models.TextChoices):
    """A delivery is sent, found to be pointless, or parked for a person to look at."""

    WAITING = "waiting", pgettext_lazy("delivery", "waiting")
    SENT = "sent", pgettext_lazy("delivery", "sent")
    DROPPED = "dropped", pgettext_lazy("delivery", "no longer needed")
    PARKED = "parked", pgettext_lazy("delivery", "parked")


class Delivery(models.Model):
    """One message to one recipient by one channel. Claimed with a lease before sending and marked after it.

    Neither the address nor the words are stored: both are read again at the moment of sending.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="deliveries")
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, null=True, related_name="deliveries")
    channel = models.CharField(
        pgettext_lazy("delivery", "channel"), max_length=10
    )  # a key of notifications.channels.CHANNELS
    recipient = models.CharField(_("recipient"), max_length=40)  # "user:12", "contact:7", "webhook:5f3a…"
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="deliveries")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=20, blank=True, default="")  # a key of notifications.subjects, if no issue
    subject_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    urgency = models.SmallIntegerField(pgettext_lazy("delivery", "urgency"), choices=Urgency)

    state = models.CharField(
        pgettext_lazy("delivery", "state"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING
    )
    due_at = models.DateTimeField(pgettext_lazy("delivery", "due"))
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    handed_at = models.DateTimeField(_("handed over"), null=True)  # when the provider took it
    provider = models.CharField(_("provider"), max_length=60, blank=True, default="")
    last_error = models.CharField(_("reason"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="delivery_once"),
            models.UniqueConstraint(fields=["digest", "channel"], name="delivery_digest_once"),
            models.CheckConstraint(
                condition=Q(event__isnull=False, digest=None) | Q(event=None, digest__isnull=False),
                name="delivery_one_source",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "urgency", "due_at", "id"], name="delivery_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["-created_at"], name="delivery_parked", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}"


class Preference(models.Model):
    """How a person wants to hear of things. No row: everything on, in the portal's language."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference")
    by_email = models.BooleanField(_("e-mail"), default=True)
    by_sms = models.BooleanField(_("text message"), default=True)
    language = models.CharField(
        _("language"), max_length=10, blank=True, default="", choices=[("zh-hans", "中文"), ("en", "English")]
    )

    class Meta:
        verbose_name = _("notice setting")
        verbose_name_plural = _("notice settings")

    def __str__(self) -> str:
        return f"{self.user_id}"


class Heartbeat(models.Model):
    """The last time a periodic process showed that it is alive."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
