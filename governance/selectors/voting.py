"""Reading votes: figures of a motion, and what the pages about it show."""

from decimal import Decimal

from django.db.models import Count as Rows
from django.db.models import FilteredRelation, Q, Sum

from governance.decisions import NOTHING, Choice, Count, Weight
from governance.lifecycle.motions import How
from governance.models import Entitled, EntitledList, Motion, Tally


def figures_of(motion: Motion, voters: EntitledList) -> Count:
    """Everybody on the list, whoever took part, and what they said; added up by the database in one statement."""
    sums: dict[str, object] = {}
    is_present = Q(came_at__isnull=False) | Q(said__isnull=False)
    conditions: dict[str, Q | None] = {"all": None, "present": is_present}
    if not motion.is_secret:
        conditions |= {choice.value: Q(said__choice=choice) for choice in Choice}
    for name, condition in conditions.items():
        sums[f"n_{name}"] = Rows("pk", filter=condition)
        sums[f"a_{name}"] = Sum("floor_area", filter=condition)
    entries = Entitled.objects.filter(list=voters).annotate(
        said=FilteredRelation("ballots", condition=Q(ballots__motion=motion))
    )
    row = entries.aggregate(**sums)

    def weight(name: str) -> Weight:
        return Weight(row[f"n_{name}"], row[f"a_{name}"] or Decimal(0))

    votes = _from_urn(motion) if motion.is_secret else {choice: weight(choice.value) for choice in Choice}
    return Count(entitled=weight("all"), present=weight("present"), votes=votes)


def _from_urn(motion: Motion, **only: str) -> dict[Choice, Weight]:
    """What lies in the urn of a secret vote; such votes count no floor areas."""
    rows = motion.urn.filter(**only).values_list("choice").annotate(all=Sum("number"))
    return {choice: Weight(dict(rows).get(choice.value, 0)) for choice in Choice}


def said_by(motion: Motion, how: How) -> dict[Choice, Weight]:
    """What was said on paper, or by phone."""
    if motion.is_secret:
        return _from_urn(motion, how=how)
    rows = motion.ballots.filter(how=how).values_list("choice")
    found = {
        choice: Weight(number, area or Decimal(0))
        for choice, number, area in rows.annotate(number=Rows("pk"), area=Sum("entitled__floor_area"))
    }
    return {choice: found.get(choice.value, NOTHING) for choice in Choice}


def counted(tally: Tally, voters: EntitledList) -> Count:
    """The figures of a stored count."""
    return Count(voters.weight, Weight(tally.present_number, tally.present_area), tally.votes)
