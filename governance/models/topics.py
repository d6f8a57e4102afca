"""What meetings talk about: topics (议题), the agenda, and what was resolved."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from core.masking import mask_text
from governance.lifecycle.meetings import (
    TOPIC_FINAL,
    TOPIC_LOOKS,
    TOPIC_MOVES,
    ItemOutcome,
    Theme,
    TopicSource,
    TopicState,
)
from governance.models.issues import Contact, Issue
from governance.models.meetings import Meeting
from neighborhoods.models import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet

_FINAL_VALUES = sorted(TOPIC_FINAL)


class Topic(AreaStamped):
    """A problem somebody wants talked about. However many meetings talk about it, it is one, and is settled once."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # sent twice, stored once
    follow_digest = models.CharField(max_length=64, unique=True)  # of the private link's token
    follow_version = models.PositiveSmallIntegerField(default=1)

    source = models.CharField(_("where it comes from"), max_length=10, choices=TopicSource)
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="topics")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="topics")
    recorded_by_id = models.BigIntegerField(null=True)  # the account that typed it, when not the resident
    recorded_by_label = models.CharField(max_length=120, blank=True, default="")
    theme = models.CharField(_("about"), max_length=15, choices=Theme, default=Theme.OTHER)
    title = models.CharField(_("topic"), max_length=80)
    text = models.TextField(_("what should be talked about"), blank=True, default="")

    state = models.CharField(
        pgettext_lazy("topic", "state"), max_length=12, choices=TopicState, default=TopicState.PROPOSED
    )
    meeting = models.ForeignKey(  # the newest meeting it was put to
        Meeting, on_delete=models.PROTECT, null=True, related_name="topics"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")  # why it was not taken up
    proposed_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True)
    screened_by_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)  # when somebody looked and found it settled: from here on it counts
    settled_by_id = models.BigIntegerField(null=True)
    settled_note = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)  # set in every final state

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="topic_closed_at_final",
            ),
            models.CheckConstraint(
                condition=Q(state=TopicState.SETTLED, settled_at__isnull=False)
                | (~Q(state=TopicState.SETTLED) & Q(settled_at=None)),
                name="topic_settled_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=TopicState.DECLINED) | ~Q(reason=""), name="topic_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(source=TopicSource.ISSUE, issue__isnull=False) | ~Q(source=TopicSource.ISSUE),
                name="topic_from_issue",
            ),
            # an issue is put to one meeting at a time
            models.UniqueConstraint(fields=["issue"], condition=Q(closed_at=None), name="topic_one_open_per_issue"),
        ]
        indexes = [
            models.Index(
                fields=["street_id", "proposed_at", "id"], name="topic_street_open", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["community_id", "proposed_at", "id"], name="topic_community_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["grid_id", "proposed_at", "id"], name="topic_grid_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["branch_id", "proposed_at", "id"], name="topic_branch_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["proposed_at", "id"], name="topic_open", condition=Q(closed_at=None)),
            models.Index(fields=["settled_at"], name="topic_settled", condition=Q(settled_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return TOPIC_LOOKS[TopicState(self.state)]

    @property
    def is_open(self) -> bool:
        """Neither settled nor turned down nor taken back."""
        return self.closed_at is None

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(TopicState(self.state).label)

    @property
    def public_title(self) -> str:
        """The title for neighbours, without phone and ID numbers."""
        return mask_text(self.title)

    def can_move_to(self, state: TopicState) -> bool:
        """Whether the lifecycle knows this move. Who may make it is asked of policies."""
        return state in TOPIC_MOVES[TopicState(self.state)]


class TopicEntry(models.Model):
    """A line of a topic's history, which its proposer reads by the private link. Inserted only."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="history")
    kind = models.CharField(max_length=40)  # an event name of governance.lifecycle.meetings
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a topic's history")
        verbose_name_plural = _("lines of topics' histories")
        indexes = [models.Index(fields=["topic", "at", "id"], name="topic_entry_at")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.kind}"


class AgendaItem(models.Model):
    """An item of the agenda: what, for how long, and how it ended. Motions hang on it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, related_name="items")
    title = models.CharField(_("item"), max_length=80)
    minutes = models.PositiveSmallIntegerField(_("how many minutes"))
    is_vote = models.BooleanField(_("something is voted on"), default=False)  # announced a week ahead
    began_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=ItemOutcome, blank=True, default="")

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"], name="agenda_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["meeting", "topic"], condition=Q(topic__isnull=False), name="agenda_topic_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="agenda_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.order}"


class Resolution(models.Model):
    """What a meeting resolved about an item. It has tasks, or says that nothing has to be done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="resolutions")
    order = models.PositiveSmallIntegerField()
    text = models.TextField(_("what was resolved"))
    is_information_only = models.BooleanField(_("for information only, nothing has to be done"), default=False)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ["meeting", "order"]
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="resolution_order_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.order}"
