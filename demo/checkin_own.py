"""The log-in that has checked in: a representative with services at home and a page for the employer."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from core.calendar import CHINA
from demo.cast import Cast
from demo.checkins import CheckInBook
from neighborhoods.actors import Actor
from neighborhoods.models import Area, Resident
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from volunteers.lifecycle.feedback import year_in_window
from volunteers.models import CheckIn, ServiceRecord, Volunteer
from volunteers.services.activities import planning
from volunteers.services.activities.planning import Plan
from volunteers.services.checkins import applying, feedback, pledges, posts
from volunteers.services.checkins.applying import Facts, due_from
from volunteers.services.checkins.pledges import Promise
from volunteers.services.records import confirming, proposing
from volunteers.services.records.proposing import Stretch

SERVICES = (("国家安全日普法", (4, 9)), ("暑期青少年课堂", (7, 8)))  # of last year, with their months


def who(cast: Cast, key: str) -> Actor:
    """With the grants of the posts, as somebody signed in has them."""
    return actor_for(User.objects.get(pk=cast.people[key].user_id or 0))


def play_own_checkin(cast: Cast, branch: Area, post_id: int) -> None:
    """The representative of the log-ins has been checked in since last year, with services, a post and a pledge."""
    user = User.objects.filter(email__startswith="representative@").first() or User.objects.order_by("pk")[0]
    resident = residents.register_self(user=user, facts=PersonFacts(user.name), area=branch)
    if resident.branch_id != branch.pk:
        return
    own, secretary = actor_for(user), who(cast, f"branch_secretary:{branch.code}:0")
    offer = Facts("示例第三中学", ("teaching", "talking"), ("saturday", "evening"), agrees=True)
    checkin = applying.apply(actor=own, resident_id=resident.pk, facts=offer)
    applying.accept(checkin_id=checkin.pk, actor=secretary)
    posts.take_post(post_id=post_id, checkin_id=checkin.pk, actor=own)
    year = timezone.localdate().year
    _since_last_year(checkin, datetime(year - 1, 2, 20, 9, tzinfo=CHINA))
    _services(cast, branch, resident, year)
    _pages_for_employer(cast, branch, CheckIn.objects.get(pk=checkin.pk), own)
    promise = Promise(
        "每个周六上午在议事亭听邻居说事", timezone.localdate() + timedelta(days=60), post_id, consents=True
    )
    made = pledges.offer_pledge(checkin_id=checkin.pk, actor=own, promise=promise)
    pledges.show(pledge_id=made.pk, actor=secretary)


def _since_last_year(checkin: CheckIn, at: datetime) -> None:
    """What was done a moment ago was done then."""
    a_day = timedelta(days=1)
    CheckIn.objects.filter(pk=checkin.pk).update(
        applied_at=at, due_at=due_from(at), accepted_at=at + a_day, began_at=at + 2 * a_day, agreed_at=at
    )
    checkin.takings.update(taken_at=at + 2 * a_day)
    for days, line in enumerate(checkin.lines.order_by("pk")):
        checkin.lines.filter(pk=line.pk).update(at=at + days * a_day)


def _services(cast: Cast, branch: Area, resident: Resident, year: int) -> None:
    """Proposed and confirmed like all others; then those of last year are moved to their day."""
    staff, lead = (
        who(cast, f"community_staff:{branch.code[:12]}:1"),
        who(cast, f"community_secretary:{branch.code[:12]}:0"),
    )
    entry = Volunteer.objects.get(resident=resident)
    Volunteer.objects.filter(pk=entry.pk).update(
        applied_at=datetime(year - 1, 1, 10, 9, tzinfo=CHINA), verified_at=datetime(year - 1, 1, 11, 9, tzinfo=CHINA)
    )
    begins = datetime.combine(timezone.localdate() - timedelta(days=5), time(7), CHINA)
    for title, months in SERVICES:
        found = planning.plan_activity(actor=staff, area=branch, plan=Plan(title))
        for month in months:
            stretch = Stretch(begins, begins + timedelta(minutes=90), title)
            made = proposing.propose(actor=staff, volunteer_id=entry.pk, activity_id=found.pk, stretch=stretch)
            confirming.confirm(record_id=made.pk, actor=lead)
            then = datetime(year - 1, month, 18, 19, tzinfo=CHINA)
            ServiceRecord.objects.filter(pk=made.pk).update(
                starts_at=then,
                ends_at=then + timedelta(minutes=90),
                proposed_at=then + timedelta(days=1),
                confirmed_at=then + timedelta(days=2),
            )


def _pages_for_employer(cast: Cast, branch: Area, checkin: CheckIn, own: Actor) -> None:
    """Last year's; in the weeks in which pages are drawn up this year's as well, by its own steps."""
    year = timezone.localdate().year
    CheckInBook(cast).write_own(checkin, own, year - 1)
    if year_in_window(timezone.localdate()) == year:
        page = feedback.draft(checkin_id=checkin.pk, actor=own)
        feedback.agree(feedback_id=page.pk, actor=own)
        lead = who(cast, f"community_secretary:{branch.code[:12]}:0")
        feedback.issue(feedback_id=page.pk, actor=lead)
