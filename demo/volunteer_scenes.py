"""Volunteers of today, through the services: some of everything in every state, and a neighbour of the log-ins."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from core.calendar import CHINA
from demo.cast import Cast
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from volunteers.models import Activity, Team, Volunteer
from volunteers.services import registration, teams
from volunteers.services.activities import planning, seats, shifts
from volunteers.services.activities.planning import Plan
from volunteers.services.activities.shifts import Rule, Times
from volunteers.services.certificates import Wish, ask_certificate, check_certificate, issue_certificate
from volunteers.services.insurance import insure
from volunteers.services.records import confirming, proposing
from volunteers.services.records.merits import MeritFacts, MeritKind, enter_merit
from volunteers.services.records.proposing import Stretch
from volunteers.services.registration import Offer
from volunteers.services.teams import TeamFacts, TeamKind

# who came to the counter, what became of it
COUNTER = (("段某", "verify"), ("雷某", "pause"), ("侯某", "leave"), ("龙某", "refuse"), ("史某", ""), ("陶某", ""))
COMING = (("小区清洁日", 3, 20), ("陪老人就医", 5, 2), ("图书角值班", 9, 4))


def load_scenes(cast: Cast, now: datetime) -> int:
    """In the first community of the plan; says how many activities of today there are."""
    branch = min((a for a in cast.areas.values() if a.level == Level.BRANCH), key=lambda a: a.code)
    staff = _who(cast, f"community_staff:{branch.code[:12]}:1")
    lead = _who(cast, f"community_secretary:{branch.code[:12]}:0")
    own = _neighbour(cast, branch, lead)
    _counter(branch, staff, lead)
    team = Team.objects.filter(area=branch).order_by("pk")[0]
    teams.ask_to_join(team_id=team.pk, volunteer_id=own[0].pk, actor=own[1])
    _team_states(branch, staff)
    count = _activities(branch, staff, team, own) + _hours(branch, staff, lead, own[0])
    _certificates(own, staff, lead)
    return count


def _who(cast: Cast, key: str) -> Actor:
    return actor_for(User.objects.get(pk=cast.people[key].user_id or 0))


def _neighbour(cast: Cast, branch: Area, lead: Actor) -> tuple[Volunteer, Actor]:
    """The representative of the log-ins serves as well."""
    user = User.objects.filter(email__startswith="representative@").first() or User.objects.order_by("pk")[0]
    resident = residents.register_self(user=user, facts=PersonFacts(user.name), area=branch)
    actor = actor_for(user)
    offer = Offer("量血压、教老人用手机", "周末上午", is_on_honour_list=True)
    entry = registration.apply(actor=actor, resident_id=resident.pk, offer=offer)
    registration.verify(volunteer_id=entry.pk, actor=lead)
    insure(volunteer_id=entry.pk, actor=lead, until=timezone.localdate() + timedelta(days=300))
    facts = MeritFacts(MeritKind.TRAINING, "应急救护培训", date(2023, 5, 12), "区红十字会")
    enter_merit(volunteer_id=entry.pk, actor=lead, facts=facts)
    facts = MeritFacts(MeritKind.COMMENDATION, "优秀志愿者", date(2023, 3, 5), "区文明办")
    enter_merit(volunteer_id=entry.pk, actor=lead, facts=facts)
    return entry, actor


def _counter(branch: Area, staff: Actor, lead: Actor) -> None:
    for index, (name, verb) in enumerate(COUNTER):
        facts = PersonFacts(name, f"1000000{index // 2:04d}", asked_by="" if index % 2 else "邻居")
        resident = residents.register_for(actor=staff, facts=facts, area=branch)
        entry = registration.apply(actor=staff, resident_id=resident.pk, offer=Offer("做饭", "工作日"))
        if verb == "refuse":
            registration.refuse(volunteer_id=entry.pk, actor=lead, reason="住在外区，请到居住地社区登记。")
        elif verb:
            registration.verify(volunteer_id=entry.pk, actor=lead)
        if verb in {"pause", "leave"}:
            getattr(registration, verb)(volunteer_id=entry.pk, actor=staff)


def _team_states(branch: Area, staff: Actor) -> None:
    made = [
        teams.form_team(actor=staff, area=branch, facts=TeamFacts(name, kind, needs_insurance=risky))
        for name, kind, risky in (
            ("应急救援队", TeamKind.EMERGENCY, True),
            ("邻里调解队", TeamKind.MEDIATION, False),
            ("文明交通队", TeamKind.TRAFFIC, False),
        )
    ]
    someone = Volunteer.objects.filter(branch_id=branch.pk, state="verified").order_by("pk")[5]
    for team in made[1:]:
        teams.name_lead(team_id=team.pk, actor=staff, volunteer_id=someone.pk)
    teams.activate_team(team_id=made[1].pk, actor=staff)
    teams.rest_team(team_id=made[1].pk, actor=staff)
    teams.close_team(team_id=made[2].pk, actor=staff)


def _activities(branch: Area, staff: Actor, team: Team, own: tuple[Volunteer, Actor]) -> int:
    entry, actor = own
    people = list(Volunteer.objects.filter(branch_id=branch.pk, state="verified").exclude(pk=entry.pk)[:12])
    unit = PartnerUnit.objects.order_by("pk")[0]
    for index, (title, days, capacity) in enumerate(COMING):
        plan = Plan(
            title, "带一双手就行，工具社区备。", "党群服务站门口", team.pk, partner_ids=(unit.pk,) if not index else ()
        )
        found = _planned(branch, staff, plan)
        starts = datetime.combine(timezone.localdate() + timedelta(days=days), datetime.min.time(), CHINA)
        times = Times(starts + timedelta(hours=9), starts + timedelta(hours=11), capacity)
        shift = shifts.add_shift(activity_id=found.pk, actor=staff, times=times)
        planning.open_activity(activity_id=found.pk, actor=staff)
        for one in people[:4]:
            seats.sign_up(shift_id=shift.pk, volunteer_id=one.pk, actor=staff)
        if index < 2:  # the second one is full: they wait
            seats.sign_up(shift_id=shift.pk, volunteer_id=entry.pk, actor=actor)
    weekly = _planned(
        branch, staff, Plan("夜间平安巡逻", team_id=team.pk, is_hard=True, needs_insurance=True, min_age=18)
    )
    today = timezone.localdate()
    rule = Rule(
        (2, 5),
        datetime.min.time().replace(hour=19),
        datetime.min.time().replace(hour=21),
        6,
        today,
        today + timedelta(days=42),
    )
    shifts.add_series(activity_id=weekly.pk, actor=staff, rule=rule)
    planning.open_activity(activity_id=weekly.pk, actor=staff)
    _planned(branch, staff, Plan("端午包粽子"))
    off = _planned(branch, staff, Plan("河堤捡垃圾"))
    planning.cancel_activity(activity_id=off.pk, actor=staff, reason="汛期河堤封闭")
    return len(COMING) + 3


def _certificates(own: tuple[Volunteer, Actor], staff: Actor, lead: Actor) -> None:
    """One issued, one that waits for the handler."""
    entry, actor = own
    today = timezone.localdate()
    for purpose in ("升学", ""):
        wish = Wish(today - timedelta(days=60), today, purpose)
        asked = ask_certificate(volunteer_id=entry.pk, actor=actor, wish=wish)
        if purpose:
            check_certificate(certificate_id=asked.pk, actor=staff)
            issue_certificate(certificate_id=asked.pk, actor=lead)


def _planned(branch: Area, staff: Actor, plan: Plan) -> Activity:
    return planning.plan_activity(actor=staff, area=branch, plan=plan)


def _hours(branch: Area, staff: Actor, lead: Actor, own: Volunteer) -> int:
    """Waiting, late, rejected, taken back, and confirmed ones of the log-in."""
    found = _planned(branch, staff, Plan("社区食堂帮厨"))
    start = datetime.combine(timezone.localdate() - timedelta(days=2), datetime.min.time(), CHINA)
    others = list(Volunteer.objects.filter(branch_id=branch.pk, state="verified").order_by("-pk")[20:24])
    made = []
    for entry, days in ((own, 0), (own, 1), (others[0], 0), (others[1], 12), (others[2], 1), (others[3], 1)):
        begins = start - timedelta(days=days) + timedelta(hours=10)
        stretch = Stretch(begins, begins + timedelta(hours=2, minutes=30), "中午帮厨")
        made.append(proposing.propose(actor=staff, volunteer_id=entry.pk, activity_id=found.pk, stretch=stretch))
    for record in (made[0], made[3], made[5]):
        confirming.confirm(record_id=record.pk, actor=lead)
    confirming.reject(record_id=made[4].pk, actor=lead, reason="当天食堂停业")
    confirming.reverse(record_id=made[5].pk, actor=staff, reason="日期写错")
    return 1
