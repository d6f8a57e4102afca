"""What is no longer needed is no longer kept (docs/security.md): sweeps that may run late, twice or in parallel.

A year after closing nobody may reveal a contact any more; three years after, it is emptied, and phone and ID numbers
are struck out of every text of the case. Photos of reports never sent and codes sent to phones go after a day.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core import events
from core.masking import mask_text
from governance.lifecycle import CONTACT_ERASED, FINAL, State
from governance.models import (
    Appeal,
    Callback,
    Contact,
    ContactCode,
    ContactLog,
    Disclosure,
    Dismissal,
    Dispatch,
    Extension,
    HotlineImport,
    Issue,
    Question,
    Reply,
    TimelineEntry,
)
from governance.services.contacts import empty_contacts
from governance.services.meetings.forgetting import forget_rolls
from governance.services.photos import delete_orphan_photos
from neighborhoods.actors import SYSTEM

BATCH = 200
# Every place where somebody may have typed a number, and the key that leads to the case.
TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (TimelineEntry, ("text", "reason")),
    (ContactLog, ("note",)),
    (Reply, ("text",)),
    (Callback, ("words",)),
    (Dispatch, ("note", "return_reason", "return_basis")),
    (Disclosure, ("reason",)),
    (Extension, ("reason", "basis", "words")),
    (Question, ("text", "answer")),
    (Dismissal, ("words", "answer")),
    (Appeal, ("words", "answer")),
)


def apply_retention(*, at: datetime) -> dict[str, int]:
    """Everything that is due, batch by batch; says how many of each."""
    return {
        "hidden": _all_of(lambda: hide_contacts(at=at)),
        "erased": _all_of(lambda: erase_contacts(at=at)),
        "cleaned": _all_of(lambda: clean_texts(at=at)),
        "rolls": _all_of(lambda: forget_rolls(at=at)),
        "photos": _all_of(lambda: delete_orphan_photos(at=at)),
        "tables": HotlineImport.objects.filter(loaded_at=None, uploaded_at__lt=at - timedelta(days=1)).delete()[0],
        "codes": ContactCode.objects.filter(sent_at__lt=at - timedelta(days=1)).delete()[0],
    }


def _all_of(batch: Any) -> int:
    total = 0
    while done := batch():
        total += done
    return total


def _closed_since(cutoff: datetime, prefix: str = "") -> Q:
    """Closed for so long. Whoever joined a case is answered with it, so theirs ends when that one does."""
    own = Q(**{f"{prefix}closed_at__lte": cutoff}) & ~Q(**{f"{prefix}state": State.MERGED})
    joined = Q(**{f"{prefix}state": State.MERGED, f"{prefix}parent__closed_at__lte": cutoff})
    return own | joined


def _needed_after(cutoff: datetime) -> Exists:
    """Whether a contact belongs to a case that is open or was closed later."""
    return Exists(Issue.objects.filter(contact=OuterRef("pk")).exclude(_closed_since(cutoff)))


@transaction.atomic
def hide_contacts(*, at: datetime, limit: int = BATCH) -> int:
    """Contacts whose cases have all been closed for a year are not shown to anybody any more."""
    cutoff = at - timedelta(days=settings.CONTACT_HIDE_DAYS)
    due = Contact.objects.filter(~_needed_after(cutoff), hidden_at=None, created_at__lte=cutoff)
    ids = _locked(due, limit)
    return Contact.objects.filter(pk__in=ids).update(hidden_at=at)


@transaction.atomic
def erase_contacts(*, at: datetime, limit: int = BATCH) -> int:
    """Contacts whose cases have all been closed for three years are emptied for good."""
    cutoff = at - timedelta(days=settings.CONTACT_ERASE_DAYS)
    due = Contact.objects.filter(~_needed_after(cutoff), erased_at=None, created_at__lte=cutoff)
    contacts = Contact.objects.filter(pk__in=_locked(due, limit))
    events.record_rows(CONTACT_ERASED, actor=SYSTEM, model=Contact, rows=[(contact.pk, {}) for contact in contacts])
    return empty_contacts(contacts, at=at)


def _locked(rows: QuerySet[Any], limit: int) -> list[int]:
    """Claim a batch; what somebody else holds comes next time."""
    claimed = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return list(claimed.values_list("pk", flat=True)[:limit])


@transaction.atomic
def clean_texts(*, at: datetime, limit: int = BATCH) -> int:
    """Phone and ID numbers are struck out of every text of cases closed for three years."""
    cutoff = at - timedelta(days=settings.CONTACT_ERASE_DAYS)
    ids = _locked(Issue.objects.filter(_closed_since(cutoff), erased_at=None, closed_at__isnull=False), limit)
    _strike(Issue.objects.filter(pk__in=ids), ("text", "place_note"))
    for model, fields in TEXTS:
        _strike(model._default_manager.filter(issue__in=ids), fields)
    return Issue.objects.filter(pk__in=ids).update(erased_at=at)


def _strike(rows: QuerySet[Any], fields: tuple[str, ...]) -> None:
    changed = []
    for row in rows.only("pk", *fields):
        before = [getattr(row, name) for name in fields]
        after = [_fitting(row, name, mask_text(value)) for name, value in zip(fields, before, strict=True)]
        if after != before:
            for name, value in zip(fields, after, strict=True):
                setattr(row, name, value)
            changed.append(row)
    if changed:
        rows.model._default_manager.bulk_update(changed, fields)


def _fitting(row: models.Model, name: str, text: str) -> str:
    """Struck-out text is never longer than the column."""
    return text[: row._meta.get_field(name).max_length]  # type: ignore[union-attr] # text fields only


@transaction.atomic
def _end_links(at: datetime) -> int:
    """A batch of what has ended without a last day; what somebody works on comes next time."""
    ended = Issue.objects.filter(state__in=sorted(FINAL - {State.MERGED}), follow_expires_at=None)
    ids = _locked(ended, BATCH)
    last = models.functions.Greatest(F("closed_at") + timedelta(days=settings.FOLLOW_LINK_DAYS), at)
    return Issue.objects.filter(pk__in=ids).update(follow_expires_at=last)


def expire_links(*, at: datetime) -> int:
    """Private links of everything that has ended get their last day; pages refuse them from then on.

    Whoever joined a case reads on exactly as long as whoever reported it first.
    """
    joined = Issue.objects.filter(state=State.MERGED).exclude(follow_expires_at=F("parent__follow_expires_at"))
    followers = joined.exclude(follow_expires_at=None, parent__follow_expires_at=None)
    moved = sum(
        Issue.objects.filter(pk=pk).update(follow_expires_at=ends)
        for pk, ends in followers.values_list("pk", "parent__follow_expires_at").iterator()
    )
    return moved + _all_of(lambda: _end_links(at))
