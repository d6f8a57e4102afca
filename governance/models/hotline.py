"""Requests passed on by hotlines: tables that wait for a confirmation, and keys of systems that send them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from neighborhoods.models import Area


class HotlineImport(models.Model):
    """An uploaded table between its preview and its confirmation. Encrypted: it names who called."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    filename = models.CharField(max_length=120)
    rows = EncryptedTextField(blank=True, null=True)  # as JSON; emptied when it was loaded
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by_id = models.BigIntegerField()
    loaded_at = models.DateTimeField(null=True)
    created = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    issue_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])  # the cases that were taken in

    class Meta:
        verbose_name = _("table of a hotline")
        verbose_name_plural = _("tables of hotlines")

    def __str__(self) -> str:
        return self.filename


class HotlineToken(models.Model):
    """The key of a system that sends requests. Only its digest is kept; it is shown once, and can be revoked."""

    name = models.CharField(_("which system"), max_length=60)
    street = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level": 0},
        verbose_name=_("only for this street (empty: the district)"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(_("begins with"), max_length=8, editable=False)
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    issued_by_label = models.CharField(_("issued by"), max_length=120, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("key of a hotline")
        verbose_name_plural = _("keys of hotlines")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return self.name
