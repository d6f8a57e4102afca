"""What runs on a clock besides issues: calls of a whistle, and tasks. The ladder and the dated limits are the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.lifecycle.issues import Step, Urgency


class WhistleKind(models.TextChoices):
    """The three occasions of a whistle (docs/glossary.md, "Whistle")."""

    EMERGENCY = "emergency", _("emergency")
    ENFORCEMENT = "enforcement", _("joint enforcement")
    KEY_PROBLEM = "key_problem", _("key problem")


TASK_TRACK = "task"
# For whom a limit or a rung of the ladder holds: the urgency of an issue, the kind of a whistle, or tasks.
TRACKS = [*Urgency.choices, *WhistleKind.choices, (TASK_TRACK, _("task"))]


class DutyStep(models.TextChoices):
    """What a clock of a whistle or a task runs for."""

    SIGN = "sign", _("sign for")
    ARRIVE = "arrive", _("arrive")
    PLAN = "plan", _("plan")
    MEET = "meet", _("meet")
    BACKFILL = "backfill", _("write up afterwards")
    DONE = "done", _("done")
    RULING = "ruling", _("ruling")
    CHECK = "check", _("check")
    RATE = "rate", _("rate")
    REVIEW = "review", _("monthly review")  # of a key problem, by the street, until it is closed


STEPS = [*Step.choices, *((step.value, step.label) for step in DutyStep if step.value not in Step.values)]
