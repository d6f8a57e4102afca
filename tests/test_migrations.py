"""Whole migrations stand for all of those before them, or for none (docs/adr/0012)."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from launcher.prepare import refuse_half_way
from launcher.words import Trouble


@pytest.mark.django_db
def test_a_database_from_the_middle_is_sent_back():
    refuse_half_way(MigrationLoader(connection))
    MigrationRecorder.Migration.objects.filter(app="volunteers", name="0005_checkins").delete()
    with pytest.raises(Trouble, match="early state"):
        refuse_half_way(MigrationLoader(connection))
