"""Whole migrations stand for all of those before them, or for none (docs/adr/0012)."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core.schema import CreateModels, in_few_steps
from launcher.prepare import refuse_half_way
from launcher.words import Trouble


@pytest.mark.django_db
def test_a_database_from_the_middle_is_sent_back():
    refuse_half_way(MigrationLoader(connection))
    MigrationRecorder.Migration.objects.filter(app="volunteers", name="0005_checkins").delete()
    with pytest.raises(Trouble, match="early state"):
        refuse_half_way(MigrationLoader(connection))


def test_only_neighbours_are_created_in_one_step():
    """What stands between two models may need the first and be needed by the second."""
    first, second, third = (
        migrations.CreateModel(name, [("id", models.AutoField(primary_key=True))]) for name in "ABC"
    )
    between = migrations.RunSQL("SELECT 1")
    one, kept, other = in_few_steps([first, second, between, third])
    assert kept is between
    assert (one.operations, other.operations) == ([first, second], [third])
    assert isinstance(one, CreateModels)
    assert one.describe() == "Create model A; Create model B"
