"""The figures of the district that today's records can count."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA
from dashboards.metrics import Metric
from governance.lifecycle import State
from governance.models import Issue, SupervisionOrder
from neighborhoods.actors import Level, Role
from neighborhoods.models import Area


def active_branches(on: date) -> QuerySet:
    """Compound Party branches approved and not closed on the day."""
    return Area.objects.of_level(Level.BRANCH).filter(Q(closed_on=None) | Q(closed_on__gt=on), approved_on__lte=on)


def requests_of_representatives(on: date) -> QuerySet:
    """Requests of the year up to the day first collected by a representative; merged ones are voices and count."""
    start = datetime(on.year, 1, 1, tzinfo=CHINA)
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    return Issue.objects.filter(submitted_at__gte=start, submitted_at__lt=end, collector_role=Role.REPRESENTATIVE)


def incidents_of_representatives(on: date) -> QuerySet:
    """The same without those that were joined to another one."""
    return requests_of_representatives(on).exclude(state=State.MERGED)


def supervision_orders(on: date) -> QuerySet:
    """Orders of the street and the district given in the year up to the day."""
    start = datetime(on.year, 1, 1, tzinfo=CHINA)
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    return SupervisionOrder.objects.filter(given_at__gte=start, given_at__lt=end)


METRICS = (
    Metric(
        "compound_branches",
        _("compound Party branches"),
        _("Branches with an approval that are not closed."),
        "个",
        "as of",
        active_branches,
    ),
    Metric(
        "requests_collected",
        _("requests collected"),
        _("Requests of this year whose first collector is a representative, through any channel; merged ones count."),
        "条",
        "year to date",
        requests_of_representatives,
    ),
    Metric(
        "incidents_collected",
        _("incidents collected"),
        _("The same requests, those about the same thing counted once."),
        "件",
        "year to date",
        incidents_of_representatives,
    ),
    Metric(
        "supervision_orders",
        _("supervision orders"),
        _("Orders of the street and the district about single cases, given this year."),
        "件",
        "year to date",
        supervision_orders,
    ),
)
