"""The figures of the district that today's records can count."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA
from dashboards.metrics import Metric
from governance.lifecycle import State
from governance.lifecycle.asking import AppealOutcome, DismissalOutcome
from governance.lifecycle.tasks import TaskState
from governance.models import Call, Dismissal, Issue, SupervisionOrder, Task
from governance.selectors.matters import matters_helped
from governance.selectors.meetings.counts import micro_meetings, settled_problems
from neighborhoods.actors import Level, Role
from neighborhoods.models import Area, PartnerUnit
from volunteers.selectors.checkins import member_services, members_ever, members_here
from volunteers.selectors.records import service_turns
from volunteers.selectors.representatives import links_each_on, serving_on
from volunteers.selectors.volunteers import registered_volunteers


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


def dismissed_requests(on: date) -> QuerySet:
    """Proposals to dismiss a request that a second person agreed to in the year up to the day."""
    start = datetime(on.year, 1, 1, tzinfo=CHINA)
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    return Dismissal.objects.filter(outcome=DismissalOutcome.AGREED, decided_at__gte=start, decided_at__lt=end)


def overturned_dismissals(on: date) -> QuerySet:
    """Those of them that went back to work after an appeal."""
    back = [AppealOutcome.REOPENED, AppealOutcome.SILENT]
    return dismissed_requests(on).filter(appeal__outcome__in=back)


def units_that_helped(on: date) -> QuerySet:
    """Units that came to a whistle, or did a task, in the year up to the day; each counts once."""
    start = datetime(on.year, 1, 1, tzinfo=CHINA)
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    came = Call.objects.filter(unit=OuterRef("pk"), arrived_at__gte=start, arrived_at__lt=end)
    did = Task.objects.filter(holder_unit=OuterRef("pk"), state=TaskState.DONE, closed_at__gte=start, closed_at__lt=end)
    return PartnerUnit.objects.filter(Exists(came) | Exists(did))


def matters_of_representatives(on: date) -> QuerySet:
    """Matters with a representative as handler or helper, closed in the year up to the day."""
    end = datetime.combine(on + timedelta(days=1), time(), CHINA)
    return matters_helped(datetime(on.year, 1, 1, tzinfo=CHINA), end)


def fewest_households(on: date) -> int:
    """Of any representative who serves on the day; nobody is named."""
    return next(iter(links_each_on(on)), 0)


def most_households(on: date) -> int:
    """The same at the other end."""
    return next(iter(links_each_on(on)[::-1]), 0)


METRICS = (
    Metric(
        "resident_representatives",
        _("residents' representatives"),
        _("Representatives who serve and link households; approved by the Party organisation and the residents."),
        "名",
        "as of",
        serving_on,
    ),
    Metric(
        "households_per_representative_min",
        _("fewest households of a representative"),
        _("Households linked with their consent to one representative: the fewest."),
        "户",
        "as of",
        serving_on,
        fewest_households,
    ),
    Metric(
        "households_per_representative_max",
        _("most households of a representative"),
        _("Households linked with their consent to one representative: the most."),
        "户",
        "as of",
        serving_on,
        most_households,
    ),
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
        "matters_helped",
        _("matters helped"),
        _("Matters of this year that a representative handled or helped with, closed; never derived from requests."),
        "个",
        "year to date",
        matters_of_representatives,
    ),
    Metric(
        "supervision_orders",
        _("supervision orders"),
        _("Orders of the street and the district about single cases, given this year."),
        "件",
        "year to date",
        supervision_orders,
    ),
    Metric(
        "requests_dismissed",
        _("requests dismissed"),
        _("Dismissed as unreasonable this year by two people. They stay in the number of requests."),
        "件",
        "year to date",
        dismissed_requests,
    ),
    Metric(
        "dismissals_overturned",
        _("dismissals overturned"),
        _("Of the requests dismissed this year, those that went back to work after an appeal."),
        "件",
        "year to date",
        overturned_dismissals,
    ),
    Metric(
        "units_helped",
        _("units that help"),
        _("Units that came to a whistle or did a task of this year; each counts once."),
        "家",
        "year to date",
        units_that_helped,
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
    Metric(
        "registered_volunteers",
        _("registered volunteers"),
        _("Verified and not left; whoever takes a break counts."),
        "人",
        "as of",
        registered_volunteers,
    ),
    Metric(
        "volunteer_service_turns",
        _("turns of service"),
        _("Confirmed records of service so far, a person each time; what was taken back does not count."),
        "人次",
        "cumulative",
        service_turns,
    ),
    Metric(
        "party_members_reported_in",
        _("members checked in"),
        _("Persons whose check-in was ever accepted; each counts once, however often they moved."),
        "人",
        "cumulative",
        members_ever,
    ),
    Metric(
        "party_members_here",
        _("members checked in now"),
        _("Check-ins accepted and not ended on the day."),
        "人",
        "as of",
        members_here,
    ),
    Metric(
        "party_member_services",
        _("services of members checked in"),
        _("Confirmed records of service that began while the person was checked in; one per activity and person."),
        "次",
        "cumulative",
        member_services,
    ),
)
