"""Votes: lists of voters, motions, ballots."""

from typing import Any

from governance.lifecycle.meetings import MeetingState
from governance.lifecycle.motions import MOTION_FITS, MotionState
from governance.models import Meeting, Motion
from governance.services.voting.links import vote_token
from governance.views.desk.motions import STEPS as MOTION_STEPS
from governance.views.desk.motions import MotionStep
from governance.views.desk.voters import ONE_PRESS
from tests.access.pages import CONVENERS, EVERYONE, Page, World
from tests.test_policies import VIEWERS
from tests.votes import entry as voter
from tests.votes import held_meeting, make_motion, make_voters
from tests.votes import put as put_motion


def vote_of(world: World, state: MotionState = MotionState.OPEN, *, is_secret: bool = False) -> Motion:
    staff = world.people.community_staff
    meeting = held_meeting(world.district.branch)
    make_voters(meeting, staff)
    return put_motion(make_motion(meeting, staff, is_secret=is_secret), state, world.people)


def voter_token(world: World) -> list[Any]:
    return [vote_token(voter(vote_of(world), 1))]


def voter_token_and_motion(world: World) -> list[Any]:
    return [*voter_token(world), 1]


def published_vote(world: World) -> list[Any]:
    vote = vote_of(world, MotionState.DECIDED)
    at = vote.proposed_at
    Meeting.objects.filter(pk=vote.meeting_id).update(
        state=MeetingState.PUBLISHED, held_at=at, minutes_confirmed_at=at, published_at=at, withdraw_on="2999-01-01"
    )
    return [vote.meeting.number]


def motion_step(step: MotionStep) -> Page:
    """A step of a motion, in the first state it fits."""
    state = MotionState(sorted(MOTION_FITS[step.fits_as])[0])
    is_secret = step.verb == "type-secret"
    return Page(lambda w: [vote_of(w, state, is_secret=is_secret).pk], CONVENERS, VIEWERS)


PAGES: dict[str, Page] = {
    # votes: seen by staff of the place, run by whoever may call the meeting
    "governance:vote": Page(voter_token, EVERYONE, is_public=True, bad_args=["0000-0000-0000"]),
    "governance:vote-cast": Page(voter_token_and_motion, EVERYONE, is_public=True, bad_args=["0000-0000-0000", 1]),
    "governance:vote-receipt": Page(voter_token_and_motion, EVERYONE, is_public=True, bad_args=["0000-0000-0000", 1]),
    "governance:vote-results": Page(published_vote, EVERYONE, is_public=True, bad_args=["ZYH-2026-999999"]),
    "governance:voter-list": Page(lambda w: [vote_of(w).meeting.number], VIEWERS),
    "governance:voter-slips": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-ballots": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-came": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS),
    "governance:voter-renew": Page(lambda w: [vote_of(w).meeting.number, 1], CONVENERS, VIEWERS, method="post"),
    **{
        f"governance:voter-{verb}": Page(lambda w: [vote_of(w).meeting.number], CONVENERS, VIEWERS, method="post")
        for verb in ONE_PRESS
    },
    "governance:motion-detail": Page(lambda w: [vote_of(w).pk], VIEWERS),
    "governance:motion-new": Page(lambda w: [(vote := vote_of(w)).meeting.number, vote.item_id], CONVENERS, VIEWERS),
    "governance:motion-carry": Page(lambda w: [vote_of(w).pk], CONVENERS, VIEWERS, method="post"),
    **{f"governance:motion-{step.verb}": motion_step(step) for step in MOTION_STEPS.values()},
}
