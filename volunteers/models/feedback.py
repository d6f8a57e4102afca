"""A year's page for the employer: frozen when it is issued, opened by a link that expires."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from core.looks import Look
from neighborhoods.models import AreaStamped, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.feedback import FEEDBACK_LOOKS, FeedbackState
from volunteers.models.checkins import CheckIn


class EmployerFeedback(AreaStamped):
    """One person, one year, one page. There is no list of them for anybody outside the community."""

    number = models.CharField(max_length=20, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="feedbacks")
    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="feedbacks")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(_("state"), max_length=10, choices=FeedbackState, default=FeedbackState.DRAFTED)
    body = models.JSONField(default=dict)  # what it says besides the name; see services.checkins.feedback.body_of
    comment = models.CharField(_("the member's comment"), max_length=200, blank=True, default="")
    drafted_at = models.DateTimeField()
    drafted_by_label = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_to_label = models.CharField(max_length=120, blank=True, default="")  # who wrote the answer down
    issued_at = models.DateTimeField(null=True)
    issued_by_id = models.BigIntegerField(null=True)
    issued_by_label = models.CharField(max_length=120, blank=True, default="")
    name = EncryptedCharField(max_length=60, blank=True, null=True)  # as it stood that day; gone with the person
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")  # of the link
    link_until = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback to the employer")
        verbose_name_plural = _("feedbacks to employers")
        constraints = [
            models.UniqueConstraint(fields=["resident", "year"], name="feedback_once_a_year"),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "issued"]) | Q(answered_at__isnull=False),
                name="feedback_agreed_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | (Q(issued_at__isnull=False, link_until__isnull=False) & ~Q(fingerprint="") & ~Q(digest="")),
                name="feedback_issued_frozen",
            ),
            models.CheckConstraint(condition=Q(state="issued") | Q(digest=""), name="feedback_link_only_while_issued"),
        ]
        indexes = [
            models.Index(fields=["digest"], name="feedback_link", condition=~Q(digest="")),
            models.Index(fields=["community_id", "state", "-id"], name="feedback_community"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Waits for the member or the community."""
        return self.state in {FeedbackState.DRAFTED, FeedbackState.AGREED}

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return FEEDBACK_LOOKS[FeedbackState(self.state)]
