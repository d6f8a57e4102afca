"""What volunteers did, in minutes somebody else confirmed; what they learned, and what they were commended for."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from neighborhoods.models import AreaStamped, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.records import COUNTED, LIVE, RECORD_LOOKS, Asked, MeritKind, RecordState
from volunteers.models.activities import Activity, SignUp, span
from volunteers.models.volunteers import Volunteer

_LIVE_VALUES = sorted(LIVE)


class ServiceRecord(AreaStamped):
    """One stretch of service. Never changed afterwards: a wrong one is taken back by a record that points at it.

    It stands where the service was done, and keeps the place of its day.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="records")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="records")
    sign_up = models.OneToOneField(SignUp, on_delete=models.PROTECT, null=True, related_name="record")
    helped = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="received_records")
    content = models.CharField(_("what was done"), max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.IntegerField(_("minutes"))  # what counts: without ways, within the caps; negative when it reverses
    is_hard = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)  # typed so late that a second person has to agree
    state = models.CharField(_("state"), max_length=10, choices=RecordState, default=RecordState.PROPOSED)
    own_user_id = models.BigIntegerField(null=True)  # the account of the volunteer, or of who speaks for a minor
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by_label = models.CharField(max_length=120, blank=True, default="")
    told = models.PositiveSmallIntegerField(default=0)  # how often those who may confirm were reminded
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=120, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)  # rejected, expired or taken back
    reason = models.CharField(max_length=200, blank=True, default="")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of service")
        verbose_name_plural = _("records of service")
        constraints = [
            ExclusionConstraint(
                name="record_no_overlap",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=_LIVE_VALUES, reverses=None),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="record_ends_later"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("proposed_at")), name="record_not_in_future"),
            models.CheckConstraint(
                condition=Q(reverses=None, minutes__gt=0) | Q(reverses__isnull=False, minutes__lt=0),
                name="record_minutes",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id=None) | Q(own_user_id=None) | ~Q(confirmed_by_id=F("own_user_id")),
                name="record_not_confirmed_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None) | Q(own_user_id=None) | ~Q(approved_by_id=F("own_user_id")),
                name="record_not_approved_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None) | ~Q(approved_by_id=F("confirmed_by_id")), name="record_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(COUNTED)) | Q(confirmed_at__isnull=False), name="record_confirmed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(COUNTED), is_late=True, reverses=None) | Q(approved_at__isnull=False),
                name="record_late_has_second",
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "-starts_at"], name="record_volunteer"),
            models.Index(fields=["community_id", "state", "-id"], name="record_community"),
            models.Index(fields=["proposed_at"], name="record_waiting", condition=Q(state__in=["proposed", "second"])),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.starts_at}"

    @property
    def number(self) -> str:
        """What a notice calls it: the number of the activity."""
        return self.activity.number if self.activity else self.content

    @property
    def is_open(self) -> bool:
        """Waits for somebody."""
        return self.state in {RecordState.PROPOSED, RecordState.SECOND}

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return RECORD_LOOKS[RecordState(self.state)]


class RecordCheck(models.Model):
    """A confirmed record that chance picked: somebody calls and asks whether it was so."""

    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, related_name="check_up")
    picked_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Asked, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("record picked for a call")
        verbose_name_plural = _("records picked for a call")
        indexes = [models.Index(fields=["picked_at"], name="record_check_open", condition=Q(asked_at=None))]

    def __str__(self) -> str:
        return f"{self.record_id}"


class Merit(models.Model):
    """A training or a commendation in a volunteer's record."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="merits")
    kind = models.CharField(max_length=12, choices=MeritKind)
    title = models.CharField(_("what it is called"), max_length=120)
    on = models.DateField(_("on which day"))
    issuer = models.CharField(_("given by"), max_length=80, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by_id = models.BigIntegerField(null=True)
    entered_by_label = models.CharField(max_length=120, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("training or commendation")
        verbose_name_plural = _("trainings and commendations")
        indexes = [models.Index(fields=["volunteer", "-on"], name="merit_volunteer")]

    def __str__(self) -> str:
        return self.title
