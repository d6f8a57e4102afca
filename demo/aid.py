"""Neighbours who help each other, through the services: needs and offers in every state, elders by phone and paper."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from core.calendar import CHINA
from demo.cast import Cast
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from volunteers.lifecycle.aid import AidChannel, AidKind, DayPart, Decision, Reach, Slot
from volunteers.models import AidNeed, Volunteer
from volunteers.services import registration
from volunteers.services.aid import doing, matching, needs, offers
from volunteers.services.aid.doing import Word
from volunteers.services.aid.needs import Wish
from volunteers.services.aid.offers import OfferFacts
from volunteers.services.registration import Offer

K = AidKind
# who, what, in which words; how far it goes
SCENES: tuple[tuple[str, AidKind, str, str], ...] = (
    ("吴某", K.SHOPPING, "腿脚不便，帮忙买十斤米上楼", "open"),
    ("郑某", K.DEVICES, "手机里的医保码打不开", "open"),
    ("冯某", K.CLINIC, "周三上午去区医院复查，想有人陪", "open"),
    ("褚某", K.REPAIRS, "厨房水龙头滴水", "open"),
    ("卫某", K.COMPANY, "白天一个人在家，想有人说说话", "taken"),
    ("蒋某", K.LEARNING, "孙子三年级数学", "taken"),
    ("沈某", K.MEALS, "出院在家，中午送一餐", "shared"),
    ("韩某", K.SHOPPING, "取药", "done"),
    ("朱某", K.DEVICES, "教用微信视频", "disputed"),
    ("秦某", K.COMPANY, "", "refused"),
    ("尤某", K.CHILDREN, "放学接一下孩子", "cancelled"),
    ("许某", K.SHOPPING, "买菜", "settled"),
)
MUTUAL = ("何某", "吕某", "施某", "张某", "孔某", "曹某")  # each helps the next one, and is helped


def load_aid(cast: Cast) -> int:
    """In the first community of the plan; says how many needs there are."""
    branch = min((a for a in cast.areas.values() if a.level == Level.BRANCH), key=lambda a: a.code)
    staff, lead = (
        actor_for(User.objects.get(pk=cast.people[key].user_id or 0))
        for key in (f"community_staff:{branch.code[:12]}:1", f"community_secretary:{branch.code[:12]}:0")
    )
    street = _Street(branch, staff, lead)
    street.offer()
    for index, scene in enumerate(SCENES):
        street.play(index, *scene)
    street.each_other()
    street.often()
    return AidNeed.objects.count()


class _Street:
    """The neighbours of one branch, and who writes it down."""

    def __init__(self, branch: Area, staff: Actor, lead: Actor) -> None:
        self.staff, self.lead = staff, lead
        self.homes = list(Area.objects.filter(parent=branch).order_by("code")) or [branch]
        known = Volunteer.objects.filter(branch_id=branch.pk, state="verified")
        self.own = known.filter(resident__user__email__startswith="representative@").first() or known[0]
        self.helpers = list(known.filter(resident__user=None, resident__born_on=None).order_by("pk")[60:72])
        self.today = datetime.combine(timezone.localdate(), datetime.min.time(), CHINA)

    def offer(self) -> None:
        """Every helper something, the log-in three things."""
        times = (0, int(Slot.WEEKEND_MORNING | Slot.WEEKEND_AFTERNOON), int(Slot.WEEKDAY_AFTERNOON))
        for index, entry in enumerate(self.helpers):
            kind, reach = tuple(K)[index % 9], Reach(1 + (index + 1) % 3)
            facts = OfferFacts(kind, reach, times[index % 3])
            offers.offer(actor=self.staff, volunteer_id=entry.pk, facts=facts)
        for kind, skill in ((K.DEVICES, "教老人用手机"), (K.SHOPPING, ""), (K.COMPANY, "会下象棋")):
            facts = OfferFacts(kind, Reach.COMMUNITY, times[1], skill)
            offers.offer(actor=self.staff, volunteer_id=self.own.pk, facts=facts)

    def play(self, index: int, name: str, kind: AidKind, words: str, state: str) -> None:
        """A need of somebody without an account, as far as it goes."""
        need = self._asked(index, name, kind, words)
        if state == "open":
            return
        if state == "cancelled":
            needs.cancel(need_id=need.pk, actor=self.staff, reason="家里人回来了")
            return
        helper = self.own if state == "shared" else self.helpers[index % len(self.helpers)]
        matching.match(need_id=need.pk, actor=self.staff, volunteer_id=helper.pk, shares=state == "shared")
        if state not in {"taken", "shared"}:
            self._done(need, days=1 + index % 3, hour=14, minutes=60)
            self._judged(need, state)

    def _judged(self, need: AidNeed, state: str) -> None:
        if state == "done":
            return
        doing.dispute(need_id=need.pk, actor=self.staff, reason="时间说法不一")
        if state == "refused":
            decision, reason = Decision.NOT_SO, "两边都说当天没去成"
        elif state == "settled":
            decision, reason = Decision.SO, "双方商量好按半小时算"
        else:
            return
        minutes = 30 if state == "settled" else None
        # somebody who has written down nothing of it
        doing.decide(need_id=need.pk, actor=self.lead, decision=decision, reason=reason, minutes=minutes)

    def each_other(self) -> None:
        """Six neighbours in a ring: everybody serves and is served."""
        people = [self._neighbour(index, name) for index, name in enumerate(MUTUAL)]
        for index, (name, _entry) in enumerate(people):
            need = self._asked(index, name, K.COMPANY, "", phone=f"1000001{index:04d}")
            helper = people[index - 1][1]
            matching.match(need_id=need.pk, actor=self.staff, volunteer_id=helper.pk)
            self._done(need, days=1, hour=9 + index, minutes=45)
            word = Word(AidChannel.PHONE if index % 2 else AidChannel.PAPER, name)
            doing.confirm_for(need_id=need.pk, actor=self.lead, word=word)

    def often(self) -> None:
        """More than eight hours between two people: the last one waits for the community."""
        month = int(timezone.localdate().day == 2)  # all three in one month, whichever day it is
        for days, hour, minutes in ((1 + month, 14, 240), (1 + month, 18, 240), (2 + month, 14, 30)):
            need = self._asked(20, "魏某", K.CLINIC, "陪护", phone="10000010099")
            matching.match(need_id=need.pk, actor=self.staff, volunteer_id=self.own.pk)
            self._done(need, days=days, hour=hour, minutes=minutes)
            doing.confirm_for(need_id=need.pk, actor=self.lead, word=Word(AidChannel.PHONE, "魏某"))

    def _neighbour(self, index: int, name: str) -> tuple[str, Volunteer]:
        facts = PersonFacts(name, f"1000001{index:04d}")
        home = self.homes[index % len(self.homes)]
        resident = residents.register_for(actor=self.staff, facts=facts, area=home)
        entry = registration.apply(actor=self.staff, resident_id=resident.pk, offer=Offer())
        return name, registration.verify(volunteer_id=entry.pk, actor=self.lead)

    def _asked(self, index: int, name: str, kind: AidKind, words: str, phone: str = "") -> AidNeed:
        """Half of the elders have no phone: for them somebody has to knock."""
        parts, today = tuple(DayPart), timezone.localdate()
        known = phone or (f"1000002{index:04d}" if index % 2 else "")
        return needs.ask_for(
            actor=self.staff,
            area=self.homes[index % len(self.homes)],
            facts=PersonFacts(name, known),
            wish=Wish(kind, words, today + timedelta(days=index % 4) if index % 3 else None, parts[index % 4]),
            channel=AidChannel.PAPER if index % 4 == 3 else AidChannel.PHONE,
            said_by="女儿" if index % 5 == 2 else "",
        )

    def _done(self, need: AidNeed, *, days: int, hour: int, minutes: int) -> None:
        begins = self.today - timedelta(days=days) + timedelta(hours=hour)
        doing.finish(need_id=need.pk, actor=self.staff, starts_at=begins, minutes=minutes)
