"""The figures of the district that today's records can count."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA
from dashboards.metrics import Metric
from governance.models import Issue
from governance.selectors.meetings.counts import micro_meetings, settled_problems
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
        "micro_autonomy_meetings",
        _("micro-autonomy meetings"),
        _("Held in the year before and with confirmed minutes; those that were put off or called off are none."),
        "场",
        "last calendar year",
        lambda on: micro_meetings(on.year - 1),
    ),
    Metric(
        "problems_solved_by_meetings",
        _("problems settled by meetings"),
        _("Topics of micro-autonomy meetings that somebody else found settled in the year before; each counts once."),
        "起",
        "last calendar year",
        lambda on: settled_problems(on.year - 1),
    ),
)
