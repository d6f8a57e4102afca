"""Steps of hard cases: joined, split, under supervision, parked."""

from django.utils.translation import gettext_lazy as _

from governance import policies
from governance.forms import hard as forms
from governance.forms.desk import CallBackForm
from governance.services.merging import merge_issue, record_voice, split_off
from governance.services.parked import note_parked, review_parked
from governance.services.parts import split_issue
from governance.services.supervision import end_order, order_supervision, report_order
from governance.views.desk.step_kind import StepKind

HARD_STEPS = (
    StepKind(
        "merge",
        _("Join with the same case"),
        _("With which case is it handled together?"),
        "merge",
        policies.can_merge_issue,
        forms.MergeForm,
        merge_issue,
        _("Joined. Whoever asked gets the answer too."),
        rank=41,
        send=_("Join"),
    ),
    StepKind(
        "split-off",
        _("Take it apart again"),
        _("Handle this case by itself again"),
        "return",
        policies.can_split_off_issue,
        forms.SplitOffForm,
        split_off,
        _("It is open by itself again. Its time counts from its own day."),
        rank=42,
    ),
    StepKind(
        "voice",
        _("Call back"),
        _("Ask this resident too"),
        "phone",
        policies.can_call_voice,
        CallBackForm,
        record_voice,
        _("Noted beside their report."),
        rank=7,
        send=_("Save the answer"),
    ),
    StepKind(
        "split",
        _("Split among units"),
        _("Who does which part?"),
        "split",
        policies.can_split_issue,
        forms.SplitForm,
        split_issue,
        _("Split. Each part runs on its own clock; you write the one answer."),
        rank=43,
        send=_("Split it"),
    ),
    StepKind(
        "order-end",
        _("Read the report"),
        _("Is the report enough?"),
        "eye",
        policies.can_end_order,
        forms.EndOrderForm,
        end_order,
        _("Saved. The holder reads it."),
        rank=8,
        send=_("Save the decision"),
    ),
    StepKind(
        "order-report",
        _("Report to the supervisor"),
        _("Report on this case"),
        "message",
        policies.can_report_order,
        forms.ReportForm,
        report_order,
        _("Reported. The supervisor reads it next."),
        rank=25,
        send=_("Send the report"),
    ),
    StepKind(
        "order",
        _("Order supervision"),
        _("Who sees to it, and until when?"),
        "flag",
        policies.can_order_issue,
        forms.OrderForm,
        order_supervision,
        _("Ordered. The holder is told."),
        rank=63,
        send=_("Order it"),
    ),
    StepKind(
        "park-note",
        _("Write the note of the month"),
        _("How does this case stand?"),
        "write",
        policies.can_note_parked,
        forms.ParkedNoteForm,
        note_parked,
        _("Written. Everybody reads it; the next one is due in 30 days."),
        rank=8,
        send=_("Publish the note"),
        is_read_by_all=True,
    ),
    StepKind(
        "park-review",
        _("Review of the quarter"),
        _("Must it stay parked?"),
        "eye",
        policies.can_review_parked,
        forms.ParkedNoteForm,
        review_parked,
        _("Reviewed. The next review is due in 90 days."),
        rank=9,
        send=_("It stays parked"),
    ),
)
