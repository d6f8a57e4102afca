"""A file somebody uploaded to load a district from, kept between preview and confirmation."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DistrictImport(models.Model):
    """The file holds phone numbers, so it is emptied when it was loaded, and dropped when nobody confirms it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(max_length=120)
    content = models.BinaryField()
    loaded_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # what was loaded, by kind

    class Meta:
        verbose_name = _("loaded file")
        verbose_name_plural = _("loaded files")

    def __str__(self) -> str:
        return self.filename
