"""Votes: the rule, who may vote, the motion, the ballots and the counts."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from core.looks import Look
from core.masking import mask_text
from governance.decisions import Base, Choice, Outcome, Rule, Share, Weight, Whole
from governance.lifecycle.motions import MOTION_LOOKS, MOTION_MOVES, OUTCOME_LOOKS, How, MotionState
from governance.models.meetings import Meeting
from governance.models.topics import AgendaItem

_NEVER_OPENED = sorted({MotionState.PROPOSED, MotionState.SECONDED, MotionState.WITHDRAWN})


class DecisionRule(models.Model):
    """When a motion is carried: dated data. A motion keeps the version of its day."""

    code = models.CharField(_("code"), max_length=20)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=160)
    base = models.CharField(_("what is counted"), max_length=12, choices=Base)
    quorum = models.CharField(_("who must take part"), max_length=15, choices=Share)
    quorum_of = models.CharField(
        _("taking part means"), max_length=10, choices=[(w.value, w.label) for w in (Whole.PRESENT, Whole.CAST)]
    )
    majority = models.CharField(
        _("who must agree"), max_length=15, choices=[(s.value, s.label) for s in Share if s != Share.NONE]
    )
    majority_of = models.CharField(_("of whom"), max_length=10, choices=Whole)
    is_double = models.BooleanField(_("by floor area and by number, both"), default=False)
    is_advice = models.BooleanField(_("advice only"), default=False)
    is_statutory = models.BooleanField(_("for the residents' representatives' assembly"), default=False)
    valid_from = models.DateField(_("in force from"))
    source_zh = models.CharField(_("where it is written, in Chinese"), max_length=200, blank=True)
    source_en = models.CharField(_("where it is written, in English"), max_length=240, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("rule of votes")
        verbose_name_plural = _("rules of votes")
        ordering = ["order", "code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="decision_rule_once_a_day"),
            models.CheckConstraint(condition=Q(is_double=False) | Q(base=Base.AREA), name="decision_rule_double"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self._in_language("name")

    @property
    def source(self) -> str:
        """Where the rule is written, in the language of the page."""
        return self._in_language("source")

    def _in_language(self, stem: str) -> str:
        english = (translation.get_language() or "").startswith("en")
        return getattr(self, f"{stem}_en" if english else f"{stem}_zh")

    @property
    def rule(self) -> Rule:
        """For the sum."""
        return Rule(
            Base(self.base),
            Share(self.quorum),
            Whole(self.quorum_of),
            Share(self.majority),
            Whole(self.majority_of),
            self.is_double,
            self.is_advice,
        )


class EntitledList(models.Model):
    """Who may vote at a meeting. Frozen before the first vote opens; from then on a trigger refuses every change."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="voters")
    base = models.CharField(_("what is counted"), max_length=12, choices=Base)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_by_id = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    links_until = models.DateTimeField(null=True)  # personal links open nothing after this
    number = models.PositiveIntegerField(default=0)  # of entries, added up when it was frozen
    floor_area = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = _("list of voters")
        verbose_name_plural = _("lists of voters")
        constraints = [
            models.CheckConstraint(
                condition=Q(frozen_at=None, fingerprint="", links_until=None)
                | (Q(frozen_at__isnull=False, links_until__isnull=False, number__gt=0) & ~Q(fingerprint="")),
                name="voters_frozen_whole",
            )
        ]

    def __str__(self) -> str:
        return f"voters {self.meeting_id}"

    @property
    def is_frozen(self) -> bool:
        """Nobody is added, taken off or changed any more."""
        return self.frozen_at is not None

    @property
    def weight(self) -> Weight:
        """Everybody on it together."""
        return Weight(self.number, self.floor_area)


class Entitled(models.Model):
    """Somebody who may vote: a person, a household, or an owner with the floor area of all their flats."""

    list = models.ForeignKey(EntitledList, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()  # printed on the ballot
    label = models.CharField(_("shown as"), max_length=60)  # masked: 6 栋 1 单元 302, 张*
    key = models.CharField(max_length=64)  # keyed hash of door and name: the same twice is a mistake
    door = EncryptedCharField(_("household"), max_length=60, blank=True, null=True)
    name = EncryptedCharField(_("name"), max_length=60, blank=True, null=True)
    floor_area = models.DecimalField(_("floor area in m²"), max_digits=10, decimal_places=2, null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token_version = models.PositiveSmallIntegerField(default=1)  # a new link makes the old one worthless
    token_digest = models.CharField(max_length=64, blank=True, default="")  # of the personal link
    came_at = models.DateTimeField(null=True)  # was there, whether they voted or not

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="entitled_position_once"),
            models.UniqueConstraint(fields=["list", "key"], name="entitled_once"),
            models.UniqueConstraint(fields=["token_digest"], condition=~Q(token_digest=""), name="entitled_token_once"),
            models.UniqueConstraint(
                fields=["list", "user"], condition=Q(user__isnull=False), name="entitled_user_once"
            ),
            models.CheckConstraint(condition=Q(floor_area=None) | Q(floor_area__gt=0), name="entitled_has_floor_area"),
        ]
        indexes = [models.Index(fields=["user", "id"], name="entitled_user", condition=Q(user__isnull=False))]

    def __str__(self) -> str:
        return f"{self.list_id} {self.position}"


class Motion(models.Model):
    """A sentence to say yes or no to, under one item of the agenda."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="motions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="motions")
    order = models.PositiveSmallIntegerField()  # within the meeting
    text = models.TextField(_("motion"))
    rule = models.ForeignKey(DecisionRule, on_delete=models.PROTECT, related_name="motions")
    is_secret = models.BooleanField(_("secret"), default=False)
    state = models.CharField(
        pgettext_lazy("motion", "state"), max_length=12, choices=MotionState, default=MotionState.PROPOSED
    )
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField(null=True)
    proposer = models.CharField(_("moved by"), max_length=60, blank=True, default="")
    seconder = models.CharField(_("seconded by"), max_length=60, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")  # why withdrawn, counted again or void
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="repeated_by")

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "order"], name="motion_order_once"),
            models.CheckConstraint(
                condition=Q(state__in=_NEVER_OPENED, opened_at=None)
                | (~Q(state__in=_NEVER_OPENED) & Q(opened_at__isnull=False)),
                name="motion_opened_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*_NEVER_OPENED, MotionState.OPEN], closed_at=None)
                | (~Q(state__in=[*_NEVER_OPENED, MotionState.OPEN]) & Q(closed_at__isnull=False)),
                name="motion_closed_at",
            ),
            # while it is counted again nothing is decided
            models.CheckConstraint(
                condition=(Q(state=MotionState.DECIDED) & ~Q(outcome=""))
                | (~Q(state=MotionState.DECIDED) & Q(outcome="")),
                name="motion_decided_outcome",
            ),
        ]
        indexes = [models.Index(fields=["item", "id"], name="motion_item")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.order}"

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return MOTION_LOOKS[MotionState(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(MotionState(self.state).label)

    @property
    def outcome_label(self) -> str:
        """The outcome in words; empty before there is one."""
        return str(Outcome(self.outcome).label) if self.outcome else ""

    @property
    def outcome_look(self) -> Look:
        """Tone and icon of the outcome; of the state before there is one."""
        return OUTCOME_LOOKS[Outcome(self.outcome)] if self.outcome else self.look

    @property
    def public_text(self) -> str:
        """For neighbours, without phone and ID numbers."""
        return mask_text(self.text)

    def can_move_to(self, state: MotionState) -> bool:
        """Whether the lifecycle knows this move. Who may make it is asked of policies."""
        return state in MOTION_MOVES[MotionState(self.state)]


class Ballot(models.Model):
    """Somebody has voted. What they said stands here only if the vote is open; else in the urn, without a name."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="ballots")
    entitled = models.ForeignKey(Entitled, on_delete=models.PROTECT, related_name="ballots")
    how = models.CharField(_("how"), max_length=6, choices=How)
    choice = models.CharField(_("said"), max_length=7, choices=Choice, blank=True, default="")
    is_secret = models.BooleanField()  # as the motion, for the constraint
    at = models.DateTimeField()
    typed_by_id = models.BigIntegerField(null=True)  # who typed a paper ballot

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["motion", "entitled"], name="ballot_once"),
            models.CheckConstraint(
                condition=Q(is_secret=True, choice="") | (Q(is_secret=False) & ~Q(choice="")), name="ballot_secret"
            ),
            models.CheckConstraint(
                condition=Q(how=How.PAPER, typed_by_id__isnull=False) | Q(how=How.ONLINE, typed_by_id=None),
                name="ballot_typed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id} {self.entitled_id}"


class Urn(models.Model):
    """How often something was said in a secret vote. Added to in the transaction of the ballot, and no row per ballot:
    two rows written together could be put together again."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="urn")
    how = models.CharField(max_length=6, choices=How)
    choice = models.CharField(max_length=7, choices=Choice)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("urn")
        verbose_name_plural = _("urns")
        constraints = [models.UniqueConstraint(fields=["motion", "how", "choice"], name="urn_once")]

    def __str__(self) -> str:
        return f"{self.motion_id} {self.how} {self.choice}"


class Tally(models.Model):
    """One count of a motion. The second and third are done by other people; the one that holds is marked."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="tallies")
    number = models.PositiveSmallIntegerField()  # 1, 2 or 3
    counted_by_id = models.BigIntegerField()
    counted_by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    votes_for = models.PositiveIntegerField()
    votes_against = models.PositiveIntegerField()
    votes_abstain = models.PositiveIntegerField()
    area_for = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    area_against = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    area_abstain = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    present_number = models.PositiveIntegerField()
    present_area = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    is_valid = models.BooleanField(default=False)  # this one holds

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        ordering = ["motion", "number"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "number"], name="tally_number_once"),
            models.UniqueConstraint(fields=["motion", "counted_by_id"], name="tally_other_person"),
            models.UniqueConstraint(fields=["motion"], condition=Q(is_valid=True), name="tally_one_holds"),
            models.CheckConstraint(condition=Q(number__range=(1, 3)), name="tally_at_most_three"),
            # domain invariant: for + against + abstain <= present
            models.CheckConstraint(
                condition=Q(present_number__gte=F("votes_for") + F("votes_against") + F("votes_abstain"))
                & Q(present_area__gte=F("area_for") + F("area_against") + F("area_abstain")),
                name="tally_within_present",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion_id} {self.number}"

    @property
    def votes(self) -> dict[Choice, Weight]:
        """By what was said."""
        return {
            Choice.FOR: Weight(self.votes_for, self.area_for),
            Choice.AGAINST: Weight(self.votes_against, self.area_against),
            Choice.ABSTAIN: Weight(self.votes_abstain, self.area_abstain),
        }

    @property
    def said(self) -> tuple[Any, ...]:
        """What two counts are compared by."""
        return tuple((weight.number, weight.area) for weight in self.votes.values())


class MotionEntry(models.Model):
    """A line of a motion's history: who did what, when and why. Inserted only."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="history")
    kind = models.CharField(max_length=40)  # an event name of governance.lifecycle.motions
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    to_state = models.CharField(max_length=12, choices=MotionState, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("line of a motion's history")
        verbose_name_plural = _("lines of motions' histories")
        indexes = [models.Index(fields=["motion", "at", "id"], name="motion_entry_at")]

    def __str__(self) -> str:
        return f"{self.motion_id} {self.kind}"
