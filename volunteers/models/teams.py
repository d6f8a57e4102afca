"""Teams of volunteers, who is in them, and who would like to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from neighborhoods.models import AreaStamped
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.teams import TEAM_LOOKS, MemberState, TeamKind, TeamState
from volunteers.models.volunteers import Volunteer


class Team(AreaStamped):
    """A team of a place: patrol, policy outreach, waste sorting, care, and so on."""

    name = models.CharField(_("name of the team"), max_length=60)
    kind = models.CharField(_("kind of team"), max_length=12, choices=TeamKind)
    state = models.CharField(_("state"), max_length=10, choices=TeamState, default=TeamState.FORMING)
    about = models.CharField(_("what the team does"), max_length=300, blank=True, default="")
    lead = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, null=True, related_name="leads_teams", verbose_name=_("lead of the team")
    )
    needs_insurance = models.BooleanField(_("only with insurance"), default=False)
    formed_at = models.DateTimeField()
    formed_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("volunteers", "team")
        verbose_name_plural = pgettext_lazy("volunteers", "teams")
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], condition=Q(closed_at=None), name="team_name_once"),
            models.CheckConstraint(
                condition=Q(state=TeamState.CLOSED, closed_at__isnull=False)
                | (~Q(state=TeamState.CLOSED) & Q(closed_at=None)),
                name="team_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=TeamState.ACTIVE) | Q(lead__isnull=False), name="team_active_has_lead"
            ),
        ]
        indexes = [models.Index(fields=["community_id", "state", "name"], name="team_community")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.closed_at is None

    @property
    def number(self) -> str:
        """What a notice calls it."""
        return self.name

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return TEAM_LOOKS[TeamState(self.state)]


class TeamMember(models.Model):
    """Somebody in a team, or who has asked to be."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=10, choices=MemberState, default=MemberState.ASKED)
    asked_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [models.UniqueConstraint(fields=["team", "volunteer"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.volunteer_id}"


class Interest(models.Model):
    """Somebody would like to hear of a kind of service; the list of a place is read when a team is put together."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=12, choices=TeamKind)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        constraints = [models.UniqueConstraint(fields=["volunteer", "kind"], name="interest_once")]
        indexes = [models.Index(fields=["kind", "volunteer"], name="interest_kind")]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.kind}"
