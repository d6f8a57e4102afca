"""Matters (事件): what was handled on the ground, by whom, with whose help, and which requests it belongs to."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from governance.lifecycle.matters import (
    MATTER_FINAL,
    MATTER_LOOKS,
    MATTER_MOVES,
    HelperRole,
    MatterSource,
    MatterState,
)
from governance.models.issues import Issue, first_clause
from governance.models.reference import Category
from governance.querysets import MatterQuerySet
from neighborhoods.models import Area, AreaStamped, PartnerUnit, Post

_FINAL_VALUES = sorted(MATTER_FINAL)


class Matter(AreaStamped):
    """A thing handled on the ground, with or without a request behind it. Its seven steps are `lifecycle.matters`."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # sent twice, stored once
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="matters", verbose_name=_("category"))
    text = models.TextField(_("what it is"))
    place_note = models.CharField(_("where exactly"), max_length=120, blank=True, default="")
    source = models.CharField(_("how it became known"), max_length=10, choices=MatterSource)
    state = models.CharField(_("state"), max_length=10, choices=MatterState, default=MatterState.COLLECTED)
    issues: models.ManyToManyField = models.ManyToManyField(Issue, through="MatterIssue", related_name="matters")

    # Whose it is: a post, a unit, or the desk of an area.
    holder_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    holder_unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="matters")
    owner_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="matters")

    collected_at = models.DateTimeField(_("collected"))
    collected_by_id = models.BigIntegerField()
    collected_by_label = models.CharField(max_length=120)
    collector_role = models.CharField(max_length=20)  # a Role
    handled_at = models.DateTimeField(null=True)
    handled_by_id = models.BigIntegerField(null=True)
    handler_role = models.CharField(max_length=20, blank=True, default="")  # the Role in which it was handled
    handler_level = models.SmallIntegerField(null=True)  # of that post; whoever checks stands above or beside
    result = models.TextField(_("what was done"), blank=True, default="")
    checked_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)  # closed, or not filed
    due_at = models.DateTimeField(_("due"), null=True)  # of the clock that runs
    escalated_level = models.SmallIntegerField(null=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="matter_closed_once",
            ),
            models.CheckConstraint(condition=~Q(handled_by_id=F("checked_by_id")), name="matter_second_person"),
            models.CheckConstraint(
                condition=~Q(state=MatterState.CLOSED) | Q(handled_by_id__isnull=False, checked_by_id__isnull=False),
                name="matter_closed_by_steps",
            ),
        ]
        indexes = [
            models.Index(fields=["street_id", "due_at", "id"], name="matter_street", condition=Q(closed_at=None)),
            models.Index(fields=["community_id", "due_at", "id"], name="matter_community", condition=Q(closed_at=None)),
            models.Index(fields=["grid_id", "due_at", "id"], name="matter_grid", condition=Q(closed_at=None)),
            models.Index(fields=["holder_unit", "due_at", "id"], name="matter_unit", condition=Q(closed_at=None)),
            models.Index(fields=["collected_by_id", "-collected_at"], name="matter_collector"),
            models.Index(fields=["street_id", "-collected_at", "-id"], name="matter_street_new"),
            models.Index(fields=["community_id", "-collected_at", "-id"], name="matter_community_new"),
            models.Index(fields=["closed_at"], name="matter_closed", condition=Q(state=MatterState.CLOSED)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Neither closed nor left unfiled."""
        return self.closed_at is None

    @property
    def summary(self) -> str:
        """Its beginning, for lists."""
        return first_clause(self.text)

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return MATTER_LOOKS[MatterState(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(MatterState(self.state).label)

    @property
    def holder_name(self) -> str:
        """Whose it is."""
        if self.owner_post:
            return f"{self.owner_post.user.name}（{self.holder_area.name}）"
        return self.holder_unit.short_name if self.holder_unit else self.holder_area.name

    def can_move_to(self, state: MatterState) -> bool:
        """Whether the lifecycle knows this move."""
        return state in MATTER_MOVES[MatterState(self.state)]


class MatterIssue(models.Model):
    """A request the matter belongs to. Neither count derives from the other."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="links")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="matter_links")
    added_at = models.DateTimeField()
    added_by_label = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("request of a matter")
        verbose_name_plural = _("requests of matters")
        constraints = [models.UniqueConstraint(fields=["matter", "issue"], name="matter_issue_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.issue_id}"


class MatterHelper(models.Model):
    """Somebody who helped: a post of the portal, or a name and nothing more. Inserted only."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="helpers")
    role = models.CharField(_("helped as"), max_length=15, choices=HelperRole)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(_("who"), max_length=60)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("helper")
        verbose_name_plural = _("helpers")
        constraints = [models.UniqueConstraint(fields=["matter", "role", "label"], name="matter_helper_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.role}"


class MatterLine(models.Model):
    """A line of a matter's history. Inserted only."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.matters
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    from_state = models.CharField(max_length=10, choices=MatterState, blank=True, default="")
    to_state = models.CharField(max_length=10, choices=MatterState, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a matter")
        verbose_name_plural = _("lines of matters")
        indexes = [models.Index(fields=["matter", "at", "id"], name="matter_line_at")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.kind}"
