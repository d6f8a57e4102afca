"""Figures for machines are read on this machine only."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config.settings.base import Environment

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


def test_a_bad_value_is_named(monkeypatch):
    monkeypatch.setenv("STAFF_IDLE_SECONDS", "abc")
    with pytest.raises(ImproperlyConfigured, match="STAFF_IDLE_SECONDS"):
        Environment().int("STAFF_IDLE_SECONDS", default=1)
    assert Environment().int("NOT_SET_ANYWHERE", default=7) == 7
