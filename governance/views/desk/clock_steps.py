"""Steps about the clock of a case: let it rest, give more time, ask the resident, set a hard case aside."""

from django.utils.translation import gettext_lazy as _

from governance import policies
from governance.forms import clocks as forms
from governance.forms.desk import StepForm
from governance.services.extensions import ask_extension, decide_extension
from governance.services.parking import park_issue
from governance.services.pauses import ask_pause, decide_pause, resume_clock
from governance.services.questions import ask_resident
from governance.views.desk.step_kind import StepKind

CLOCK_STEPS = (
    StepKind(
        "decide-pause",
        _("Decide about the pause"),
        _("May the clock stand still?"),
        "wait",
        policies.can_decide_pause,
        forms.DecideForm,
        decide_pause,
        _("Decided. The holder reads it on the case."),
        rank=0,
        send=_("Save the decision"),
    ),
    StepKind(
        "decide-extension",
        _("Decide about more time"),
        _("May it take longer?"),
        "clock",
        policies.can_decide_extension,
        forms.DecideForm,
        decide_extension,
        _("Decided. With more time, the resident is told at once."),
        rank=0,
        send=_("Save the decision"),
    ),
    StepKind(
        "resume",
        _("Let the clock go on"),
        _("The clock goes on now"),
        "run",
        policies.can_resume_clock,
        StepForm,
        resume_clock,
        _("The clock runs."),
        one_press=True,
        rank=25,
    ),
    StepKind(
        "ask",
        _("Ask whoever reported it"),
        _("What do you have to know from the resident?"),
        "message",
        policies.can_ask_resident,
        forms.QuestionForm,
        ask_resident,
        _("Asked. The clock rests until the answer, five days at most."),
        rank=31,
        send=_("Send the question"),
    ),
    StepKind(
        "extend",
        _("Ask for more time"),
        _("Why does it take longer?"),
        "clock",
        policies.can_ask_extension,
        forms.ExtendForm,
        ask_extension,
        _("Asked. A level above decides; until then the clock runs."),
        rank=55,
        send=_("Ask for it"),
        is_read_by_all=True,
    ),
    StepKind(
        "pause",
        _("Ask for a pause"),
        _("Why should some days not count?"),
        "idle",
        policies.can_ask_pause,
        forms.PauseForm,
        ask_pause,
        _("Asked. Somebody else decides; until then the clock runs."),
        rank=56,
        send=_("Ask for it"),
    ),
    StepKind(
        "park",
        _("Set it aside"),
        _("Set this hard case aside, openly"),
        "idle",
        policies.can_park_issue,
        forms.ParkForm,
        park_issue,
        _("Set aside. The resident and neighbours read what stands in the way."),
        stops=True,
        rank=72,
        is_read_by_all=True,
    ),
)
