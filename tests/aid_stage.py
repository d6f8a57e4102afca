"""Needs in every state for tests, made by the services."""

from datetime import timedelta

from django.utils import timezone

from neighborhoods.actors import Actor
from neighborhoods.selectors.actors import actor_for
from neighborhoods.selectors.residents import resident_of
from neighborhoods.services.residents import PersonFacts
from tests import volunteer_stage as stage
from tests.factories import UserFactory
from volunteers.lifecycle.aid import AidChannel, AidKind
from volunteers.models import AidNeed, Volunteer
from volunteers.services.aid import doing, matching, needs
from volunteers.services.aid.doing import Word
from volunteers.services.aid.needs import Wish

SAID = Word(AidChannel.PHONE, "王奶奶")


class Pair:
    """Who needs a hand and who helps, both with an account."""

    def __init__(self, district, people, *, user=None, area=None) -> None:
        self.district, self.people = district, people
        self.helper, self.helps = stage.neighbour(district, people, "赵大力")
        self.user = user or UserFactory(name="周婆婆")
        if resident_of(self.user) is None:
            stage.volunteer(district, people, name=self.user.name, user=self.user, area=area)
        self.resident = resident_of(self.user)
        self.helped: Actor = actor_for(self.user)
        self._hours = iter(range(2, 24, 2))

    def need(self, **more) -> AidNeed:
        wish = Wish(**{"kind": AidKind.SHOPPING, "words": "买米", **more})
        return needs.ask(actor=self.helped, resident_id=self.resident.pk, wish=wish)

    def taken(self, *, shares=False, **more) -> AidNeed:
        return matching.take(need_id=self.need(**more).pk, actor=self.helps, volunteer_id=self.helper.pk, shares=shares)

    def done(self, *, hours_ago=2.0, minutes=60) -> AidNeed:
        begins = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=hours_ago)
        need = self.taken()
        return doing.finish(need_id=need.pk, actor=self.helps, starts_at=begins, minutes=minutes)

    def in_state(self, state: str) -> AidNeed:
        """Through the rules; the long way round for what the community looks at."""
        early = {"open": self.need, "taken": self.taken}
        if state in early:
            return early[state]()
        if state == "cancelled":
            return needs.cancel(need_id=self.need().pk, actor=self.helped)
        need = self.done(hours_ago=next(self._hours))
        if state == "confirmed":  # so late that a second person has to agree
            past = timedelta(days=20)
            AidNeed.objects.filter(pk=need.pk).update(starts_at=need.starts_at - past, ends_at=need.ends_at - past)
        if state in {"credited", "confirmed"}:
            return doing.confirm(need_id=need.pk, actor=self.helped)
        if state in {"disputed", "refused"}:
            need = doing.dispute(need_id=need.pk, actor=self.helped, reason="没有来")
        if state == "refused":
            lead = self.people.community_lead
            return doing.decide(need_id=need.pk, actor=lead, decision="not_so", reason="两边都说没有来")
        return need


def for_elder(district, people, *, phone="", words="陪看病", kind=AidKind.COMPANY) -> AidNeed:
    """Without an account: the desk writes it down."""
    return needs.ask_for(
        actor=people.community_staff,
        area=district.building,
        facts=PersonFacts("王奶奶", phone),
        wish=Wish(kind, words),
        channel=AidChannel.PHONE,
        said_by="女儿",
    )


def verified(district, people, name="李四", **more) -> Volunteer:
    """A volunteer without an account."""
    return stage.volunteer(district, people, name=name, **more)
