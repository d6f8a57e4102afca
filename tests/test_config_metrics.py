"""Figures for machines are read on this machine only."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
    ],
)
def test_who_reads_metrics(address, headers, status):
    assert Client(REMOTE_ADDR=address, headers=headers).get("/metrics").status_code == status


def test_a_network_can_be_allowed(settings):
    settings.METRICS_ALLOWED = ["192.0.2.0/24"]
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 200
