"""The enlarged committee (大工委) of an area, its part-time members from units, and what the units promise."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from core.masking import mask_name, mask_text
from governance.lifecycle.committees import (
    MEMBER_LOOKS,
    MEMBER_MOVES,
    PROMISE_LOOKS,
    PROMISE_MOVES,
    PROMISE_OPEN,
    MemberState,
    PromiseState,
)
from governance.models.meetings import Meeting
from neighborhoods.models import AreaStamped, PartnerUnit
from neighborhoods.querysets import AreaScopedQuerySet

_OPEN_VALUES = sorted(PROMISE_OPEN)


class Committee(AreaStamped):
    """One for a street or a community, with so many seats. It stays; members come and go.

    Not unique in the database: when two communities become one, both are kept until somebody has sorted them out.
    """

    seats = models.PositiveSmallIntegerField(_("seats"))
    opened_at = models.DateTimeField()
    meetings: models.ManyToManyField = models.ManyToManyField(Meeting, through="CommitteeMeeting", related_name="+")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("enlarged committee")
        verbose_name_plural = _("enlarged committees")
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="committee_has_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.area}"

    @property
    def is_even(self) -> bool:
        """A vote could end in a tie."""
        return self.seats % 2 == 0


class PartTimeMember(models.Model):
    """Somebody a unit sends, for a term. Their file and job stay with the unit."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="members")
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, related_name="part_time_members")
    name = models.CharField(_("name"), max_length=30)
    position = models.CharField(_("position in the unit"), max_length=60, blank=True, default="")
    duties = models.TextField(_("duty list"), blank=True, default="")  # one a line
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=12, choices=MemberState, default=MemberState.RECOMMENDED)
    recommended_at = models.DateTimeField()
    recommended_by_id = models.BigIntegerField()
    approved_by_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("part-time member")
        verbose_name_plural = _("part-time members")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="part_time_term"),
            models.CheckConstraint(condition=~Q(recommended_by_id=F("approved_by_id")), name="part_time_second_person"),
            models.CheckConstraint(
                condition=~Q(state__in=[MemberState.APPROVED, MemberState.ACTIVE]) | Q(approved_by_id__isnull=False),
                name="part_time_approved",
            ),
            models.UniqueConstraint(
                fields=["committee", "unit", "name"], condition=~Q(state=MemberState.ENDED), name="part_time_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.unit_id}"

    @property
    def masked_name(self) -> str:
        """张*明."""
        return mask_name(self.name)

    @property
    def public_position(self) -> str:
        """Without the phone somebody wrote beside it."""
        return mask_text(self.position)

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return MEMBER_LOOKS[MemberState(self.state)]

    @property
    def duty_list(self) -> list[str]:
        """One duty each."""
        return [line.strip() for line in self.duties.splitlines() if line.strip()]

    def is_over(self, today: date) -> bool:
        """The term has ended, although nobody has said so."""
        return self.state == MemberState.ACTIVE and self.ends_on < today

    def can_move_to(self, state: MemberState) -> bool:
        """Whether the lifecycle knows this move."""
        return state in MEMBER_MOVES[MemberState(self.state)]


class Promise(AreaStamped):
    """What a unit takes on for the area, by a day, with proof when it is delivered."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="promises")
    holder_unit = models.ForeignKey(
        PartnerUnit, on_delete=models.PROTECT, related_name="promises", verbose_name=_("unit")
    )
    title = models.CharField(pgettext_lazy("promise", "what is promised"), max_length=120)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=PromiseState, default=PromiseState.PROMISED)
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=120)
    proof = models.TextField(_("proof"), blank=True, default="")
    delivered_at = models.DateTimeField(null=True)
    delivered_by_id = models.BigIntegerField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)  # the street was told, once

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a unit", "promise")
        verbose_name_plural = pgettext_lazy("of units", "promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_OPEN_VALUES, closed_at=None)
                | (~Q(state__in=_OPEN_VALUES) & Q(closed_at__isnull=False)),
                name="promise_closed_once",
            ),
            models.CheckConstraint(condition=~Q(delivered_by_id=F("confirmed_by_id")), name="promise_second_person"),
            models.CheckConstraint(
                condition=Q(state__in=[PromiseState.PROMISED, PromiseState.WITHDRAWN]) | ~Q(proof=""),
                name="promise_with_proof",
            ),
        ]
        indexes = [
            models.Index(fields=["committee", "due_on", "id"], name="promise_committee"),
            models.Index(fields=["due_on", "id"], name="promise_open", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Neither kept nor withdrawn."""
        return self.closed_at is None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return PROMISE_LOOKS[PromiseState(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(PromiseState(self.state).label)

    def is_overdue(self, today: date) -> bool:
        """Its day has passed and nothing was delivered."""
        return self.state == PromiseState.PROMISED and self.due_on < today

    def can_move_to(self, state: PromiseState) -> bool:
        """Whether the lifecycle knows this move."""
        return state in PROMISE_MOVES[PromiseState(self.state)]


class CommitteeMeeting(models.Model):
    """A meeting of the committee. Who came is read from that meeting's roll and typed nowhere else."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meeting_links")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="committee_links")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("meeting of a committee")
        verbose_name_plural = _("meetings of committees")
        constraints = [models.UniqueConstraint(fields=["committee", "meeting"], name="committee_meeting_once")]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.meeting_id}"


class CommitteeLine(models.Model):
    """A line of a committee's history. Inserted only."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.committees
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    about = models.CharField(max_length=160, blank=True, default="")  # the unit, or the number of a promise or meeting
    text = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("line of a committee")
        verbose_name_plural = _("lines of committees")
        indexes = [models.Index(fields=["committee", "-at", "-id"], name="committee_line_at")]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.kind}"
