"""What volunteers do together: activities, their shifts, and who comes."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from core.masking import mask_text
from neighborhoods.models import AreaStamped, PartnerUnit
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.activities import (
    ACTIVITY_FINAL,
    ACTIVITY_LOOKS,
    SEAT_LOOKS,
    ActivityState,
    How,
    SeatState,
)
from volunteers.models.teams import Team
from volunteers.models.volunteers import Volunteer

_FINAL_VALUES = sorted(ACTIVITY_FINAL)


class Span(Func):
    """The stretch of time of a row: from the first moment to just before the last, so that one may follow another."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def span(begins: str, ends: str) -> Span:
    """For a constraint that forbids overlapping stretches."""
    return Span(begins, ends, RangeBoundary())


class Activity(AreaStamped):
    """Something volunteers do in a place, once or on many days: every day or hour is a shift."""

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=80)
    text = models.CharField(_("what is to be done"), max_length=1000, blank=True, default="")
    place_note = models.CharField(_("where people meet"), max_length=120, blank=True, default="")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="activities")
    lead = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="leads_activities")
    partners = models.ManyToManyField(PartnerUnit, related_name="+", blank=True)  # co-hosts: a joint activity
    is_hard = models.BooleanField(_("hard service"), default=False)  # read by the rules of points
    needs_insurance = models.BooleanField(_("only with insurance"), default=False)
    min_age = models.PositiveSmallIntegerField(_("at least so old"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=ActivityState, default=ActivityState.DRAFT)
    planned_at = models.DateTimeField()
    planned_by_id = models.BigIntegerField(null=True)
    planned_by_label = models.CharField(max_length=120, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")  # why it was called off

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="activity_closed",
            ),
        ]
        indexes = [models.Index(fields=["community_id", "state", "-id"], name="activity_community")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Not over and not called off."""
        return self.closed_at is None

    @property
    def shown_text(self) -> str:
        """What everybody may read: without phone numbers, doors and names."""
        return mask_text(self.text, for_neighbours=True)

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return ACTIVITY_LOOKS[ActivityState(self.state)]


class Series(models.Model):
    """A rule by which an activity has shifts every week. Shifts with sign-ups, and past ones, never follow it."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="series")
    weekdays = models.CharField(max_length=7)  # digits, 1 is Monday
    begins = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        verbose_name = _("series of shifts")
        verbose_name_plural = _("series of shifts")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="series_ends_later"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="series_until_later"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.weekdays}"


class Shift(models.Model):
    """When somebody comes: from, until, for how many."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="shifts")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)  # how many are signed up
    lead = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="leads_shifts")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "shift")
        verbose_name_plural = pgettext_lazy("volunteers", "shifts")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_later"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="shift_seats"),
            models.UniqueConstraint(
                fields=["activity", "starts_at"], condition=Q(cancelled_at=None), name="shift_once_a_time"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="shift_starts", condition=Q(cancelled_at=None))]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.starts_at}"

    @property
    def free(self) -> int:
        """Seats left."""
        return self.capacity - self.taken

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def has_begun(self, at: datetime) -> bool:
        """Whether it runs or is over."""
        return self.starts_at <= at


class SignUp(models.Model):
    """Somebody's seat in a shift, or place on its waiting list; and when they came and went."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="sign_ups")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="sign_ups")
    state = models.CharField(max_length=10, choices=SeatState)
    starts_at = models.DateTimeField()  # of the shift, for the constraint below
    ends_at = models.DateTimeField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    moved_up_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    came_how = models.CharField(max_length=5, choices=How, blank=True, default="")
    went_at = models.DateTimeField(null=True)
    went_how = models.CharField(max_length=5, choices=How, blank=True, default="")

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            models.UniqueConstraint(fields=["shift", "volunteer"], name="sign_up_once"),
            models.CheckConstraint(
                condition=Q(went_at=None) | Q(came_at__isnull=False, went_at__gte=F("came_at")), name="sign_up_went"
            ),
            models.CheckConstraint(condition=Q(came_at=None) | Q(state=SeatState.BOOKED), name="sign_up_came"),
            # a seat in two shifts at once is impossible, whoever asks and however fast
            ExclusionConstraint(
                name="sign_up_no_clash",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=SeatState.BOOKED),
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "-starts_at"], name="sign_up_volunteer"),
            models.Index(
                fields=["ends_at"], name="sign_up_forgotten", condition=Q(came_at__isnull=False, went_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.volunteer_id}"

    @property
    def number(self) -> str:
        """What a notice calls it."""
        return self.shift.activity.number

    @property
    def is_open(self) -> bool:
        """A seat or a place on the waiting list."""
        return self.cancelled_at is None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return SEAT_LOOKS[SeatState(self.state)]
