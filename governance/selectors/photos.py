"""Who may open which photo, and which of its two files."""

import uuid

from django.core import signing
from django.db.models.fields.files import FieldFile

from core.models import Attachment
from governance.models import Issue, IssuePhoto
from governance.selectors.issues import issues_visible_to, photos_in_sight, sight_of
from governance.selectors.tasks import tasks_visible_to
from governance.selectors.whistles import whistles_visible_to
from neighborhoods.actors import Actor

_SALT = "governance.photo"
TICKET_SECONDS = 12 * 3600


def photo_ticket(uid: uuid.UUID) -> str:
    """What the sender's own pages put behind `?t=`: opens this photo for half a day and nothing else."""
    return signing.dumps(uid.hex, salt=_SALT)


def _ticket_opens(ticket: str, uid: uuid.UUID) -> bool:
    try:
        return signing.loads(ticket, salt=_SALT, max_age=TICKET_SECONDS) == uid.hex
    except signing.BadSignature:
        return False


def photo_file_for(uid: uuid.UUID, *, ticket: str, actor: Actor, covered: bool) -> FieldFile | None:
    """The file this person may see: the original for its sender and staff in scope, the covered copy for everybody."""
    photo = Attachment.objects.filter(uid=uid).select_related("issue_photo", "call_photo__call").first()
    if photo is None:
        return None
    if ticket and _ticket_opens(ticket, uid):
        return photo.file
    if hasattr(photo, "call_photo"):
        seen = actor.is_somebody and whistles_visible_to(actor).filter(pk=photo.call_photo.call.whistle_id).exists()
        return photo.file if seen else None
    link: IssuePhoto | None = getattr(photo, "issue_photo", None)
    if link is None:
        proof = actor.is_somebody and tasks_visible_to(actor).filter(photos__attachment=photo).exists()
        return photo.file if proof else None
    if actor.is_somebody and _stands_on_the_desk_of(actor, link):
        return photo.covered_file or None if covered else photo.file
    shown = link.published_at and photo.covered_file and Issue.objects.public().filter(pk=link.issue_id).exists()
    return photo.covered_file if shown else None


def _stands_on_the_desk_of(actor: Actor, link: IssuePhoto) -> bool:
    issue = issues_visible_to(actor).filter(pk=link.issue_id).first()
    return issue is not None and photos_in_sight(issue, sight_of(actor, issue)).filter(pk=link.pk).exists()
