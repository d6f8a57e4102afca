"""The whistle (吹哨), the units it calls, and what became of it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from core.models import Attachment
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import WHISTLE_FINAL, WHISTLE_LOOKS, Rank, WhistleState, whistle_fits, whistle_moves
from governance.models.issues import Issue
from governance.querysets import WhistleQuerySet
from neighborhoods.models import AreaStamped, PartnerUnit

_FINAL_VALUES = sorted(WHISTLE_FINAL)


class Whistle(AreaStamped):
    """A call of the street: named units must come, look together, and carry out what was decided."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("in one line"), max_length=80)
    kind = models.CharField(_("kind of the whistle"), max_length=12, choices=WhistleKind)
    rank = models.CharField(_("who has to come"), max_length=6, choices=Rank, default=Rank.BLUE)
    problem = models.TextField(_("what is wrong"))
    why = models.TextField(_("why the community cannot solve it"))
    basis = models.TextField(_("duty it rests on"), blank=True, default="")
    plan = models.TextField(_("what is asked for"), blank=True, default="")
    state = models.CharField(_("state"), max_length=12, choices=WhistleState, default=WhistleState.DRAFT)
    issues: models.ManyToManyField = models.ManyToManyField(Issue, through="WhistleIssue", related_name="whistles")

    drafted_at = models.DateTimeField()
    drafted_by_id = models.BigIntegerField(null=True)
    drafted_by_label = models.CharField(max_length=120)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_id = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)  # signed and blown
    issued_by_id = models.BigIntegerField(null=True)
    issued_by_label = models.CharField(max_length=120, blank=True, default="")
    wanted_by = models.DateTimeField(_("to be done by"), null=True)  # a dated plan; empty: as the limits say
    due_at = models.DateTimeField(_("due"), null=True)  # of its last clock, set when it is blown

    meeting_at = models.DateTimeField(_("when to meet"), null=True)
    meeting_place = models.CharField(_("where to meet"), max_length=120, blank=True, default="")
    # What was said there is a meeting of its own, with roll, minutes and resolutions. An emergency has no time for one:
    # `minutes` is what was written up afterwards.
    meeting = models.OneToOneField("governance.Meeting", on_delete=models.PROTECT, null=True, related_name="whistle")
    minutes = models.TextField(_("minutes of the meeting"), blank=True, default="")
    met_at = models.DateTimeField(null=True)
    is_backfill_due = models.BooleanField(default=False)  # an emergency whose plan and minutes are still to be written

    raised_at = models.DateTimeField(null=True)  # to the district
    outcome = models.TextField(_("what was done"), blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    claimed_by_id = models.BigIntegerField(null=True)
    claimed_by_label = models.CharField(max_length=120, blank=True, default="")
    checked_by_id = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)
    reply = models.TextField(_("reply to the residents"), blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        verbose_name = _("whistle")
        verbose_name_plural = _("whistles")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="whistle_closed_once",
            ),
            models.CheckConstraint(condition=~Q(claimed_by_id=F("checked_by_id")), name="whistle_second_person"),
            models.CheckConstraint(
                condition=~Q(state=WhistleState.CLOSED) | (~Q(reply="") & Q(is_backfill_due=False)),
                name="whistle_closed_with_reply",
            ),
        ]
        indexes = [
            models.Index(fields=["street_id", "due_at", "id"], name="whistle_street_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["community_id", "due_at", "id"], name="whistle_community_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["street_id", "-drafted_at", "-id"], name="whistle_street_new"),
            models.Index(fields=["community_id", "-drafted_at", "-id"], name="whistle_community_new"),
            models.Index(fields=["-drafted_at", "-id"], name="whistle_new"),
            models.Index(
                fields=["street_id", "issued_at"], name="whistle_street_issued", condition=Q(issued_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Neither closed nor called off."""
        return self.closed_at is None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return WHISTLE_LOOKS[WhistleState(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(WhistleState(self.state).label)

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(WhistleKind(self.kind).label)

    @property
    def is_emergency(self) -> bool:
        """Blown at once, written up afterwards."""
        return self.kind == WhistleKind.EMERGENCY

    def can_move_to(self, state: WhistleState) -> bool:
        """Whether the lifecycle knows this move."""
        return state in whistle_moves(self.kind, self.state)

    def fits(self, verb: str) -> bool:
        """Whether a step fits as it stands now, whoever asks."""
        return whistle_fits(verb, self.kind, self.state)


class WhistleIssue(models.Model):
    """A request the whistle is blown for, and why it belongs to it. Its residents are told how it goes."""

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="links")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="whistle_links")
    reason = models.CharField(_("why it belongs to it"), max_length=120, blank=True, default="")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request of a whistle")
        verbose_name_plural = _("requests of whistles")
        constraints = [models.UniqueConstraint(fields=["whistle", "issue"], name="whistle_issue_once")]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.issue_id}"


class Call(models.Model):
    """One unit of a whistle: when it signed, talked, came, what it did, how it was rated."""

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="calls")
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, related_name="calls")
    is_lead = models.BooleanField(_("leads"), default=False)
    duty = models.CharField(_("what it is asked to do"), max_length=200, blank=True, default="")
    called_at = models.DateTimeField(null=True)
    sign_due = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by_label = models.CharField(max_length=120, blank=True, default="")
    contact_at = models.DateTimeField(null=True)
    contact_note = models.CharField(max_length=200, blank=True, default="")
    arrive_due = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_who = models.CharField(max_length=60, blank=True, default="")  # the post that came, e.g. 分管负责人
    absent_at = models.DateTimeField(null=True)  # did not come in time; the others go on without it
    result = models.TextField(blank=True, default="")
    result_at = models.DateTimeField(null=True)

    disputed_at = models.DateTimeField(null=True)  # once: "this is not our duty"
    dispute_reason = models.CharField(max_length=200, blank=True, default="")
    dispute_basis = models.CharField(max_length=200, blank=True, default="")
    ruled_at = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=200, blank=True, default="")
    released_at = models.DateTimeField(null=True)  # ruled: it need not come

    turn_up = models.PositiveSmallIntegerField(null=True)
    handling = models.PositiveSmallIntegerField(null=True)
    solved = models.PositiveSmallIntegerField(null=True)
    rating_words = models.CharField(max_length=200, blank=True, default="")
    rated_at = models.DateTimeField(null=True)
    rated_by_id = models.BigIntegerField(null=True)

    link_digest = models.CharField(max_length=64, blank=True, default="")  # of the token; the token is kept nowhere
    link_version = models.PositiveSmallIntegerField(default=0)
    link_expires_at = models.DateTimeField(null=True)
    escalated_level = models.SmallIntegerField(null=True)

    class Meta:
        verbose_name = _("call to a unit")
        verbose_name_plural = _("calls to units")
        constraints = [
            models.UniqueConstraint(
                fields=["whistle"], condition=Q(is_lead=True, released_at=None), name="whistle_one_lead"
            ),
            models.UniqueConstraint(fields=["whistle", "unit"], name="whistle_unit_once"),
            models.UniqueConstraint(fields=["link_digest"], condition=~Q(link_digest=""), name="call_link_once"),
            models.CheckConstraint(
                condition=Q(turn_up=None, handling=None, solved=None, rated_at=None)
                | Q(turn_up__range=(1, 5), handling__range=(1, 5), solved__range=(1, 5), rated_at__isnull=False),
                name="call_rated_whole",
            ),
            models.CheckConstraint(condition=Q(ruled_at=None) | Q(disputed_at__isnull=False), name="call_ruled_once"),
        ]
        indexes = [models.Index(fields=["unit", "-called_at", "-id"], name="call_unit_new")]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.unit_id}"

    @property
    def is_live(self) -> bool:
        """Called and not released by a ruling."""
        return self.called_at is not None and self.released_at is None

    @property
    def is_disputed(self) -> bool:
        """Waits for a ruling."""
        return self.disputed_at is not None and self.ruled_at is None

    @property
    def is_rated(self) -> bool:
        """Rated by the side that called."""
        return self.rated_at is not None

    @property
    def came_in_time(self) -> bool:
        """Signed for and arrived within the limits: what the turn-up rate counts."""
        return _in_time(self.signed_at, self.sign_due) and _in_time(self.arrived_at, self.arrive_due)


def _in_time(at: datetime | None, due: datetime | None) -> bool:
    return at is not None and (due is None or at <= due)


class CallPhoto(models.Model):
    """Evidence a unit adds to its result; never compulsory."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="photos")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="call_photo")

    class Meta:
        verbose_name = _("photo of a call")
        verbose_name_plural = _("photos of calls")

    def __str__(self) -> str:
        return f"{self.call_id} {self.attachment_id}"


class WhistleLine(models.Model):
    """A line of a whistle's history. Inserted only."""

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="lines")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.whistles
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    from_state = models.CharField(max_length=12, choices=WhistleState, blank=True, default="")
    to_state = models.CharField(max_length=12, choices=WhistleState, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a whistle")
        verbose_name_plural = _("lines of whistles")
        indexes = [models.Index(fields=["whistle", "at", "id"], name="whistle_line_at")]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.kind}"
