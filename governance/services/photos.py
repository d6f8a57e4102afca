"""Photos: checked, re-encoded without metadata, covered by hand before neighbours see them, removed when never used."""

import hashlib
import io
import struct
import uuid
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import IO

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageOps

from core.errors import RuleError, require
from core.models import Attachment
from governance import policies
from governance.lifecycle import ISSUE_PUBLISHED
from governance.models import IssuePhoto
from governance.services.moves import locked_issue, tell
from neighborhoods.actors import Actor

# What the first bytes say, and the only decoder that may then touch the file.
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
APPLE = {"image/heic", "image/heif", "image/avif"}
BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(struct.error, Image.DecompressionBombError),
)
# Two pictures are unpacked at a time: eight at once, each as large as allowed, would fill the memory of a small server.
_DESK = BoundedSemaphore(2)
QUALITY = 82
# A report is written within hours; a photo nobody sent with one is not kept any longer than that.
ORPHAN_HOURS = 24
INK = (35, 30, 25)


@dataclass(frozen=True)
class Box:
    """A part of a photo to be painted over, as shares (0 to 1) of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def on(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The corners in pixels, kept inside the picture."""
        corners = (self.left, self.top, self.left + self.width, self.top + self.height)
        x0, y0, x1, y1 = (min(max(c, 0.0), 1.0) for c in corners)
        return round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)


# ---- taking a photo in ----
def clean_photo(upload: IO[bytes], size: int) -> tuple[bytes, int, int]:
    """The picture as a plain JPEG with its width and height: turned upright, small enough, nothing else in it."""
    if size > settings.PHOTO_MAX_BYTES:
        raise _refused(_("The photo is larger than %(limit)d MB.") % {"limit": settings.PHOTO_MAX_BYTES // 2**20})
    if not size:
        raise _refused(_("The photo is empty."))
    raw = upload.read(settings.PHOTO_MAX_BYTES + 1)
    with _DESK:
        picture = _decoded(raw, _decoder_for(raw))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue(), picture.width, picture.height


def _refused(message: str) -> RuleError:
    return RuleError(message, field="photo")


def _decoder_for(raw: bytes) -> str:
    kind = filetype.guess(raw[:8192])
    mime = kind.mime if kind else ""
    if mime in APPLE:
        raise _refused(
            _("This is a HEIC photo, which we cannot open. In the phone's camera settings choose “Most compatible”, ")
            + _("or send a screenshot of it.")
        )
    if mime not in DECODERS:
        raise _refused(_("This is not a photo we can open. Send a JPEG, PNG or WebP picture."))
    return DECODERS[mime]


def _decoded(raw: bytes, decoder: str) -> Image.Image:
    """Decoded by the one decoder its first bytes name; the size is asked before a single pixel is unpacked."""
    side = settings.PHOTO_LONGEST_SIDE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=[decoder])
        limit = settings.PHOTO_MAX_PIXELS if decoder == "JPEG" else settings.PHOTO_MAX_PIXELS_WHOLE
        if image.width * image.height > limit:
            raise _too_many_pixels(limit)
        image.draft("RGB", (side * 2, side * 2))  # a JPEG is unpacked at a fraction of its size
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return _on_white(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(settings.PHOTO_MAX_PIXELS) from error
    except BROKEN as error:
        raise _refused(_("The photo is damaged and cannot be opened. Take it again or choose another one.")) from error


def _too_many_pixels(limit: int) -> RuleError:
    millions = limit // 1_000_000
    return _refused(_("The photo has more than %(limit)d million pixels. Send a smaller one.") % {"limit": millions})


def _on_white(image: Image.Image) -> Image.Image:
    """Only the pixels, on white where they were transparent: no EXIF, no profile, no comment, no second frame."""
    plain = Image.new("RGB", image.size, (255, 255, 255))
    if image.mode in {"RGBA", "LA", "PA", "P"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def store_photo(*, upload: IO[bytes], size: int) -> Attachment:
    """Keep a photo for a report that is still being written. Nobody but its sender can open it yet."""
    content, width, height = clean_photo(upload, size)
    photo = Attachment(
        uid=uuid.uuid4(), width=width, height=height, size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    photo.file.save("photo.jpg", ContentFile(content), save=False)
    try:
        photo.save(force_insert=True)
    except BaseException:
        photo.file.storage.delete(photo.file.name or "")  # no file without a row: nothing would ever remove it
        raise
    return photo


# ---- covering faces and plates before neighbours see it ----
def cover_photo(*, photo_id: int, actor: Actor, boxes: list[Box]) -> IssuePhoto:
    """A dispatcher paints over faces and plates and shows the copy to everybody; the original stays closed."""
    photo = IssuePhoto.objects.select_related("attachment", "issue__holder_area").get(pk=photo_id)
    require(policies.can_publish_issue(actor, photo.issue))
    content = _painted(photo.attachment, boxes)
    copy = Attachment(uid=photo.attachment.uid).covered_file
    copy.save("covered.jpg", ContentFile(content), save=False)
    try:
        return _publish(photo_id=photo_id, actor=actor, name=copy.name or "")
    except BaseException:
        copy.storage.delete(copy.name or "")
        raise


def _painted(attachment: Attachment, boxes: list[Box]) -> bytes:
    with attachment.file.open("rb") as file:
        image = Image.open(file, formats=["JPEG"]).convert("RGB")
    brush = ImageDraw.Draw(image)
    for box in boxes:
        corners = box.on(image.width, image.height)
        if corners[2] > corners[0] and corners[3] > corners[1]:
            brush.rectangle(corners, fill=INK)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


@transaction.atomic
def _publish(*, photo_id: int, actor: Actor, name: str) -> IssuePhoto:
    issue = locked_issue(IssuePhoto.objects.values_list("issue_id", flat=True).get(pk=photo_id))
    require(policies.can_publish_issue(actor, issue))
    if not issue.is_public:
        raise RuleError(_("The resident did not agree that neighbours see it."))
    photo = IssuePhoto.objects.select_related("attachment").get(pk=photo_id)
    _delete_after_commit(photo.attachment, "covered_file")
    photo.attachment.covered_file.name = name
    photo.attachment.save(update_fields=["covered_file"])
    photo.published_at = timezone.now()
    photo.save(update_fields=["published_at"])
    tell(ISSUE_PUBLISHED, issue, actor, photo_id=photo_id, shown=True)
    return photo


@transaction.atomic
def unpublish_photo(*, photo_id: int, actor: Actor) -> IssuePhoto:
    """A dispatcher takes a photo back from the public page; the covered copy is deleted."""
    issue = locked_issue(IssuePhoto.objects.values_list("issue_id", flat=True).get(pk=photo_id))
    require(policies.can_publish_issue(actor, issue))
    photo = IssuePhoto.objects.select_related("attachment").get(pk=photo_id)
    _delete_after_commit(photo.attachment, "covered_file")
    photo.attachment.covered_file.name = ""
    photo.attachment.save(update_fields=["covered_file"])
    photo.published_at = None
    photo.save(update_fields=["published_at"])
    tell(ISSUE_PUBLISHED, issue, actor, photo_id=photo_id, shown=False)
    return photo


def _delete_after_commit(attachment: Attachment, field: str) -> None:
    """Files go last: a rollback must never leave a row without its file."""
    stored = getattr(attachment, field)
    name, storage = stored.name, stored.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


# ---- retention ----
@transaction.atomic
def delete_orphan_photos(*, at: datetime, limit: int = 500) -> int:
    """Photos of reports that were never sent. Run nightly; says how many went."""
    lonely = {"issue_photo": None, "task_photo": None, "call_photo": None}
    unused = Attachment.objects.filter(**lonely, created_at__lt=at - timedelta(hours=ORPHAN_HOURS))
    photos = list(unused.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:limit])
    for photo in photos:
        _delete_after_commit(photo, "file")
        _delete_after_commit(photo, "covered_file")
    Attachment.objects.filter(pk__in=[p.pk for p in photos], **lonely).delete()
    return len(photos)
