"""A representative's term: how somebody was chosen, and what is known about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from core.looks import Look
from neighborhoods.models import AreaStamped, Household, Post, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.representatives import (
    APPROVED,
    IN_TERM,
    REPRESENTATIVE_LOOKS,
    Capacity,
    EndReason,
    NominationSource,
    RepresentativeState,
)

_ENDED = Q(state=RepresentativeState.ENDED)
_BOTH_SAID_YES = Q(party_approved_at__isnull=False, residents_agreed_at__isnull=False)


class Representative(AreaStamped):
    """One term of one resident, at the branch of the compound they live in. The stamps are the place of the term."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="terms")
    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=RepresentativeState, default=RepresentativeState.NOMINATED)
    capacity = models.CharField(max_length=10, choices=Capacity, default=Capacity.LINKING)
    source = models.CharField(max_length=10, choices=NominationSource)
    qualities = models.TextField()  # the four qualities (四有): zeal, time, ability, trust
    nominated_at = models.DateTimeField()
    nominated_by_id = models.BigIntegerField(null=True)
    # the Party organisation's side
    party_approved_at = models.DateTimeField(null=True)
    party_approved_by_id = models.BigIntegerField(null=True)
    party_approved_by_label = models.CharField(max_length=120, blank=True, default="")
    # the residents' side: enough households, or a meeting named by its number
    residents_agreed_at = models.DateTimeField(null=True)
    meeting_number = models.CharField(max_length=20, blank=True, default="")
    noticed_at = models.DateTimeField(null=True)
    notice_until = models.DateTimeField(null=True)
    starts_on = models.DateField(null=True)
    term_ends_on = models.DateField(null=True)
    forming_until = models.DateField(null=True)  # until then fewer than five households is no finding
    remind_due_at = models.DateTimeField(null=True)
    told_term_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_because = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=15, choices=EndReason, blank=True, default="")
    seat_due_at = models.DateTimeField(null=True)  # of a seat that nobody has taken since
    told_seat_at = models.DateTimeField(null=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    reach_words = models.CharField(max_length=120, blank=True, default="")  # as they allow it to be printed
    shows_phone = models.BooleanField(default=False)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("residents' representative")
        verbose_name_plural = _("residents' representatives")
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(ended_at=None), name="representative_one_live_term"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(APPROVED)) | _BOTH_SAID_YES, name="representative_both_approved"
            ),
            models.CheckConstraint(
                condition=(_ENDED & Q(ended_at__isnull=False)) | (~_ENDED & Q(ended_at=None)),
                name="representative_ended_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(IN_TERM))
                | Q(noticed_at__isnull=False, starts_on__isnull=False, term_ends_on__gt=F("starts_on")),
                name="representative_term",
            ),
            models.CheckConstraint(
                condition=_ENDED | Q(branch_id__isnull=False), name="representative_lives_in_a_compound"
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "-id"], name="representative_community"),
            models.Index(
                fields=["remind_due_at"],
                name="representative_term_ending",
                condition=Q(told_term_at=None, ended_at=None, remind_due_at__isnull=False),
            ),
            models.Index(
                fields=["seat_due_at"],
                name="representative_seat_empty",
                condition=Q(told_seat_at=None, seat_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return REPRESENTATIVE_LOOKS[RepresentativeState(self.state)]

    @property
    def is_open(self) -> bool:
        """Not over yet."""
        return self.ended_at is None


class RepresentativeLine(models.Model):
    """A line of a term's history. Inserted only."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.representatives
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("line of a term")
        verbose_name_plural = _("lines of terms")
        indexes = [models.Index(fields=["representative", "at", "id"], name="representative_line_at")]

    def __str__(self) -> str:
        return f"{self.representative_id} {self.kind}"


class Consent(models.Model):
    """A household that agrees to a name. Once each; who wrote it down is known."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="consents")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField(null=True)
    recorded_by_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("household that agrees")
        verbose_name_plural = _("households that agree")
        constraints = [models.UniqueConstraint(fields=["representative", "household"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.representative_id} {self.household_id}"


class Objection(models.Model):
    """What somebody has against a name on public notice. The term cannot begin before it is answered."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="objections")
    at = models.DateTimeField()
    words = models.CharField(max_length=500)
    phone = EncryptedCharField(max_length=30, blank=True, null=True)  # of whoever wishes an answer
    settled_at = models.DateTimeField(null=True)
    settled_by_label = models.CharField(max_length=120, blank=True, default="")
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")

    def __str__(self) -> str:
        return f"{self.representative_id} {self.at}"


class Training(models.Model):
    """A training that a representative took part in."""

    representative = models.ForeignKey(Representative, on_delete=models.PROTECT, related_name="trainings")
    on_day = models.DateField(_("day"))
    title = models.CharField(_("what it was about"), max_length=80)
    recorded_by_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-on_day", "-pk"]

    def __str__(self) -> str:
        return self.title
