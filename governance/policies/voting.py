"""Who may do what around a vote. Pure: a motion comes with its meeting loaded."""

from governance.lifecycle.meetings import IN_SESSION, MEETING_OPEN, WITH_MINUTES, MeetingState
from governance.lifecycle.motions import MOTION_FITS
from governance.models import EntitledList, Meeting, Motion
from governance.policies.meetings import can_see_meeting, is_officer, is_organizer
from neighborhoods.actors import Actor

# Once its minutes are confirmed, nothing about a meeting's votes changes any more.
BEFORE_MINUTES = MEETING_OPEN - WITH_MINUTES
VOTING = IN_SESSION | {MeetingState.NOTICED}  # a vote by phone and paper may open before people meet


def runs_votes(actor: Actor, meeting: Meeting) -> bool:
    """Whoever may call such a meeting, and its chair and secretary: they keep the list and type the paper ballots."""
    return is_organizer(actor, meeting) or is_officer(actor, meeting)


def can_see_votes(actor: Actor, meeting: Meeting) -> bool:
    """Read motions and sums on the desk."""
    return runs_votes(actor, meeting) or can_see_meeting(actor, meeting)


def can_keep_voters(actor: Actor, meeting: Meeting) -> bool:
    """Write the list of voters, freeze it, note who came, print slips."""
    return meeting.state in BEFORE_MINUTES and runs_votes(actor, meeting)


def can_print_slips(actor: Actor, voters: EntitledList) -> bool:
    """Slips carry personal links, which vote: only while the list is frozen and links open something."""
    return voters.is_frozen and can_keep_voters(actor, voters.meeting)


def can_propose_motion(actor: Actor, meeting: Meeting) -> bool:
    """Write down what somebody moves."""
    return meeting.state in BEFORE_MINUTES and runs_votes(actor, meeting)


def _can(actor: Actor, motion: Motion, step: str) -> bool:
    return (
        motion.state in MOTION_FITS[step]
        and motion.meeting.state in BEFORE_MINUTES
        and runs_votes(actor, motion.meeting)
    )


def can_amend_motion(actor: Actor, motion: Motion) -> bool:
    """Change words, rule or secrecy, before anybody votes."""
    return _can(actor, motion, "amend")


def can_second_motion(actor: Actor, motion: Motion) -> bool:
    """Write down who seconds it."""
    return _can(actor, motion, "second")


def can_withdraw_motion(actor: Actor, motion: Motion) -> bool:
    """Take it back, before anybody votes."""
    return _can(actor, motion, "withdraw")


def can_open_motion(actor: Actor, motion: Motion) -> bool:
    """Let people vote: once the meeting has been announced."""
    return motion.meeting.state in VOTING and _can(actor, motion, "open")


def can_type_ballots(actor: Actor, motion: Motion) -> bool:
    """Enter paper ballots."""
    return _can(actor, motion, "cast")


def can_close_motion(actor: Actor, motion: Motion) -> bool:
    """End the voting."""
    return _can(actor, motion, "close")


def can_decide_motion(actor: Actor, motion: Motion) -> bool:
    """Do the first count."""
    return _can(actor, motion, "decide")


def can_ask_recount(actor: Actor, motion: Motion) -> bool:
    """Have somebody else count again."""
    return _can(actor, motion, "ask-recount")


def can_recount_motion(actor: Actor, motion: Motion) -> bool:
    """Count again; never whoever has counted before (the service knows who)."""
    return _can(actor, motion, "recount")


def can_void_motion(actor: Actor, motion: Motion) -> bool:
    """Declare the vote void, with a reason."""
    return _can(actor, motion, "void")
