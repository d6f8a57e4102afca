"""The steps of a meeting as buttons: when they fit, who may take them, what they run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.forms import meetings as forms
from governance.lifecycle.meetings import MEETING_FITS
from governance.models import Meeting
from governance.policies import meetings as policies
from governance.services.meetings import agenda, minutes, notices, planning, results, roll, session
from governance.services.meetings.roll import DOOR_OPENS
from neighborhoods.actors import Actor

Allowed = Callable[[Actor, Meeting, str], bool]


@dataclass(frozen=True, eq=False)
class MeetingStep:
    """A verb on the desk. `MEETING_FITS` says when it fits, `allowed` who may take it then."""

    verb: str
    label: Promise
    icon: str
    run: Callable[..., Any]
    done: Promise
    form: type[forms.MeetingStepForm] = forms.MeetingStepForm
    allowed: Allowed = policies.can_organize_meeting
    one_press: bool = False
    stops: bool = False
    rank: int = 50  # the lowest rank that is open is the main step
    hint: Promise | None = None
    opens: timedelta | None = None  # from when, before it begins, it is taken at all

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"governance:meeting-{self.verb}"

    def is_open_to(self, actor: Actor, meeting: Meeting) -> bool:
        """Fits, and this person may. The service asks again."""
        early = self.opens is not None and timezone.now() < meeting.starts_at - self.opens
        return meeting.state in MEETING_FITS[self.verb] and not early and self.allowed(actor, meeting, self.verb)


MEETING_STEPS: dict[str, MeetingStep] = {
    step.verb: step
    for step in (
        MeetingStep(
            "screen",
            _("The topics are chosen"),
            "check",
            agenda.screen_meeting,
            _("Topics chosen. Announce it in time."),
            one_press=True,
            rank=3,
        ),
        MeetingStep(
            "notice",
            _("Announce it"),
            "bell",
            notices.announce_meeting,
            _("Announced. Print the notice and hang it up."),
            rank=2,
            hint=_("Everybody may read time, place and agenda from now on. Once announced, the agenda stays."),
        ),
        MeetingStep(
            "hold",
            _("Open the meeting"),
            "run",
            session.hold_meeting,
            _("In session. Write the minutes as you go."),
            allowed=policies.can_lead_session,
            one_press=True,
            rank=2,
            opens=DOOR_OPENS,
        ),
        MeetingStep(
            "adjourn",
            _("End the meeting"),
            "idle",
            session.adjourn_meeting,
            _("Ended. Finish the minutes; the chair confirms them."),
            allowed=policies.can_lead_session,
            one_press=True,
            rank=6,
        ),
        MeetingStep(
            "confirm",
            _("Confirm the minutes"),
            "lock",
            minutes.confirm_minutes,
            _("Confirmed and frozen."),
            allowed=policies.can_confirm_minutes,
            rank=1,
            hint=_("Read them first. Confirmed minutes are frozen; what is wrong afterwards needs a new version."),
        ),
        MeetingStep(
            "publish",
            _("Publish the result"),
            "eye",
            results.publish_result,
            _("Published. Whoever proposed a topic is told."),
            forms.PublishForm,
            rank=1,
            hint=_("Everybody reads this. Phone and ID numbers are struck out; names go by a correction."),
        ),
        MeetingStep(
            "follow",
            _("Follow it up"),
            "run",
            results.follow_up_meeting,
            _("Noted beside the result."),
            forms.FollowForm,
            rank=4,
        ),
        MeetingStep(
            "close",
            pgettext_lazy("meeting", "File it"),
            "doc",
            results.close_meeting,
            _("Filed."),
            one_press=True,
            rank=8,
        ),
        MeetingStep(
            "again",
            _("Hold it again"),
            "again",
            session.reschedule_meeting,
            _("A new meeting has taken over the agenda. Announce it."),
            forms.AgainForm,
            rank=1,
        ),
        MeetingStep(
            "invite",
            _("Invite people"),
            "people",
            roll.invite,
            _("Invited."),
            forms.InviteForm,
            rank=20,
        ),
        MeetingStep(
            "edit",
            _("Change the plan"),
            "write",
            planning.edit_meeting,
            _("Changed."),
            forms.PlanForm,
            rank=21,
        ),
        MeetingStep(
            "officers",
            _("Chair and secretary"),
            "person",
            planning.set_officers,
            _("Changed."),
            forms.OfficersForm,
            rank=22,
        ),
        MeetingStep(
            "move",
            pgettext_lazy("meeting", "Move it"),
            "swap",
            notices.move_announced_meeting,
            _("Moved. The new notice is out; print it and hang it up."),
            forms.MoveForm,
            rank=30,
            hint=_("A new notice goes out, so the days of notice are counted again."),
        ),
        MeetingStep(
            "few",
            _("Too few came"),
            "idle",
            session.declare_not_quorate,
            _("Noted. Hold it again another day."),
            forms.FewForm,
            policies.can_lead_session,
            stops=True,
            rank=31,
            opens=timedelta(),
        ),
        MeetingStep(
            "correct",
            _("Correct the minutes"),
            "write",
            minutes.start_correction,
            _("Write the correction now; the chair confirms it."),
            forms.CorrectForm,
            policies.can_write_minutes,
            rank=32,
        ),
        MeetingStep(
            "cancel",
            pgettext_lazy("meeting", "Cancel it"),
            "x",
            planning.cancel_meeting,
            _("Cancelled. Its topics wait for another meeting."),
            forms.CancelForm,
            stops=True,
            rank=40,
        ),
    )
}


@dataclass(frozen=True)
class Button:
    """A step that is open to this person now."""

    step: MeetingStep
    is_main: bool


def open_meeting_steps(actor: Actor, meeting: Meeting, *, has_draft: bool) -> list[Button]:
    """In the order of rank; one main step at most. Without a draft there is nothing to confirm."""
    steps = [step for step in MEETING_STEPS.values() if step.is_open_to(actor, meeting)]
    if not has_draft:
        steps = [step for step in steps if step.verb != "confirm"]
    else:
        steps = [step for step in steps if step.verb != "correct"]
    steps.sort(key=lambda step: step.rank)
    return [Button(step, index == 0 and step.rank < 20) for index, step in enumerate(steps)]
