"""The states of a certificate of service (志愿服务记录证明; docs/lifecycle.md, "Volunteers")."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.looks import Look


class CertificateState(models.TextChoices):
    """Where a certificate stands."""

    ASKED = "asked", pgettext_lazy("certificate", "asked for")
    CHECKED = "checked", pgettext_lazy("certificate", "checked")
    ISSUED = "issued", pgettext_lazy("certificate", "issued")
    REVOKED = "revoked", pgettext_lazy("certificate", "revoked")
    REFUSED = "refused", pgettext_lazy("certificate", "not issued")


C = CertificateState
CERTIFICATE_MOVES: dict[CertificateState, frozenset[CertificateState]] = {
    C.ASKED: frozenset({C.CHECKED, C.REFUSED}),
    C.CHECKED: frozenset({C.ISSUED, C.REFUSED}),
    C.ISSUED: frozenset({C.REVOKED}),
    C.REVOKED: frozenset(),
    C.REFUSED: frozenset(),
}
CERTIFICATE_FITS: dict[str, frozenset[CertificateState]] = {
    "check": frozenset({C.ASKED}),
    "issue": frozenset({C.CHECKED}),
    "refuse": frozenset({C.ASKED, C.CHECKED}),
    "revoke": frozenset({C.ISSUED}),
}
CERTIFICATE_LOOKS: dict[CertificateState, Look] = {
    C.ASKED: Look("soon", "wait"),
    C.CHECKED: Look("run", "eye"),
    C.ISSUED: Look("done", "done"),
    C.REVOKED: Look("late", "x"),
    C.REFUSED: Look("", "x"),
}

CERTIFICATE_ASKED = "certificate.asked"
CERTIFICATE_CHECKED = "certificate.checked"
CERTIFICATE_ISSUED = "certificate.issued"
CERTIFICATE_REFUSED = "certificate.refused"
CERTIFICATE_REVOKED = "certificate.revoked"
CERTIFICATE_EVENTS = frozenset(
    {CERTIFICATE_ASKED, CERTIFICATE_CHECKED, CERTIFICATE_ISSUED, CERTIFICATE_REFUSED, CERTIFICATE_REVOKED}
)
