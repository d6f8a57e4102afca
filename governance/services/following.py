"""What residents may do with their own case: add, urge, withdraw, hide."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.models import Attachment
from core.tokens import digest_of
from governance import policies
from governance.lifecycle import (
    ISSUE_HIDDEN,
    ISSUE_LEFT,
    ISSUE_PUBLISHED,
    ISSUE_SUPPLEMENTED,
    ISSUE_URGED,
    ISSUE_WITHDRAWN,
    State,
)
from governance.models import Contact, Issue, IssuePhoto
from governance.models.issues import Audience
from governance.services.clocks import void_clocks
from governance.services.contacts import empty_contacts
from governance.services.links import follow_token
from governance.services.moves import locked_issue, move, require_move, save_issue, tell, write_line
from governance.services.parts import close_parts
from neighborhoods.actors import NOBODY, Actor

SAME_MINUTES = 10


@transaction.atomic
def supplement_issue(*, issue_id: int, actor: Actor = NOBODY, text: str, photos: tuple[Attachment, ...] = ()) -> Issue:
    """Whoever asked adds words or photos while the case is open."""
    issue, at = locked_issue(issue_id), timezone.now()
    if not issue.is_open and issue.state != State.MERGED:
        raise RuleError(_("The case is closed. If it is not solved, reopen it."))
    if not text.strip() and not photos:
        raise RuleError(_("Write a few words or add a photo."), field="text")
    if issue.photos.filter(from_resident=True).count() + len(photos) > settings.PHOTO_MAX_COUNT * 2:
        raise RuleError(_("There are enough photos already."), field="photos")
    if _said_before(issue, at, text.strip(), photos):
        return issue
    entry = write_line(issue, kind=ISSUE_SUPPLEMENTED, actor=actor, at=at, text=text.strip())
    IssuePhoto.objects.bulk_create([IssuePhoto(issue=issue, attachment=p, entry=entry) for p in photos])
    tell(ISSUE_SUPPLEMENTED, issue, actor)
    return issue


def _said_before(issue: Issue, at: datetime, text: str, photos: tuple[Attachment, ...]) -> bool:
    """The same form sent twice: the same words within minutes, and no photo that is not there already."""
    since = at - timedelta(minutes=SAME_MINUTES)
    if not issue.timeline.filter(kind=ISSUE_SUPPLEMENTED, at__gte=since, text=text).exists():
        return False
    known = set(issue.photos.values_list("attachment__sha256", flat=True))
    return all(photo.sha256 in known for photo in photos)


def may_urge(issue: Issue, at: datetime) -> bool:
    """Whether a day has passed since whoever asked urged the last time."""
    return issue.urged_at is None or at >= issue.urged_at + timedelta(hours=settings.URGE_HOURS)


@transaction.atomic
def urge_issue(*, issue_id: int, actor: Actor = NOBODY) -> Issue:
    """Whoever asked may urge once a day; the holder is told."""
    issue, at = locked_issue(issue_id), timezone.now()
    if not issue.is_open:
        raise RuleError(_("The case is closed. If it is not solved, reopen it."))
    if not may_urge(issue, at):
        raise RuleError(_("You have urged within the last day. Whoever holds it has been told."))
    issue.urged_at, issue.urges = at, issue.urges + 1
    issue.save(update_fields=["urged_at", "urges"])
    write_line(issue, kind=ISSUE_URGED, actor=actor, at=at)
    tell(ISSUE_URGED, issue, actor, times=issue.urges)
    return issue


@transaction.atomic
def withdraw_issue(*, issue_id: int, actor: Actor = NOBODY, reason: str = "") -> Issue:
    """Whoever asked takes it back; nothing is deleted. One that neighbours have joined goes on without them."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.WITHDRAWN)
    if issue.voices > 1:
        return _leave(issue, actor, at, reason)
    move(issue, State.WITHDRAWN, actor=actor, at=at, kind=ISSUE_WITHDRAWN, text=reason.strip())
    close_parts(issue, actor=actor, at=at, kind=ISSUE_WITHDRAWN)
    void_clocks(issue, at)
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    issue.is_public, issue.published_at = False, None
    save_issue(issue, "is_public", "published_at")
    tell(ISSUE_WITHDRAWN, issue, actor)
    return issue


def _leave(issue: Issue, actor: Actor, at: datetime, reason: str) -> Issue:
    """The case goes on for whoever joined it: not shown to others any more, without this contact and private link."""
    issue.is_public, issue.published_at = False, None
    issue.voices -= 1
    issue.follow_version += 1  # the old link is unknown from now on, and nobody is given the new one
    issue.follow_digest = digest_of(follow_token(issue))
    issue.save(update_fields=["is_public", "published_at", "voices", "follow_version", "follow_digest"])
    if issue.contact_id:
        empty_contacts(Contact.objects.filter(pk=issue.contact_id), at=at)
    write_line(issue, kind=ISSUE_LEFT, actor=actor, at=at, text=reason.strip(), audience=Audience.STAFF)
    tell(ISSUE_LEFT, issue, actor)
    return issue


@transaction.atomic
def hide_issue(*, issue_id: int, actor: Actor = NOBODY) -> Issue:
    """Whoever asked no longer wants neighbours to read it; effective at once."""
    issue, at = locked_issue(issue_id), timezone.now()
    if issue.is_public:
        issue.is_public, issue.published_at = False, None
        issue.save(update_fields=["is_public", "published_at"])
        write_line(issue, kind=ISSUE_HIDDEN, actor=actor, at=at)
        tell(ISSUE_HIDDEN, issue, actor)
    return issue


@transaction.atomic
def publish_issue(*, issue_id: int, actor: Actor, shown: bool) -> Issue:
    """A dispatcher shows or withholds the masked text; only what the resident agreed to can be shown."""
    issue, at = locked_issue(issue_id), timezone.now()
    require(policies.can_publish_issue(actor, issue))
    if shown and not issue.is_public:
        raise RuleError(_("The resident did not agree that neighbours see it."))
    issue.published_at = at if shown else None
    issue.save(update_fields=["published_at"])
    write_line(
        issue, kind=ISSUE_PUBLISHED, actor=actor, at=at, audience=Audience.STAFF, reason="" if shown else "withheld"
    )
    tell(ISSUE_PUBLISHED, issue, actor, shown=shown)
    return issue
