"""The steps of a matter as buttons: which there are, who may, and what they run."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.forms import matters as forms
from governance.lifecycle.matters import MATTER_FITS
from governance.models import Matter
from governance.policies import matters as policies
from governance.services.matters import around, collecting, handling
from neighborhoods.actors import Actor


@dataclass(frozen=True)
class MatterStep:
    """A verb. `lifecycle.matters.MATTER_FITS` says when it fits, `allowed` who may take it then."""

    verb: str
    label: Promise
    icon: str
    allowed: Callable[[Actor, Matter], bool]
    form: type[forms.MatterStepForm]
    run: Callable[..., Matter]
    done: Promise
    is_main: bool = True  # one of the seven steps
    stops: bool = False

    def fits(self, matter: Matter) -> bool:
        """Whether the state allows it, whoever asks."""
        return matter.state in MATTER_FITS[self.verb]

    def is_open_to(self, actor: Actor, matter: Matter) -> bool:
        """Fits, and this person may. The service asks again."""
        return self.fits(matter) and self.allowed(actor, matter)

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:matter-{self.verb}"


_S = MatterStep
STEPS: dict[str, MatterStep] = {
    step.verb: step
    for step in (
        _S(
            "file", _("File it"), "doc", policies.can_file_matter, forms.NoteForm,
            collecting.file_matter, _("Filed. Give it to somebody now."),
        ),
        _S(
            "dispatch", _("Give it out"), "go", policies.can_dispatch_matter, forms.DispatchForm,
            collecting.dispatch_matter, _("Given out. Whoever does it has been told."),
        ),
        _S(
            "handle", _("Say what was done"), "hand", policies.can_handle_matter, forms.HandleForm,
            handling.handle_matter, _("Saved. Report back how it is now."),
        ),
        _S(
            "report", pgettext_lazy("button of a matter", "Report back"), "message", policies.can_report_matter,
            forms.ReportForm, handling.report_matter, _("Thank you. Somebody else looks at it now."),
        ),
        _S(
            "check", _("Look at it"), "eye", policies.can_check_matter, forms.CheckForm,
            handling.check_matter, _("Saved. Whoever did it has been told."),
        ),
        _S(
            "close", _("Close it"), "done", policies.can_close_matter, forms.NoteForm,
            handling.close_matter, _("Closed."),
        ),
        _S(
            "redispatch", _("Give it to somebody else"), "swap", policies.can_redispatch_matter, forms.RedispatchForm,
            collecting.redispatch_matter, _("Given out. Whoever does it has been told."), is_main=False,
        ),
        _S(
            "help", _("Write down who helped"), "people", policies.can_help_matter, forms.HelpForm,
            around.help_matter, _("Written down."), is_main=False,
        ),
        _S(
            "link", _("Link a request"), "link", policies.can_link_matter, forms.LinkForm,
            around.link_matter, _("Linked."), is_main=False,
        ),
        _S(
            "not-file", _("Do not file it"), "x", policies.can_leave_matter, forms.LeaveForm,
            collecting.leave_matter, _("Not filed. Whoever collected it has been told why."), is_main=False, stops=True,
        ),
    )
}  # fmt: skip
