"""Steps about unreasonable requests: propose, decide as a second person, decide an appeal as a third."""

from django.utils.translation import gettext_lazy as _

from governance import policies
from governance.forms import dismissing as forms
from governance.forms.clocks import DecideForm
from governance.services.appeals import decide_appeal
from governance.services.dismissing import decide_dismissal, propose_dismissal
from governance.views.desk.step_kind import StepKind

DISMISSAL_STEPS = (
    StepKind(
        "dismiss",
        _("Propose to dismiss it"),
        _("Why is this request unreasonable?"),
        "x",
        policies.can_dismiss_issue,
        forms.DismissForm,
        propose_dismissal,
        _("Proposed. Somebody of the street decides; until then work goes on."),
        stops=True,
        rank=73,
        send=_("Propose to dismiss"),
    ),
    StepKind(
        "decide-dismissal",
        _("Decide about the dismissal"),
        _("Is this request unreasonable?"),
        "x",
        policies.can_decide_dismissal,
        DecideForm,
        decide_dismissal,
        _("Decided. The holder reads it on the case."),
        rank=0,
        send=_("Save the decision"),
        ended=_("Dismissed. The resident reads why, and may appeal for 15 days."),
    ),
    StepKind(
        "decide-appeal",
        _("Decide the appeal"),
        _("Does the decision stand?"),
        "flag",
        policies.can_decide_appeal,
        forms.DecideAppealForm,
        decide_appeal,
        _("Decided. The case goes back to work."),
        rank=0,
        send=_("Save the decision"),
        ended=_("Decided. The resident reads why."),
        is_read_by_all=True,
    ),
)
