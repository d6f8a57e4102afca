"""Clocks and what their running out caused."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.lifecycle import NOT_ENDED, ClockState, Step, Target
from governance.models.issues import Issue
from governance.models.reference import LimitVersion
from governance.querysets import ClockQuerySet


class StepClock(models.Model):
    """One limit of one thing. Written when it happens, never recomputed by a view."""

    version = models.ForeignKey(LimitVersion, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=ClockState, default=ClockState.RUNNING)
    paused_seconds = models.PositiveIntegerField(default=0)
    is_unconfirmed = models.BooleanField(default=False)  # the holidays of the due year were not announced yet
    next_rung = models.PositiveSmallIntegerField(default=1)
    next_rung_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


ENDED_ONCE = Q(state__in=list(NOT_ENDED), ended_at=None) | Q(
    state__in=[ClockState.MET, ClockState.MISSED, ClockState.VOID], ended_at__isnull=False
)


class Clock(StepClock):
    """One limit of one issue."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="clocks")
    step = models.CharField(_("step"), max_length=10, choices=Step)
    version = models.ForeignKey(LimitVersion, on_delete=models.PROTECT, related_name="+")

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "step"], name="clock_one_running", condition=Q(state__in=list(NOT_ENDED))
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_forward"),
            models.CheckConstraint(condition=ENDED_ONCE, name="clock_ended_once"),
        ]
        indexes = [
            models.Index(fields=["next_rung_at", "id"], name="clock_rung_due", condition=Q(state=ClockState.RUNNING)),
            models.Index(fields=["issue", "id"], name="clock_issue"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.step}"


class ClockPause(models.Model):
    """A stretch that does not count: asked by one person, approved by another, with an end."""

    class Reason(models.TextChoices):
        """Why time does not count (docs/lifecycle.md, "Pause"); there are no others."""

        REQUESTER = "requester", _("waiting for whoever asked")
        WEATHER = "weather", _("weather")
        LEGAL_NOTICE = "legal_notice", _("legal notice period")

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=15, choices=Reason)
    note = models.CharField(max_length=200, blank=True, default="")
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)  # empty until somebody else agrees
    decided_at = models.DateTimeField(null=True)  # agreed or refused
    starts_at = models.DateTimeField(null=True)  # when it was agreed
    ends_at = models.DateTimeField()  # moved forward when the clock goes on earlier
    is_over = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by_id=F("approved_by_id")), name="pause_second_person"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="pause_has_end"),
            models.UniqueConstraint(fields=["clock"], condition=Q(is_over=False), name="pause_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["ends_at", "id"], name="pause_ending", condition=Q(is_over=False))]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"


class Escalation(models.Model):
    """A rung that was climbed. Unique per clock and rung, so a sweep that runs twice does it once."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="escalations")
    rung = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=15, choices=Target)
    level = models.SmallIntegerField(null=True)  # Level told, for level_up, street and district
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.rung}"
