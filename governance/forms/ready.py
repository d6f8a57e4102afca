"""Which form a ready answer is written for; the administration checks its texts against the boxes."""

from governance.forms import clocks, desk, dismissing
from governance.lifecycle.ready import ReadyStep

READY_FORMS: dict[str, type[desk.StepForm]] = {
    ReadyStep.REPLY: desk.ReplyForm,
    ReadyStep.RETURN: desk.ReturnForm,
    ReadyStep.REFUSE: desk.RefuseForm,
    ReadyStep.ASK: clocks.QuestionForm,
    ReadyStep.EXPLAIN: desk.ExplainForm,
    ReadyStep.EXTEND: clocks.ExtendForm,
    ReadyStep.PAUSE: clocks.PauseForm,
    ReadyStep.PARK: clocks.ParkForm,
    ReadyStep.DISMISS: dismissing.DismissForm,
}
