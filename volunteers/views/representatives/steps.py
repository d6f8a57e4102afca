"""The steps of a term: who may take each, what it asks, which service it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from neighborhoods.actors import Actor
from volunteers.forms import representatives as asked
from volunteers.lifecycle.representatives import REPRESENTATIVE_FITS
from volunteers.models import Representative
from volunteers.policies import links as link_policies
from volunteers.policies import representatives as policies
from volunteers.policies.incentives import can_propose
from volunteers.services.representatives import links, nominating, terms
from volunteers.services.representatives.incentives import propose_incentive


@dataclass(frozen=True)
class TermStep:
    """A verb. `REPRESENTATIVE_FITS` says when it fits, `allowed` who may take it then; the service asks again."""

    verb: str
    label: Promise
    icon: str
    allowed: Callable[[Actor, Representative], bool]
    form: type[asked.StepForm]
    run: Callable[..., Any]
    stops: bool = False

    def is_open_to(self, actor: Actor, term: Representative) -> bool:
        """Fits, and this person may."""
        return term.state in REPRESENTATIVE_FITS[self.verb] and self.allowed(actor, term)

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"volunteers:representative-{self.verb}"


_P = policies
STEPS: dict[str, TermStep] = {
    step.verb: step
    for step in (
        TermStep(
            "approve",
            _("Say yes for the Party organisation"),
            "flag",
            _P.can_approve,
            asked.ApproveForm,
            nominating.approve,
        ),
        TermStep(
            "agree", _("Write down that residents agree"), "people", _P.can_agree, asked.AgreeForm, nominating.agree
        ),
        TermStep("notice", _("Hang the name out for seven days"), "eye", _P.can_notice, asked.StepForm, terms.notice),
        TermStep("settle", _("Answer an objection"), "message", _P.can_settle, asked.SettleForm, terms.settle),
        TermStep("activate", _("Begin the term"), "done", _P.can_activate, asked.StepForm, terms.activate),
        TermStep("resume", _("Let the term go on"), "run", _P.can_resume, asked.StepForm, terms.resume),
        TermStep("train", _("Write down a training"), "doc", _P.can_train, asked.TrainForm, terms.train),
        TermStep(
            "reward",
            _("Propose a reward"),
            "heart",
            can_propose,
            asked.RewardForm,
            propose_incentive,
        ),
        TermStep("reach", _("How neighbours reach them"), "phone", _P.can_set_reach, asked.ReachForm, terms.set_reach),
        TermStep(
            "hand-over",
            _("Hand all households over"),
            "swap",
            link_policies.can_hand_over,
            asked.HandOverForm,
            links.hand_over,
        ),
        TermStep(
            "suspend", _("Let the term rest"), "stop", _P.can_suspend, asked.ReasonForm, terms.suspend, stops=True
        ),
        TermStep("end", _("End it"), "x", _P.can_end, asked.EndForm, terms.end, stops=True),
    )
}
