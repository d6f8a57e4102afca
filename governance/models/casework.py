"""What is done about an issue: dispatches, contacts, replies, call-backs, disclosures, photos, saved filters."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Attachment
from governance.models.issues import Contact, Issue, TimelineEntry
from neighborhoods.models import Area, PartnerUnit


class Dispatch(models.Model):
    """The issue given to an area or a unit. The clock runs from here, not from the signature."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="dispatches")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="dispatches")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True, default="")
    is_binding = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.BigIntegerField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=200, blank=True, default="")
    return_basis = models.CharField(max_length=200, blank=True, default="")  # the duty it says is not its own
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(ended_at=None), name="dispatch_one_current"),
            models.CheckConstraint(
                condition=~Q(is_binding=True, returned_at__isnull=False), name="dispatch_binding_stays"
            ),
        ]
        indexes = [
            models.Index(fields=["issue", "unit"], name="dispatch_issue_unit"),
            models.Index(fields=["unit", "issue"], name="dispatch_unit_issue", condition=Q(unit__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.unit_id or self.area_id}"


class ContactLog(models.Model):
    """A talk with whoever asked, or a dated failed attempt. No reply without one talk or three attempts."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="contact_logs")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    reached = models.BooleanField()
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("contact made")
        verbose_name_plural = _("contacts made")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.at}"


class Reply(models.Model):
    """What the handler says was done. A claim until the resident or a call-back confirms it."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="replies")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=120)
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    claims_solved = models.BooleanField(default=True)  # False: it can only be explained

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.at}"


class Callback(models.Model):
    """What the resident answered: by link or asked by somebody who neither handled nor checked it."""

    class Via(models.TextChoices):
        """How the answer came."""

        LINK = "link", _("private link")
        PHONE = "phone", _("phone")
        VISIT = "visit", _("visit")

    class Outcome(models.TextChoices):
        """What was said. Unreached is never taken for satisfied (docs/lifecycle.md, "Rules that refuse")."""

        SOLVED = "solved", _("solved")
        NOT_SOLVED = "not_solved", _("not solved")
        UNREACHED = "unreached", _("not reached")

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="callbacks")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)  # empty: the resident, by link
    via = models.CharField(max_length=10, choices=Via)
    outcome = models.CharField(max_length=12, choices=Outcome)
    was_dealt_with = models.BooleanField(null=True)  # whether anybody came or called; asked on the phone only
    satisfaction = models.PositiveSmallIntegerField(null=True)  # 1-5
    words = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="callback_one_to_five",
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.outcome}"


class Disclosure(models.Model):
    """Somebody saw a contact in clear, and said why. The person concerned can read it."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="disclosures")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="disclosures")
    at = models.DateTimeField(auto_now_add=True)
    by_id = models.BigIntegerField()
    by_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.by_id}"


class IssuePhoto(models.Model):
    """A photo of an issue, sent by the resident or by whoever handles it."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="photos")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="issue_photo")
    entry = models.ForeignKey(TimelineEntry, on_delete=models.PROTECT, null=True, related_name="photos")
    from_resident = models.BooleanField(default=True)
    published_at = models.DateTimeField(null=True)  # after faces and plates were covered by hand

    class Meta:
        verbose_name = _("photo of an issue")
        verbose_name_plural = _("photos of issues")

    def __str__(self) -> str:
        return f"{self.issue_id} {self.attachment_id}"


class SavedFilter(models.Model):
    """A person's own view of the list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ContactCode(models.Model):
    """A code sent to the phone of a contact, which proves that whoever types it holds that phone."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("code to a contact")
        verbose_name_plural = _("codes to contacts")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.sent_at}"
