"""Certificates of service (志愿服务记录与证明出具办法, in force since 1 February 2021): free, truthful, frozen."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.calendar import CHINA
from core.database import get_locked
from core.errors import RuleError, require
from core.numbers import next_number
from core.tokens import digest_of, token_of
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from volunteers.lifecycle import certificates as life
from volunteers.lifecycle.certificates import CERTIFICATE_FITS, CertificateState
from volunteers.lifecycle.records import COUNTED
from volunteers.models import Certificate, ServiceRecord
from volunteers.policies import certificates as policies
from volunteers.services.registration import locked_volunteer, stamps_of

LETTER = "K"
SHOWN_DAYS = 7  # inside the unit, before anybody outside relies on it


@dataclass(frozen=True)
class Wish:
    """Which days, and what for."""

    from_on: date
    until_on: date
    purpose: str = ""


def code_of(certificate: Certificate) -> str:
    """What a stranger types or scans; nobody can guess it, the database keeps its digest."""
    return token_of(f"certificate:{certificate.pk}:{certificate.number}")


def records_of(certificate: Certificate) -> QuerySet[ServiceRecord]:
    """What it counts: confirmed, with what was taken back and the row that did it."""
    begin = datetime.combine(certificate.from_on, datetime.min.time(), CHINA)
    end = datetime.combine(certificate.until_on + timedelta(days=1), datetime.min.time(), CHINA)
    return ServiceRecord.objects.filter(
        volunteer=certificate.volunteer, state__in=COUNTED, starts_at__gte=begin, starts_at__lt=end
    )


def locked_certificate(certificate_id: int) -> Certificate:
    """The certificate with whom it is about, locked until the transaction ends."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("volunteer__resident__guardian", "area")
    return get_locked(rows, certificate_id)


@transaction.atomic
def ask_certificate(*, volunteer_id: int, actor: Actor, wish: Wish) -> Certificate:
    """Of any stretch of days that is over or runs until today."""
    volunteer, at = locked_volunteer(volunteer_id), timezone.now()
    require(policies.can_ask_certificate(actor, volunteer))
    if wish.until_on < wish.from_on or wish.from_on > timezone.localdate(at):
        raise RuleError(_("Please check the days."), field="until_on")
    certificate = Certificate(
        number=next_number("certificate", timezone.localdate(at).year, LETTER),
        volunteer=volunteer,
        **stamps_of(volunteer),
        from_on=wish.from_on,
        until_on=min(wish.until_on, timezone.localdate(at)),
        purpose=wish.purpose.strip()[:100],
        asked_at=at,
        asked_by_id=actor.user_id,
    )
    if _minutes(certificate) < 1:
        raise RuleError(_("There are no confirmed hours in these days."), field="from_on")
    certificate.save()
    _tell(life.CERTIFICATE_ASKED, certificate, actor)
    return certificate


def counts_too_much(certificate: Certificate) -> bool:
    """Whether hours it vouches for were taken back after it was issued; somebody has to revoke it then."""
    return certificate.state == CertificateState.ISSUED and _minutes(certificate) < certificate.minutes


def _minutes(certificate: Certificate) -> int:
    return records_of(certificate).aggregate(sum=Sum("minutes"))["sum"] or 0


def _tell(name: str, certificate: Certificate, actor: Actor) -> None:
    events.record(name, actor=actor, subject=certificate, certificate_id=certificate.pk)


def _require_fit(certificate: Certificate, verb: str) -> None:
    if certificate.state not in CERTIFICATE_FITS[verb]:
        raise RuleError(_("This certificate is “%(state)s” now.") % {"state": certificate.get_state_display()})


@transaction.atomic
def check_certificate(*, certificate_id: int, actor: Actor) -> Certificate:
    """The handler has compared it with the records."""
    certificate = locked_certificate(certificate_id)
    _require_fit(certificate, "check")
    require(policies.can_check_certificate(actor, certificate))
    certificate.state, certificate.checked_at = CertificateState.CHECKED, timezone.now()
    certificate.checked_by_id, certificate.checked_by_label = actor.user_id, actor.label
    certificate.save(update_fields=["state", "checked_at", "checked_by_id", "checked_by_label"])
    _tell(life.CERTIFICATE_CHECKED, certificate, actor)
    return certificate


@transaction.atomic
def issue_certificate(*, certificate_id: int, actor: Actor) -> Certificate:
    """From here nothing of it changes. The volunteer is locked, so that no hours come or go meanwhile."""
    known = Certificate.objects.get(pk=certificate_id)
    locked_volunteer(known.volunteer_id)
    certificate, at = locked_certificate(certificate_id), timezone.now()
    _require_fit(certificate, "issue")
    require(policies.can_issue_certificate(actor, certificate))
    minutes = _minutes(certificate)
    if minutes < 1:
        raise RuleError(_("There are no confirmed hours in these days."))
    certificate.state, certificate.issued_at, certificate.issued_by_id = CertificateState.ISSUED, at, actor.user_id
    certificate.name, certificate.minutes = certificate.volunteer.resident.name, minutes
    certificate.body = body_of(certificate, actor, at)
    certificate.fingerprint = fingerprint_of(certificate)
    certificate.digest = digest_of(code_of(certificate))
    certificate.shown_until = timezone.localdate(at) + timedelta(days=SHOWN_DAYS)
    certificate.save()
    _tell(life.CERTIFICATE_ISSUED, certificate, actor)
    return certificate


def body_of(certificate: Certificate, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the rules want on it besides the name: number, hours, content, issuer, who answers, who handled."""
    rows = records_of(certificate).values("content").annotate(turns=Count("pk"), minutes=Sum("minutes"))
    community = Area.objects.filter(pk=certificate.community_id or certificate.area_id).first() or certificate.area
    return {
        "serial": certificate.number,
        "volunteer": certificate.volunteer.number,
        "from": certificate.from_on.isoformat(),
        "until": certificate.until_on.isoformat(),
        "minutes": certificate.minutes,
        "content": [[row["content"], row["minutes"]] for row in rows.order_by("content") if row["minutes"]],
        "issuer": community.name,
        "responsible": actor.label,
        "handler": certificate.checked_by_label,
        "contact": community.duty_phone or "",
        "date": timezone.localdate(at).isoformat(),
        "remarks": certificate.purpose,
    }


def fingerprint_of(certificate: Certificate) -> str:
    """Of everything it says, the name included."""
    said = json.dumps([certificate.name, certificate.body], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def refuse_certificate(*, certificate_id: int, actor: Actor, reason: str) -> Certificate:
    """Not issued; the volunteer reads why."""
    certificate = locked_certificate(certificate_id)
    _require_fit(certificate, "refuse")
    require(policies.can_refuse_certificate(actor, certificate))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    certificate.state, certificate.reason = CertificateState.REFUSED, reason.strip()[:200]
    certificate.save(update_fields=["state", "reason"])
    _tell(life.CERTIFICATE_REFUSED, certificate, actor)
    return certificate


@transaction.atomic
def revoke_certificate(*, certificate_id: int, actor: Actor, reason: str) -> Certificate:
    """It was wrong, or misused: whoever asks for it by its code reads that from now on."""
    certificate = locked_certificate(certificate_id)
    _require_fit(certificate, "revoke")
    require(policies.can_revoke_certificate(actor, certificate))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    certificate.state, certificate.revoked_at = CertificateState.REVOKED, timezone.now()
    certificate.reason = reason.strip()[:200]
    certificate.save(update_fields=["state", "revoked_at", "reason"])
    _tell(life.CERTIFICATE_REVOKED, certificate, actor)
    return certificate
