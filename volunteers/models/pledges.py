"""What a member lets neighbours see (亮身份)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from volunteers.lifecycle.pledges import PLEDGE_LIVE, PLEDGE_LOOKS, PledgeState
from volunteers.models.checkins import CheckIn, DutyPost

_WITHDRAWN = Q(state=PledgeState.WITHDRAWN)


class Pledge(models.Model):
    """A promise of one check-in. Public only while it is shown, which the database allows only after consent."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="pledges")
    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("what I promise"), max_length=120)
    due_on = models.DateField(_("until when"))
    state = models.CharField(max_length=10, choices=PledgeState, default=PledgeState.OFFERED)
    offered_at = models.DateTimeField()
    offered_by_label = models.CharField(max_length=120, blank=True, default="")
    consented_at = models.DateTimeField(null=True)
    consent_written_by_label = models.CharField(max_length=120, blank=True, default="")  # of whoever has no account
    shown_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    fulfilled_words = models.CharField(max_length=120, blank=True, default="")
    told_due_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        constraints = [
            models.UniqueConstraint(fields=["checkin"], condition=Q(withdrawn_at=None), name="pledge_one_live"),
            models.CheckConstraint(
                condition=~Q(state__in=["consented", "shown"]) | Q(consented_at__isnull=False), name="pledge_consented"
            ),
            models.CheckConstraint(condition=~Q(state="shown") | Q(shown_at__isnull=False), name="pledge_shown"),
            models.CheckConstraint(
                condition=(_WITHDRAWN & Q(withdrawn_at__isnull=False)) | (~_WITHDRAWN & Q(withdrawn_at=None)),
                name="pledge_withdrawn_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="pledge_due",
                condition=Q(told_due_at=None, fulfilled_at=None, state__in=["consented", "shown"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.checkin_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Not withdrawn."""
        return self.state in PLEDGE_LIVE

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return PLEDGE_LOOKS[PledgeState(self.state)]
