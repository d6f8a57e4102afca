"""Photos: what is taken in, what is left of it, who may open it, what neighbours see."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image

from core.errors import NotAllowedError, RuleError
from core.models import Attachment, Event
from governance.models import IssuePhoto
from governance.selectors.photos import photo_file_for, photo_ticket
from governance.services.following import hide_issue
from governance.services.photos import (
    ORPHAN_HOURS,
    Box,
    clean_photo,
    cover_photo,
    delete_orphan_photos,
    store_photo,
    unpublish_photo,
)
from neighborhoods.actors import NOBODY
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def picture(size=(800, 600), fmt="JPEG", color=(200, 30, 30), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, fmt, **options)
    return out.getvalue()


def with_exif() -> bytes:
    """Turned by 90 degrees, with a place and a camera in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(800, 400), exif=exif.tobytes(), comment=b"call 13800000000")


def keep(raw: bytes) -> Attachment:
    return store_photo(upload=io.BytesIO(raw), size=len(raw))


def cleaned(raw: bytes) -> Image.Image:
    content, _width, _height = clean_photo(io.BytesIO(raw), len(raw))
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_photo_becomes_a_small_jpeg(fmt):
    raw = picture(size=(4000, 1000), fmt=fmt)
    image = cleaned(raw)
    assert (image.format, image.size) == ("JPEG", (settings.PHOTO_LONGEST_SIDE, 400))


def test_photo_loses_its_metadata_and_stands_upright():
    raw = with_exif()
    assert b"SecretCamera" in raw
    content, width, height = clean_photo(io.BytesIO(raw), len(raw))
    image = Image.open(io.BytesIO(content))
    assert (width, height) == image.size == (400, 800)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    for secret in (b"SecretCamera", b"13800000000", b"Exif"):
        assert secret not in content


def test_small_photo_keeps_its_size():
    assert cleaned(picture(size=(300, 200))).size == (300, 200)


@pytest.mark.parametrize(
    "raw",
    [
        picture(fmt="PNG", mode="RGBA", color=(0, 0, 0, 0), size=(40, 40)),
        picture(fmt="PNG", mode="LA", color=(0, 0), size=(40, 40)),
    ],
)
def test_transparent_photo_gets_white_ground(raw):
    assert cleaned(raw).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "color"), [("CMYK", (0, 0, 0, 0)), ("L", 90)])
def test_other_colour_modes_are_taken(mode, color):
    assert cleaned(picture(mode=mode, color=color, size=(40, 40))).mode == "RGB"


def test_sixteen_bit_and_palette_photos_are_taken():
    for raw in (
        picture(fmt="PNG", mode="I;16", color=900, size=(40, 40)),
        picture(fmt="PNG", mode="P", color=3, size=(40, 40), transparency=3),
        picture(fmt="PNG", mode="1", color=1, size=(40, 40)),
    ):
        assert cleaned(raw).mode == "RGB"


def test_what_is_glued_to_a_photo_is_left_behind():
    """Motion photos carry a film behind the picture, attackers a script or an archive: neither is kept."""
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04" + os.urandom(2000), b"<?php system($_GET[0]); ?>"):
        content, _width, _height = clean_photo(io.BytesIO(picture() + tail), len(picture() + tail))
        assert tail[:12] not in content


HEIC = b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 400
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + b"\x00" * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (HEIC, "HEIC"),
        (AVIF, "HEIC"),
        (SVG, "JPEG"),
        (b'<?xml version="1.0"?>' + SVG, "JPEG"),
        (picture(fmt="GIF"), "JPEG"),
        (b"GIF89a/*" + b"x" * 400 + b"*/=1;alert(1)", "JPEG"),
        (picture(fmt="BMP"), "JPEG"),
        (picture(fmt="TIFF"), "JPEG"),
        (b"%PDF-1.7 " + picture(), "JPEG"),
        (b"<html><body>" + picture(), "JPEG"),
        (b"PK\x03\x04" + b"\x00" * 400, "JPEG"),
        (b"MZ" + b"\x00" * 400, "JPEG"),
        (b"just words", "JPEG"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 400, ""),
        (picture()[:200], ""),
        (picture(fmt="PNG")[:60], ""),
        (picture(fmt="WEBP")[:40], ""),
        (b"", ""),
    ],
)
def test_what_is_not_a_photo_is_refused_with_a_sentence(raw, word):
    with pytest.raises(RuleError) as refusal:
        keep(raw)
    assert refusal.value.field == "photo"
    assert len(str(refusal.value)) > 5
    assert word in str(refusal.value)
    assert not Attachment.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_photo_cut_off_in_the_middle_is_refused():
    raw = picture(size=(2000, 2000), fmt="PNG", color=(1, 2, 3))
    noisy = io.BytesIO()
    Image.frombytes("RGB", (300, 300), os.urandom(270_000)).save(noisy, "JPEG")
    for broken in (raw[: len(raw) // 2], noisy.getvalue()[:9000]):
        with pytest.raises(RuleError):
            keep(broken)


def test_pixel_bombs_are_refused_before_they_are_unpacked():
    for size in ((7100, 7100), (30_000, 30_000)):
        bomb = io.BytesIO()
        Image.new("1", size).save(bomb, "PNG")
        with pytest.raises(RuleError, match=r"16|40"):
            keep(bomb.getvalue())


def test_too_many_bytes_are_refused_without_reading_them():
    class NeverRead:
        def read(self, *_args):
            raise AssertionError("read although too large")

    with pytest.raises(RuleError, match="10 MB"):
        store_photo(upload=NeverRead(), size=20 * 2**20)  # type: ignore[arg-type]


def test_stored_name_and_digest(district):
    photo = keep(picture())
    content = photo.file.read()
    assert photo.uid.hex in photo.file.name
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    assert photo.size == len(content)


# ---- who may open it ----
def issue_with_photo(district, **fields):
    photo = keep(picture())
    issue = make_issue(district.building, photos=(photo,), **fields)
    return issue, IssuePhoto.objects.get(issue=issue)


def opens(photo, *, ticket="", actor=NOBODY, covered=False):
    return photo_file_for(photo.attachment.uid, ticket=ticket, actor=actor, covered=covered)


def test_original_is_for_its_sender_and_staff_in_scope(district, people):
    _issue, photo = issue_with_photo(district, is_public=True)
    original = photo.attachment.file
    assert opens(photo) is None
    assert opens(photo, ticket=photo_ticket(photo.attachment.uid)) == original
    assert opens(photo, ticket=photo_ticket(keep(picture()).uid)) is None
    assert opens(photo, ticket="forged") is None
    assert opens(photo, actor=people.grid_worker) == original
    assert opens(photo, actor=people.community_staff) == original
    for stranger in (people.outsider, people.other_grid_worker, people.department_clerk):
        assert opens(photo, actor=stranger) is None


def test_ticket_runs_out(district, time_machine):
    _issue, photo = issue_with_photo(district)
    ticket = photo_ticket(photo.attachment.uid)
    time_machine.move_to(timezone.now() + timedelta(hours=13))
    assert opens(photo, ticket=ticket) is None


def test_photo_of_a_draft_is_for_its_sender_alone(district, people):
    photo = keep(picture())
    assert photo_file_for(photo.uid, ticket="", actor=people.street_lead, covered=False) is None
    assert photo_file_for(photo.uid, ticket=photo_ticket(photo.uid), actor=NOBODY, covered=False) == photo.file


def test_covered_copy_is_for_everybody_and_hides_what_was_painted(district, people):
    _issue, photo = issue_with_photo(district, is_public=True)
    before = Event.objects.count()
    photo = cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[Box(0.25, 0.25, 0.5, 0.5)])
    shown = opens(photo)
    assert shown == photo.attachment.covered_file
    assert shown.name != photo.attachment.file.name
    with shown.open() as file:
        image = Image.open(file).convert("RGB")
        inside, outside = image.getpixel((400, 300)), image.getpixel((20, 20))
    assert max(inside) < 60 < max(outside)
    assert Event.objects.count() == before + 1


def test_boxes_outside_the_picture_are_cut_to_it():
    assert Box(-1, 0.5, 5, 9).on(100, 80) == (0, 40, 100, 80)


def test_covering_again_removes_the_first_copy(district, people, django_capture_on_commit_callbacks):
    _issue, photo = issue_with_photo(district, is_public=True)
    first = cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[]).attachment.covered_file
    with django_capture_on_commit_callbacks(execute=True):
        second = cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[]).attachment.covered_file
    assert first.name != second.name
    assert not first.storage.exists(first.name)
    assert second.storage.exists(second.name)


def test_unpublished_photo_is_closed_again(district, people, django_capture_on_commit_callbacks):
    _issue, photo = issue_with_photo(district, is_public=True)
    copy = cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[]).attachment.covered_file
    with django_capture_on_commit_callbacks(execute=True):
        photo = unpublish_photo(photo_id=photo.pk, actor=people.community_staff)
    photo = IssuePhoto.objects.select_related("attachment").get(pk=photo.pk)
    assert opens(photo) is None
    assert not copy.storage.exists(copy.name)


def test_hidden_case_closes_its_covered_photos(district, people):
    issue, photo = issue_with_photo(district, is_public=True)
    photo = cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[])
    assert opens(photo)
    hide_issue(issue_id=issue.pk)
    assert opens(photo) is None


def test_photo_of_a_case_that_is_not_public_cannot_be_shown(district, people):
    _issue, photo = issue_with_photo(district, is_public=False)
    files = set(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    with pytest.raises(RuleError):
        cover_photo(photo_id=photo.pk, actor=people.community_staff, boxes=[])
    photo.refresh_from_db()
    assert photo.published_at is None
    assert set(Path(settings.MEDIA_ROOT).rglob("*.jpg")) == files


@pytest.mark.parametrize("who", ["outsider", "grid_worker", "branch_secretary", "resident"])
def test_only_dispatchers_of_the_place_show_photos(district, people, who):
    _issue, photo = issue_with_photo(district, is_public=True)
    with pytest.raises(NotAllowedError):
        cover_photo(photo_id=photo.pk, actor=getattr(people, who), boxes=[])
    with pytest.raises(NotAllowedError):
        unpublish_photo(photo_id=photo.pk, actor=getattr(people, who))


# ---- photos nobody sent ----
def test_orphans_go_after_a_day_and_sent_photos_stay(district, django_capture_on_commit_callbacks):
    issue, sent = issue_with_photo(district)
    orphan = keep(picture())
    now = timezone.now()
    assert delete_orphan_photos(at=now) == 0
    later = now + timedelta(hours=ORPHAN_HOURS, minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_orphan_photos(at=later) == 1
    assert delete_orphan_photos(at=later) == 0
    assert list(Attachment.objects.values_list("pk", flat=True)) == [sent.attachment_id]
    assert not orphan.file.storage.exists(orphan.file.name)
    assert sent.attachment.file.storage.exists(sent.attachment.file.name)
    assert issue.photos.count() == 1
