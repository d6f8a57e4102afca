"""The demonstration's representatives: the published figures, and rows filled in as the services fill them."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from core.calendar import CHINA
from core.models import Event
from dashboards.metrics.figures import METRICS
from demo.district import load_district
from demo.plan import plan_district
from demo.representatives import load_representatives
from neighborhoods.models import Household
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.residents import PersonFacts, register_for
from volunteers.lifecycle.links import Answered
from volunteers.lifecycle.representatives import NominationSource
from volunteers.models import HelpOrder, HouseholdLink, Incentive, Representative, Visit
from volunteers.services.representatives import links, nominating, terms
from volunteers.services.representatives.nominating import Nomination

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# what differs from person to person, or comes later in a life
PERSONAL = {"post", "reach_words", "shows_phone", "answered_to_label", "area", "end_words", "remind_due_at"}


def filled(row) -> dict[str, bool]:
    """Which columns hold something."""
    fields = [field for field in row._meta.concrete_fields if field.name not in PERSONAL]
    return {field.name: getattr(row, field.attname) not in (None, "") for field in fields}


def test_figures_states_and_rows_like_those_of_the_services():
    plan, now = plan_district(Random(20230610)), timezone.now()
    cast = load_district(plan)
    load_representatives(plan, cast, now, now)
    by_key = {metric.key: metric for metric in METRICS}
    wanted = {"": 1168, "_min": 5, "_max": 15}
    for on in (date(2023, 6, 10), timezone.localdate(now)):
        for end, value in wanted.items():
            key = f"households_per_representative{end}" if end else "resident_representatives"
            assert by_key[key].value(on) == value, (key, on)
    for model, states in ((Representative, 6), (HouseholdLink, 3), (HelpOrder, 6), (Incentive, 5)):
        assert model.objects.values("state").distinct().count() == states, model
    assert Visit.objects.count() > 10_000
    assert 11_500 < HouseholdLink.objects.filter(state="active").count() < 11_900
    _compare(cast)


def _compare(cast) -> None:
    bulk = Representative.objects.filter(state="active", starts_on__lt=date(2023, 6, 10)).earliest("pk")
    home = Household.objects.filter(branch_id=bulk.branch_id, is_occupied=True, links=None).latest("pk")
    code = next(code for code, area in cast.areas.items() if area.pk == bulk.branch_id)
    staff = actor_for(cast.posts[f"community_staff:{code[:12]}:1"].user)
    lead = actor_for(cast.posts[f"community_secretary:{code[:12]}:0"].user)
    person = register_for(actor=staff, facts=PersonFacts("某某"), area=home.area_id, household_id=home.pk)
    nomination = Nomination(NominationSource.BRANCH, "热心")
    term = nominating.nominate(actor=staff, resident_id=person.pk, nomination=nomination)
    nominating.approve(representative_id=term.pk, actor=lead)
    nominating.agree(representative_id=term.pk, actor=staff, meeting_number="ZYM-2023-000001")
    terms.notice(representative_id=term.pk, actor=lead)
    Representative.objects.filter(pk=term.pk).update(notice_until=datetime.now(CHINA) - timedelta(minutes=1))
    terms.activate(representative_id=term.pk, actor=lead)
    terms.train(representative_id=term.pk, actor=staff, on_day=datetime.now(CHINA).date(), title="走看听问帮")
    (link,) = links.propose(representative_id=term.pk, actor=staff, household_ids=[home.pk])
    links.agree(link_id=link.pk, actor=staff, how=Answered.DOOR)
    played = Representative.objects.get(pk=term.pk)
    assert filled(bulk) == filled(played)
    assert filled(bulk.links.earliest("pk")) == filled(HouseholdLink.objects.get(pk=link.pk))
    kinds = [list(each.lines.order_by("at", "pk").values_list("kind", flat=True)) for each in (bulk, played)]
    assert kinds[0] == kinds[1]
    pairs = {
        "volunteers.representative": (bulk.pk, played.pk),
        "volunteers.householdlink": (bulk.links.earliest("pk").pk, link.pk),
    }
    for label, rows in pairs.items():
        told = [
            [
                (event.name, sorted(event.payload))
                for event in Event.objects.filter(subject_type=label, subject_id=pk).order_by("at", "pk")
                if event.name != "representative.agreed"  # says how many households, or which meeting
            ]
            for pk in rows
        ]
        assert told[0] == told[1]
