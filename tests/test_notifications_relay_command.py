"""The relay as a process of its own."""

import pytest
from django.core.management import call_command

from core.models import OutboxMessage
from notifications.models import Notice
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def test_relay_command_turns_events_into_notices(district, people):
    make_issue(district.building)
    call_command("relay", "--once")
    assert not OutboxMessage.objects.filter(relayed_at=None).exists()
    assert Notice.objects.filter(user=people.user("grid_worker")).exists()
