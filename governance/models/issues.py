"""The issue (诉求), whoever asked, and what happened to it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from core.masking import mask_name, mask_phone_from_staff, mask_text
from governance.lifecycle import CLOSED, FINAL, MOVES, URGES_MANY, Channel, InState, State, Urgency, highest_urgency
from governance.lifecycle.asking import Asked
from governance.lifecycle.hotline import ExternalChannel
from governance.models.reference import Category
from governance.querysets import IssueQuerySet
from neighborhoods.models import Area, AreaStamped, PartnerUnit

_FINAL_VALUES = sorted(FINAL)


class Contact(models.Model):
    """How to reach whoever asked. Encrypted at rest; found again by a keyed hash; emptied when retention ends."""

    # the encrypted fields store nothing for an empty text
    name = EncryptedCharField(max_length=60, blank=True, null=True)
    phone = EncryptedCharField(max_length=30, blank=True, null=True)
    door = EncryptedTextField(blank=True, null=True)  # flat number: finer than a building, so never public
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    tail_hash = models.CharField(max_length=64, blank=True, default="")  # of the last four digits, for the follow page
    created_at = models.DateTimeField(auto_now_add=True)
    hidden_at = models.DateTimeField(null=True)  # a year after closing: nobody may reveal it any more
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def masked_name(self) -> str:
        """张*明; empty without a name."""
        return mask_name(self.name or "")

    @property
    def masked_phone(self) -> str:
        """For staff: without the digits that open the private page."""
        return mask_phone_from_staff(self.phone) if self.phone else ""


class IssueManager(models.Manager.from_queryset(IssueQuerySet)):  # type: ignore[misc] # built at run time
    """Leaves the search column in the database: nobody reads it, and it is longer than the text."""

    def get_queryset(self) -> IssueQuerySet:
        return super().get_queryset().defer("search")


def first_clause(text: str) -> str:
    """The beginning of a text, short enough for a list."""
    head = text.strip().splitlines()[0] if text.strip() else ""
    for stop in "。；！？;!?":
        head = head.split(stop)[0]
    return head if len(head) <= 40 else f"{head[:39]}…"


class Issue(InState, AreaStamped):
    """A resident's request. It cannot be deleted, only withdrawn."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # sent twice, stored once
    follow_digest = models.CharField(max_length=64, unique=True)  # of the private link's token
    follow_version = models.PositiveSmallIntegerField(default=1)
    follow_expires_at = models.DateTimeField(null=True)

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="issues", db_index=False)
    urgency = models.CharField(_("urgency"), max_length=1, choices=Urgency)
    # the highest it had before somebody changed it; empty while nobody has (`gravest_urgency`)
    urgency_before = models.CharField(max_length=1, choices=Urgency, blank=True, default="", db_default="")
    text = models.TextField(_("what is wrong"))
    place_note = models.CharField(_("where exactly"), max_length=120, blank=True, default="")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    # Passed on by somebody else: their number and who they are, together unique, so nothing is taken in twice.
    external_number = models.CharField(_("number elsewhere"), max_length=40, blank=True, default="")
    external_channel = models.CharField(
        _("passed on by"), max_length=10, choices=ExternalChannel, blank=True, default="", db_default=""
    )
    received_at = models.DateTimeField(null=True)  # when they took it in; our clocks run from `submitted_at`

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="issues")
    hide_requester = models.BooleanField(default=False)  # a complaint: whoever is complained about never sees who asked
    is_public = models.BooleanField(default=False)  # the requester agreed that neighbours see the masked text
    published_at = models.DateTimeField(null=True)

    recorded_by_id = models.BigIntegerField(null=True)  # the account that typed it, when not the resident
    recorded_by_label = models.CharField(max_length=120, blank=True, default="")
    collector_role = models.CharField(max_length=20, blank=True, default="")  # role of the first collector

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.SUBMITTED)
    holder_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    holder_unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    # A part of a case that several units share. The resident knows the whole only, so a part has no contact.
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    is_split = models.BooleanField(default=False, db_default=False)
    # An order of the street or the district that has not ended (governance.models.hard)
    ordered_level = models.SmallIntegerField(null=True)
    ordered_until = models.DateTimeField(null=True)
    is_reported = models.BooleanField(default=False, db_default=False)  # the order waits for whoever gave it
    voices = models.PositiveIntegerField(default=1)  # how many people said it, merged ones included
    is_binding = models.BooleanField(default=False)  # ruled: this dispatch cannot be returned

    submitted_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of the running clock that ends first
    escalated_level = models.SmallIntegerField(null=True)  # highest level told since the last reply (Level)
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # set in every final state
    handled_level = models.SmallIntegerField(null=True)  # Level of the holder when it was replied
    reopened_count = models.PositiveSmallIntegerField(default=0)
    urged_at = models.DateTimeField(null=True)
    urges = models.PositiveSmallIntegerField(default=0, db_default=0)  # by residents, since the last reply
    # What waits for somebody's word, and when the clock goes on: lists and buttons look no further.
    asked = models.CharField(max_length=10, choices=Asked, blank=True, default="", db_default="")
    asked_by_id = models.BigIntegerField(null=True)
    paused_until = models.DateTimeField(null=True)
    # Decided against whoever asked: by whom, and until when they may appeal; past and not empty: they have.
    refused_by_id = models.BigIntegerField(null=True)
    appeal_until = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # retention struck phone and ID numbers out of its texts

    # Handler, checker and call-back agent are three people (docs/lifecycle.md).
    replied_by_id = models.BigIntegerField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    called_back_by_id = models.BigIntegerField(null=True)

    search = models.GeneratedField(
        expression=Func(F("text"), F("place_note"), function="mulin_bigram_vector"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = IssueManager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_FINAL_VALUES, closed_at__isnull=False)
                | (~Q(state__in=_FINAL_VALUES) & Q(closed_at=None)),
                name="issue_closed_at_final",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, parent__isnull=False) | ~Q(state=State.MERGED),
                name="issue_merged_has_parent",
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | Q(is_split=False, contact=None), name="issue_part_is_plain"
            ),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(asked=""), name="issue_closed_waits_for_nothing"),
            models.UniqueConstraint(
                fields=["external_number", "external_channel"],
                condition=~Q(external_number=""),
                name="issue_external_once",
            ),
            models.CheckConstraint(condition=~Q(replied_by_id=F("checked_by_id")), name="issue_handler_is_not_checker"),
            models.CheckConstraint(
                condition=~Q(replied_by_id=F("called_back_by_id")), name="issue_handler_is_not_agent"
            ),
            models.CheckConstraint(
                condition=~Q(checked_by_id=F("called_back_by_id")), name="issue_checker_is_not_agent"
            ),
        ]
        indexes = [
            # one index scan per scoped list of open work, ordered by the clock (docs/architecture.md, "Stamps")
            models.Index(fields=["street_id", "due_at", "id"], name="issue_street_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["community_id", "due_at", "id"], name="issue_community_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["grid_id", "due_at", "id"], name="issue_grid_open", condition=Q(closed_at=None)),
            models.Index(fields=["branch_id", "due_at", "id"], name="issue_branch_open", condition=Q(closed_at=None)),
            models.Index(fields=["holder_unit", "due_at", "id"], name="issue_unit_open", condition=Q(closed_at=None)),
            models.Index(fields=["due_at", "id"], name="issue_district_open", condition=Q(closed_at=None)),
            # the desk asks for single states of open work; without these it would read all open rows of a street
            # (measured with 8,000 open ones: counts of the tabs 83 ms without, 8 ms with; Today 56 ms and 2 ms)
            models.Index(
                fields=["street_id", "state", "due_at", "id"], name="issue_street_state", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["community_id", "state", "due_at", "id"],
                name="issue_community_state",
                condition=Q(closed_at=None),
            ),
            models.Index(
                fields=["escalated_level", "due_at", "id"],
                name="issue_escalated",
                condition=Q(closed_at=None, escalated_level__isnull=False),
            ),
            # few cases wait for a word or were urged often; their desks find them among all others
            models.Index(
                fields=["asked", "street_id", "due_at", "id"],
                name="issue_asked",
                condition=Q(closed_at=None) & ~Q(asked=""),
            ),
            models.Index(
                fields=["street_id", "due_at", "id"],
                name="issue_urged_often",
                condition=Q(closed_at=None, urges__gte=URGES_MANY),
            ),
            models.Index(fields=["street_id", "-submitted_at", "-id"], name="issue_street_new"),
            models.Index(fields=["community_id", "-submitted_at", "-id"], name="issue_community_new"),
            models.Index(fields=["grid_id", "-submitted_at", "-id"], name="issue_grid_new"),
            models.Index(fields=["branch_id", "-submitted_at", "-id"], name="issue_branch_new"),
            models.Index(fields=["-submitted_at", "-id"], name="issue_new"),
            models.Index(fields=["building_id", "category", "-submitted_at"], name="issue_similar"),
            # similar cases of a grid or a community; those of a compound are looked up building by building
            models.Index(fields=["community_id", "category", "-submitted_at"], name="issue_similar_wide"),
            models.Index(
                fields=["ordered_level", "street_id", "ordered_until"],
                name="issue_ordered",
                condition=Q(closed_at=None, ordered_level__isnull=False),
            ),
            models.Index(fields=["recorded_by_id", "-submitted_at"], name="issue_recorded_by"),
            models.Index(fields=["-published_at", "-id"], name="issue_published", condition=Q(is_public=True)),
            GinIndex(fields=["search"], name="issue_search"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holder_name(self) -> str:
        """The unit or, without one, the area that has to act."""
        return self.holder_unit.short_name if self.holder_unit else self.holder_area.name

    @property
    def gravest_urgency(self) -> Urgency:
        """The highest urgency it ever had, as filed or as changed: lowering it does not undo what was feared.

        What is never done to danger to life asks this and not `urgency` (docs/lifecycle.md, "Unreasonable requests").
        """
        return highest_urgency(self.urgency, self.urgency_before)

    @property
    def is_on_street_desk(self) -> bool:
        """The street itself has it, no community and no unit: what is asked about it the street decides."""
        return self.holder_unit_id is None and self.holder_area_id == self.street_id

    @property
    def is_settled(self) -> bool:
        """Closed after an answer: it may be reopened for a while."""
        return self.state in CLOSED

    @property
    def summary(self) -> str:
        """The first clause of the text, for staff and whoever asked."""
        return first_clause(self.text)

    @property
    def public_summary(self) -> str:
        """The same for neighbours. Numbers are struck out first: half a number would not be recognised any more."""
        return first_clause(mask_text(self.text, for_neighbours=True, buildings=self.category.is_sensitive))

    def can_move_to(self, state: State) -> bool:
        """Whether the lifecycle knows this move. Who may make it is asked of policies."""
        return state in MOVES[State(self.state)]


class Audience(models.IntegerChoices):
    """Who may read a line of the history. Each includes those before it."""

    STAFF = 0, _("staff")
    REQUESTER = 1, _("whoever asked")
    EVERYBODY = 2, _("everybody")


class TimelineEntry(models.Model):
    """A line of an issue's history: who did what, when and why. Inserted only."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=40)  # an event name of governance.lifecycle
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, blank=True, default="")
    from_state = models.CharField(max_length=20, choices=State, blank=True, default="")
    to_state = models.CharField(max_length=20, choices=State, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    audience = models.SmallIntegerField(choices=Audience, default=Audience.REQUESTER)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")  # to whom it went
    unit = models.ForeignKey(PartnerUnit, on_delete=models.PROTECT, null=True, related_name="+")
    photo_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("line of the history")
        verbose_name_plural = _("lines of the history")
        indexes = [models.Index(fields=["issue", "at", "id"], name="timeline_issue_at")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.kind}"
