"""Tasks, and the clocks of everything that is not an issue."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from core.models import Attachment
from governance.lifecycle import NOT_ENDED, ClockState, Target
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.tasks import TASK_FINAL, TASK_LOOKS, TASK_MOVES, TaskState
from governance.models.clocks import ENDED_ONCE, StepClock
from governance.models.issues import Issue
from governance.models.matters import Matter
from governance.models.whistles import Call, Whistle
from governance.querysets import TaskQuerySet
from neighborhoods.models import Area, AreaStamped, PartnerUnit, Post

_FINAL_VALUES = sorted(TASK_FINAL)


class Task(AreaStamped):
    """What a desk or a unit is to do by a day: resolved by a meeting or a whistle, or given by foresight."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("what is to be done"), max_length=120)
    text = models.TextField(_("more about it"), blank=True, default="")
    proof_wanted = models.CharField(_("how one sees that it is done"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.GIVEN)
    holder_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    holder_unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="tasks")
    owner_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="tasks")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="tasks")  # whose residents hear
    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, null=True, related_name="tasks")  # that decided it
    resolution = models.ForeignKey("governance.Resolution", on_delete=models.PROTECT, null=True, related_name="tasks")
    given_at = models.DateTimeField()
    given_by_id = models.BigIntegerField(null=True)  # empty: by a rule (foresight)
    given_by_label = models.CharField(max_length=120)
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(null=True)
    claimed_by_id = models.BigIntegerField(null=True)
    result = models.TextField(blank=True, default="")  # what was done, as the owner says
    checked_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    escalated_level = models.SmallIntegerField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gte=F("given_at")), name="task_due_later"),
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="task_closed_once",
            ),
            models.CheckConstraint(condition=~Q(claimed_by_id=F("checked_by_id")), name="task_second_person"),
        ]
        indexes = [
            models.Index(fields=["community_id", "due_at", "id"], name="task_community", condition=Q(closed_at=None)),
            models.Index(fields=["street_id", "due_at", "id"], name="task_street", condition=Q(closed_at=None)),
            models.Index(fields=["grid_id", "due_at", "id"], name="task_grid", condition=Q(closed_at=None)),
            models.Index(fields=["holder_unit", "due_at", "id"], name="task_unit", condition=Q(closed_at=None)),
            models.Index(fields=["street_id", "-given_at", "-id"], name="task_street_all"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Not done and not called off."""
        return self.closed_at is None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return TASK_LOOKS[TaskState(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(TaskState(self.state).label)

    @property
    def holder_name(self) -> str:
        """Whose it is."""
        return self.holder_unit.short_name if self.holder_unit else self.holder_area.name

    def can_move_to(self, state: TaskState) -> bool:
        """Whether the lifecycle knows this move."""
        return state in TASK_MOVES[TaskState(self.state)]


class TaskLine(models.Model):
    """A line of a task's history. Inserted only."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.tasks
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    from_state = models.CharField(max_length=10, choices=TaskState, blank=True, default="")
    to_state = models.CharField(max_length=10, choices=TaskState, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a task")
        verbose_name_plural = _("lines of tasks")
        indexes = [models.Index(fields=["task", "at", "id"], name="task_line_at")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.kind}"


class TaskMilestone(models.Model):
    """A step on the way of a task, with a day of its own. Not a limit: the ladder climbs for the task."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(_("what is reached"), max_length=120)
    due_on = models.DateField(_("by which day"))
    reached_at = models.DateTimeField(null=True)
    reached_by_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("milestone of a task")
        verbose_name_plural = _("milestones of tasks")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_on}"


class TaskPhoto(models.Model):
    """Proof that a task was done; never compulsory."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="photos")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="task_photo")

    class Meta:
        verbose_name = _("photo of a task")
        verbose_name_plural = _("photos of tasks")

    def __str__(self) -> str:
        return f"{self.task_id} {self.attachment_id}"


class DutyClock(StepClock):
    """One limit of one task, of a matter, of a whistle, or of one unit it calls (docs/lifecycle.md)."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="clocks")
    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, null=True, related_name="clocks")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="clocks")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="clocks")
    step = models.CharField(_("step"), max_length=10, choices=DutyStep)

    class Meta:
        verbose_name = _("clock of a duty")
        verbose_name_plural = _("clocks of duties")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "step"], name="duty_task_one_running", condition=Q(state__in=list(NOT_ENDED))
            ),
            models.UniqueConstraint(
                fields=["whistle", "step"], name="duty_whistle_one_running", condition=Q(state__in=list(NOT_ENDED))
            ),
            models.UniqueConstraint(
                fields=["call", "step"], name="duty_call_one_running", condition=Q(state__in=list(NOT_ENDED))
            ),
            models.UniqueConstraint(
                fields=["matter", "step"], name="duty_matter_one_running", condition=Q(state__in=list(NOT_ENDED))
            ),
            models.CheckConstraint(
                condition=Q(task__isnull=False, whistle=None, call=None, matter=None)
                | Q(task=None, whistle__isnull=False, call=None, matter=None)
                | Q(task=None, whistle=None, call__isnull=False, matter=None)
                | Q(task=None, whistle=None, call=None, matter__isnull=False),
                name="duty_one_owner",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="duty_forward"),
            models.CheckConstraint(condition=ENDED_ONCE, name="duty_ended_once"),
        ]
        indexes = [
            models.Index(fields=["next_rung_at", "id"], name="duty_rung_due", condition=Q(state=ClockState.RUNNING)),
            models.Index(fields=["task", "id"], name="duty_task", condition=Q(task__isnull=False)),
            models.Index(fields=["whistle", "id"], name="duty_whistle", condition=Q(whistle__isnull=False)),
            models.Index(fields=["call", "id"], name="duty_call", condition=Q(call__isnull=False)),
            models.Index(fields=["matter", "id"], name="duty_matter", condition=Q(matter__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.task_id or self.whistle_id or self.call_id or self.matter_id} {self.step}"


class DutyEscalation(models.Model):
    """A rung climbed by the clock of a duty. Unique, so a sweep that runs twice does it once."""

    clock = models.ForeignKey(DutyClock, on_delete=models.PROTECT, related_name="escalations")
    rung = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=15, choices=Target)
    level = models.SmallIntegerField(null=True)  # Level told, for level_up, street and district
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation of a duty")
        verbose_name_plural = _("escalations of duties")
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="duty_escalation_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.rung}"
