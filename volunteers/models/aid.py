"""What neighbours offer each other, what they need, who helps, and whom somebody has to call about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from neighborhoods.models import AreaStamped, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.lifecycle.aid import (
    AID_FINAL,
    AID_LOOKS,
    KINDS,
    WITH_HELPER,
    AidChannel,
    AidKind,
    AidState,
    CallReason,
    DayPart,
    Decision,
    KindFacts,
    Reach,
    Slot,
)
from volunteers.models.records import ServiceRecord
from volunteers.models.volunteers import Volunteer

_FINAL = Q(state__in=sorted(AID_FINAL))


class AidOffer(AreaStamped):
    """Something a volunteer likes to do for neighbours: one kind, how far, when."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(_("what for"), max_length=10, choices=AidKind)
    skill = models.CharField(_("what I can do"), max_length=100, blank=True, default="")
    reach = models.PositiveSmallIntegerField(_("how far"), choices=Reach, default=Reach.COMPOUND)
    slots = models.PositiveSmallIntegerField(default=0)  # bits of Slot; none: any time
    opened_at = models.DateTimeField()
    opened_by_label = models.CharField(max_length=120, blank=True, default="")  # who typed it, if not they themselves
    closed_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of help")
        verbose_name_plural = _("offers of help")
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "kind"], condition=Q(closed_at=None), name="aid_offer_once")
        ]
        indexes = [
            models.Index(fields=["community_id", "kind"], name="aid_offer_open", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.kind}"

    @property
    def slot_labels(self) -> list[str]:
        """When, in words; nothing: any time."""
        return [str(slot.label) for slot in Slot if self.slots & slot]


class AidNeed(AreaStamped):
    """A neighbour needs a hand. It stands where the help is needed; strangers read neither name, phone nor door."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="needs")
    kind = models.CharField(_("what for"), max_length=10, choices=AidKind)
    words = models.CharField(_("in a few words"), max_length=300, blank=True, default="")
    wanted_on = models.DateField(_("on which day"), null=True)
    part = models.CharField(max_length=10, choices=DayPart, default=DayPart.ANY)
    state = models.CharField(_("state"), max_length=10, choices=AidState, default=AidState.OPEN)
    channel = models.CharField(max_length=10, choices=AidChannel)
    said_by = models.CharField(max_length=60, blank=True, default="")  # who called or brought the paper
    client_key = models.UUIDField(unique=True)  # the same form sent twice is one need
    asked_at = models.DateTimeField()
    asked_by_label = models.CharField(max_length=120, blank=True, default="")  # who typed it, if not they themselves
    due_at = models.DateTimeField()  # untaken by then: the grid is shown it
    told_late_at = models.DateTimeField(null=True)
    # ---- the neighbour who helps ----
    helper = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="helps")
    taken_at = models.DateTimeField(null=True)
    remind_due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    matched_by_label = models.CharField(max_length=120, blank=True, default="")  # staff, if they brought them together
    helped_agreed_at = models.DateTimeField(null=True)  # to the other one reading name, phone and door
    helper_agreed_at = models.DateTimeField(null=True)
    # ---- what was done, and who says so ----
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)
    nudge_due_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=120, blank=True, default="")
    confirmed_how = models.CharField(max_length=10, choices=AidChannel, blank=True, default="")
    confirmed_with = models.CharField(max_length=60, blank=True, default="")  # who was called or signed the paper
    own_user_id = models.BigIntegerField(null=True)  # the account of the helper when it was confirmed
    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, null=True, related_name="need")
    disputed_by_id = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default="")
    decided_by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")  # of the decision, the refusal, the calling off
    closed_at = models.DateTimeField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need of a neighbour")
        verbose_name_plural = _("needs of neighbours")
        constraints = [
            models.CheckConstraint(
                condition=(_FINAL & Q(closed_at__isnull=False)) | (~_FINAL & Q(closed_at=None)), name="aid_closed_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(WITH_HELPER)) | Q(helper__isnull=False, taken_at__isnull=False),
                name="aid_has_helper",
            ),
            models.CheckConstraint(
                condition=~Q(state=AidState.OPEN) | Q(helper=None, taken_at=None), name="aid_open_has_no_helper"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AidState.CONFIRMED, AidState.CREDITED])
                | Q(record__isnull=False, confirmed_at__isnull=False),
                name="aid_confirmed_has_record",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id=None) | Q(own_user_id=None) | ~Q(confirmed_by_id=F("own_user_id")),
                name="aid_not_confirmed_by_helper",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "-id"], name="aid_community"),
            models.Index(fields=["state", "-id"], name="aid_open_list", condition=Q(state="open")),
            models.Index(fields=["due_at"], name="aid_untaken", condition=Q(state="open", told_late_at=None)),
            models.Index(fields=["nudge_due_at"], name="aid_unconfirmed", condition=Q(state="done", nudged_at=None)),
            models.Index(fields=["remind_due_at"], name="aid_undone", condition=Q(state="taken", reminded_at=None)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return AID_LOOKS[AidState(self.state)]

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something."""
        return self.closed_at is None

    @property
    def facts(self) -> KindFacts:
        """Symbol and insurance of the kind."""
        return KINDS[AidKind(self.kind)]

    @property
    def is_going(self) -> bool:
        """One helps the other now."""
        return self.state in {AidState.TAKEN, AidState.DONE}

    @property
    def is_shared(self) -> bool:
        """Both agreed, and one helps the other now: each may read the other's contact."""
        agreed = self.helped_agreed_at is not None and self.helper_agreed_at is not None
        return agreed and self.is_going


class AidLine(models.Model):
    """A line of a need's history. Inserted only."""

    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # an event name of lifecycle.aid
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("line of a need")
        verbose_name_plural = _("lines of needs")
        indexes = [models.Index(fields=["need", "at", "id"], name="aid_line_at")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.kind}"


class PhoneCall(AreaStamped):
    """Somebody without an account was promised an answer and no message reaches them: staff call or go there."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="calls")
    reason = models.CharField(max_length=12, choices=CallReason)
    about = models.CharField(max_length=80)  # a number, or what the activity is called
    need = models.ForeignKey(AidNeed, on_delete=models.PROTECT, null=True, related_name="calls")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)
    done_by_label = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("call to make")
        verbose_name_plural = _("calls to make")
        indexes = [models.Index(fields=["community_id", "asked_at"], name="call_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.reason}"
