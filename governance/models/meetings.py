"""Meetings (议事会议): the rule they follow, the meeting, its notices and its history."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from core.masking import mask_text
from governance.lifecycle.meetings import (
    BY_WHISTLE,
    MEETING_FINAL,
    MEETING_LOOKS,
    MEETING_MOVES,
    STATUTORY,
    WITH_MINUTES,
    MeetingFormat,
    MeetingKind,
    MeetingState,
)
from neighborhoods.models import AreaStamped, Post
from neighborhoods.querysets import AreaScopedQuerySet

_FINAL_VALUES = sorted(MEETING_FINAL)
_CONFIRMED_VALUES = sorted(WITH_MINUTES)


class MeetingRule(models.Model):
    """How much ahead a kind of meeting is announced, how long people speak. A meeting keeps the rule of its day."""

    kind = models.CharField(pgettext_lazy("meeting", "kind"), max_length=20, choices=MeetingKind)
    valid_from = models.DateField(_("in force from"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=3)
    vote_notice_days = models.PositiveSmallIntegerField(_("days of notice when anything is voted on"), default=7)
    minutes_days = models.PositiveSmallIntegerField(_("working days for the minutes"), default=3)
    shown_days = models.PositiveSmallIntegerField(_("days the result is shown at least"), default=7)
    follow_days = models.PositiveSmallIntegerField(_("days until the first look at what was resolved"), default=15)
    speak_seconds = models.PositiveSmallIntegerField(_("seconds to speak"), default=120)
    speak_times = models.PositiveSmallIntegerField(_("times to speak"), default=2)
    allows_proxy = models.BooleanField(_("somebody may stand in for somebody else"), default=True)

    class Meta:
        verbose_name = _("rule of meetings")
        verbose_name_plural = _("rules of meetings")
        ordering = ["kind", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["kind", "valid_from"], name="meeting_rule_once_a_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.valid_from}"


class Meeting(AreaStamped):
    """One meeting of residents. It cannot be deleted, only cancelled; its end is the archive."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    submission_key = models.UUIDField(unique=True, editable=False)  # the same form sent twice makes one meeting
    kind = models.CharField(pgettext_lazy("meeting", "kind"), max_length=20, choices=MeetingKind)
    format = models.CharField(_("format"), max_length=15, choices=MeetingFormat, default=MeetingFormat.ROOM)
    is_micro = models.BooleanField(_("micro-autonomy meeting"), default=False)  # of residents, inside a compound
    rule = models.ForeignKey(MeetingRule, on_delete=models.PROTECT, related_name="meetings")
    session = models.PositiveIntegerField(default=1)  # the how many-th of its kind in its area
    title = models.CharField(_("what it is about"), max_length=80)
    state = models.CharField(
        pgettext_lazy("meeting", "state"), max_length=20, choices=MeetingState, default=MeetingState.COLLECTING
    )

    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(pgettext_lazy("meeting", "place"), max_length=80)
    capacity = models.PositiveSmallIntegerField(_("seats"), null=True)
    checkin_version = models.PositiveSmallIntegerField(default=1)  # a new one makes the old code worthless

    # Who calls it. The chair is neutral and may have no account; chair and secretary are two people.
    convener_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    convener_label = models.CharField(max_length=120, blank=True, default="")
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    chair_name = models.CharField(_("chair"), max_length=60, blank=True, default="")
    secretary = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    secretary_name = models.CharField(_("secretary"), max_length=60, blank=True, default="")

    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="held_again")
    opened_at = models.DateTimeField()
    opened_by_id = models.BigIntegerField(null=True)
    noticed_at = models.DateTimeField(null=True)  # of the newest notice
    held_at = models.DateTimeField(null=True)
    minutes_confirmed_at = models.DateTimeField(null=True)  # the first time: from here on it counts
    published_at = models.DateTimeField(null=True)
    withdraw_on = models.DateField(null=True)  # the last day on which its result is shown
    closed_at = models.DateTimeField(null=True)  # set in every final state
    due_at = models.DateTimeField(null=True)  # by when the organiser has to go on
    reminded_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_takes_time"),
            models.CheckConstraint(condition=~Q(chair=F("secretary")), name="meeting_chair_is_not_secretary"),
            models.CheckConstraint(condition=~Q(is_micro=True, kind__in=sorted(STATUTORY)), name="meeting_micro_kind"),
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="meeting_closed_at_final",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CONFIRMED_VALUES, minutes_confirmed_at__isnull=False, held_at__isnull=False)
                | (~Q(state__in=_CONFIRMED_VALUES) & Q(minutes_confirmed_at=None)),
                name="meeting_confirmed_at",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(withdraw_on__isnull=False), name="meeting_has_withdraw_date"
            ),
        ]
        indexes = [
            models.Index(fields=["street_id", "-starts_at", "-id"], name="meeting_street"),
            models.Index(fields=["community_id", "-starts_at", "-id"], name="meeting_community"),
            models.Index(fields=["grid_id", "-starts_at", "-id"], name="meeting_grid"),
            models.Index(fields=["branch_id", "-starts_at", "-id"], name="meeting_branch"),
            models.Index(fields=["-starts_at", "-id"], name="meeting_new"),
            models.Index(
                fields=["street_id", "starts_at", "id"], name="meeting_street_open", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["community_id", "starts_at", "id"], name="meeting_community_open", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["branch_id", "starts_at", "id"], name="meeting_branch_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["starts_at", "id"], name="meeting_open", condition=Q(closed_at=None)),
            models.Index(fields=["due_at", "id"], name="meeting_due", condition=Q(closed_at=None)),
            models.Index(fields=["area", "kind", "session"], name="meeting_area_kind"),
            # what is shown in public is a few weeks of many years
            models.Index(fields=["withdraw_on"], name="meeting_shown", condition=Q(published_at__isnull=False)),
            models.Index(
                fields=["held_at"],
                name="meeting_micro_held",
                condition=Q(is_micro=True, minutes_confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return MEETING_LOOKS[MeetingState(self.state)]

    @property
    def is_open(self) -> bool:
        """Not filed, called off or put off."""
        return self.closed_at is None

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(MeetingState(self.state).label)

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return str(MeetingKind(self.kind).label)

    @property
    def format_label(self) -> str:
        """The format in words."""
        return str(MeetingFormat(self.format).label)

    @property
    def is_statutory(self) -> bool:
        """A representatives' assembly: only its own members count."""
        return self.kind in STATUTORY

    @property
    def is_by_whistle(self) -> bool:
        """Held by the units a whistle called."""
        return self.kind in BY_WHISTLE

    @property
    def public_title(self) -> str:
        """The title for neighbours, without phone and ID numbers."""
        return mask_text(self.title)

    @property
    def length(self) -> int:
        """Minutes from beginning to end: what the agenda must fit into."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def can_move_to(self, state: MeetingState) -> bool:
        """Whether the lifecycle knows this move. Who may make it is asked of policies."""
        if (self.state, state) == (MeetingState.CONFIRMED, MeetingState.CLOSED) and not self.is_by_whistle:
            return False
        return state in MEETING_MOVES[MeetingState(self.state)]


class MeetingEntry(models.Model):
    """A line of a meeting's history: who did what, when and why. Inserted only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="history")
    kind = models.CharField(max_length=40)  # an event name of governance.lifecycle.meetings
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    from_state = models.CharField(max_length=20, choices=MeetingState, blank=True, default="")
    to_state = models.CharField(max_length=20, choices=MeetingState, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a meeting's history")
        verbose_name_plural = _("lines of meetings' histories")
        indexes = [models.Index(fields=["meeting", "at", "id"], name="meeting_entry_at")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.kind}"


class MeetingNotice(models.Model):
    """What was announced, as it was announced. A meeting that is moved afterwards gets a new one."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="notices")
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    agenda = models.JSONField(default=list)  # [{"title", "minutes", "is_vote"}]
    reason = models.CharField(max_length=200, blank=True, default="")  # why it was moved

    class Meta:
        verbose_name = _("notice of a meeting")
        verbose_name_plural = _("notices of meetings")
        ordering = ["meeting", "version"]
        constraints = [models.UniqueConstraint(fields=["meeting", "version"], name="meeting_notice_version")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.version}"
