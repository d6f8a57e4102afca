"""Members in service at the branch where they live, and the duty posts they take there."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from neighborhoods.models import AreaStamped, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.checkins import (
    CHECKIN_FINAL,
    CHECKIN_LOOKS,
    HERE,
    CheckInState,
    DutyKind,
    FreeTime,
    Skill,
)

if TYPE_CHECKING:
    from volunteers.models.pledges import Pledge

_OVER = Q(state__in=sorted(CHECKIN_FINAL))


def _codes(choices: type[models.TextChoices]) -> ArrayField:
    return ArrayField(models.CharField(max_length=12, choices=choices), default=list, blank=True)


class CheckIn(AreaStamped):
    """One stay of a member at one branch. Whoever moves gets another one; a person has one that is not over."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="checkins")
    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=CheckInState, default=CheckInState.APPLIED)
    employer = models.CharField(_("employer"), max_length=80)  # nobody looks people up by it
    skills = _codes(Skill)
    free_times = _codes(FreeTime)
    agreed_at = models.DateTimeField()  # to the branch keeping this; that somebody is a member is theirs to say
    is_own = models.BooleanField(default=True)  # said by themselves; otherwise typed at the desk
    applied_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_late_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.BigIntegerField(null=True)
    accepted_by_label = models.CharField(max_length=120, blank=True, default="")
    began_at = models.DateTimeField(null=True)
    quiet_due_at = models.DateTimeField(null=True)  # when six months without post or service are over
    invited_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="moved_to")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("member checked in")
        verbose_name_plural = _("members checked in")
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(ended_at=None), name="checkin_one_live"),
            models.CheckConstraint(
                condition=(_OVER & Q(ended_at__isnull=False)) | (~_OVER & Q(ended_at=None)), name="checkin_ended_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(HERE)) | Q(accepted_at__isnull=False), name="checkin_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(state=CheckInState.ACTIVE) | Q(began_at__isnull=False), name="checkin_began"
            ),
            models.CheckConstraint(condition=_OVER | Q(branch_id__isnull=False), name="checkin_at_a_branch"),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "-id"], name="checkin_community"),
            models.Index(fields=["branch_id", "state"], name="checkin_branch"),
            models.Index(fields=["due_at"], name="checkin_waiting", condition=Q(state="applied", told_late_at=None)),
            models.Index(
                fields=["quiet_due_at"],
                name="checkin_quiet",
                condition=Q(ended_at=None, invited_at=None, quiet_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Not over."""
        return self.ended_at is None

    @property
    def is_here(self) -> bool:
        """The branch said yes and nothing has ended since."""
        return self.state in HERE

    @cached_property
    def pledge(self) -> "Pledge | None":
        """The one that is not taken back, knowing its check-in; asked for once, because every step of it asks."""
        found = self.pledges.filter(withdrawn_at=None).select_related("post").first()
        if found is not None:
            found.checkin = self
        return found

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return CHECKIN_LOOKS[CheckInState(self.state)]

    @property
    def skill_names(self) -> list[str]:
        """In words."""
        return [str(Skill(code).label) for code in self.skills]

    @property
    def time_names(self) -> list[str]:
        """In words."""
        return [str(FreeTime(code).label) for code in self.free_times]


class CheckInLine(models.Model):
    """A line of a check-in's history. Inserted only."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.checkins, .pledges or .feedback
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    text = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("line of a check-in")
        verbose_name_plural = _("lines of check-ins")
        indexes = [models.Index(fields=["checkin", "at", "id"], name="checkin_line_at")]

    def __str__(self) -> str:
        return f"{self.checkin_id} {self.kind}"


class DutyPost(AreaStamped):
    """A need of the branch that members may take on (岗位): what, how often, which skills, when, for how many."""

    kind = models.CharField(pgettext_lazy("duty post", "kind"), max_length=12, choices=DutyKind)
    title = models.CharField(_("what there is to do"), max_length=60)
    words = models.CharField(_("in a sentence"), max_length=200, blank=True, default="")
    skills = _codes(Skill)
    free_times = _codes(FreeTime)
    places = models.PositiveSmallIntegerField(_("for how many people"), default=1)
    opened_at = models.DateTimeField()
    opened_by_label = models.CharField(max_length=120, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        constraints = [models.CheckConstraint(condition=Q(places__gte=1, places__lte=99), name="duty_post_places")]
        indexes = [models.Index(fields=["branch_id", "-id"], name="duty_post_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.title

    @property
    def skill_names(self) -> list[str]:
        """In words."""
        return [str(Skill(code).label) for code in self.skills]

    @property
    def time_names(self) -> list[str]:
        """In words."""
        return [str(FreeTime(code).label) for code in self.free_times]


class DutyTaking(models.Model):
    """Somebody on a duty post, from when to when. Leaving it needs no reason."""

    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="takings")
    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="takings")
    taken_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("duty post taken")
        verbose_name_plural = _("duty posts taken")
        constraints = [
            models.UniqueConstraint(fields=["post", "checkin"], condition=Q(left_at=None), name="duty_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.checkin_id}"
