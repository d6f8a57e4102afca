"""What a verb on the desk is: when it fits, who may, what is asked, what runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from governance.forms import desk as forms
from governance.lifecycle import FITS
from governance.lifecycle.asking import fits_now
from governance.models import Issue
from neighborhoods.actors import Actor


@dataclass(frozen=True, eq=False)
class StepKind:
    """A verb on the desk. `lifecycle.FITS` says when it fits, `allowed` who may take it then."""

    verb: str
    label: Promise  # on the button
    title: Promise  # over the form
    icon: str
    allowed: Callable[[Actor, Issue], bool]
    form: type[forms.StepForm]
    run: Callable[..., Any]
    done: Promise
    one_press: bool = False
    stops: bool = False  # leaves, refuses or sends back: never the main step, always on its own page first
    rank: int = 50  # the lowest rank that is open is the main step
    ended: Promise | None = None  # said instead of `done` when the step has closed the case
    done_part: Promise | None = None  # said instead of `done` on a part: its resident follows the whole
    needs_consent: bool = False  # not offered where the resident did not agree to publication
    is_read_by_all: bool = False  # what is typed stands on the page of everybody who joined the case
    send: Promise | None = None  # on the button under the form, where it says something else than the way there

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:issue-{self.verb}"

    def fits(self, issue: Issue) -> bool:
        """Whether the case allows it, by its state and by what it waits for, whoever asks."""
        return issue.state in FITS[self.verb] and fits_now(
            self.verb, issue.asked, is_paused=issue.paused_until is not None
        )

    def is_open_to(self, actor: Actor, issue: Issue) -> bool:
        """Fits, and this person may. The service asks again."""
        return self.fits(issue) and self.allowed(actor, issue)
