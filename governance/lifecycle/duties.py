"""What runs on a clock besides issues: calls of a whistle, tasks, matters. Ladder and dated limits are the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.lifecycle.issues import Step, Urgency


class WhistleKind(models.TextChoices):
    """The three occasions of a whistle (docs/glossary.md, "Whistle")."""

    EMERGENCY = "emergency", _("emergency")
    ENFORCEMENT = "enforcement", _("joint enforcement")
    KEY_PROBLEM = "key_problem", _("key problem")


TASK_TRACK, MATTER_TRACK = "task", "matter"
# For whom a limit or a rung of the ladder holds: the urgency of an issue, the kind of a whistle, tasks, or matters.
TRACKS = [*Urgency.choices, *WhistleKind.choices, (TASK_TRACK, _("task")), (MATTER_TRACK, _("matter"))]


class DutyStep(models.TextChoices):
    """What a clock of a whistle, a task or a matter runs for."""

    SIGN = "sign", _("sign for")
    ARRIVE = "arrive", _("arrive")
    PLAN = "plan", _("plan")
    MEET = "meet", _("meet")
    BACKFILL = "backfill", _("write up afterwards")
    DONE = "done", _("done")
    RULING = "ruling", _("ruling")
    CHECK = "check", _("check")
    FILE = "file", pgettext_lazy("clock", "file")
    SEND = "send", pgettext_lazy("clock", "dispatch")
    CLOSE = "close", pgettext_lazy("clock", "close")
    RATE = "rate", _("rate")
    REVIEW = "review", _("monthly review")  # of a key problem, by the street, until it is closed


STEPS = [*Step.choices, *((step.value, step.label) for step in DutyStep if step.value not in Step.values)]
