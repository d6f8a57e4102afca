"""Where a fact happened: its area and the ids of the levels above, written once."""

from django.db import models


class AreaStamped(models.Model):
    """A fact that belongs to a place. Stamps are written by neighborhoods.services.stamps alone."""

    area = models.ForeignKey("neighborhoods.Area", on_delete=models.PROTECT, related_name="+")
    street_id = models.BigIntegerField()
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    branch_id = models.BigIntegerField(null=True)
    building_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True
