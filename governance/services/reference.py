"""Categories, time limits and the ladder a new database starts with."""

from datetime import UTC, date, datetime
from pathlib import Path

from django.utils import timezone

from core.seeds import rows_of, seed
from governance.lifecycle.meetings import BY_WHISTLE, STATUTORY, MeetingKind
from governance.models import Category, DecisionRule, DismissalReason, LadderRung, LimitVersion, MeetingRule, TimeLimit

FOLDER = Path(__file__).resolve().parents[1] / "reference"


def _add_new_tracks() -> None:
    """A track that the portal has learnt since gets its usual limits in a version of its own day; the others stay.

    Versions the district has dated ahead get them too: from their day on the new kind of work has limits as well.
    """
    known = set(TimeLimit.objects.values_list("track", flat=True))
    missing = [row for row in rows_of(FOLDER / "limits.csv") if row["track"] not in known]
    if not missing:
        return
    today = timezone.now()
    newest = LimitVersion.objects.filter(valid_from__lte=today).first()
    version = LimitVersion.objects.create(
        name=str(timezone.localdate(today)), valid_from=today, note="New kinds of work."
    )
    kept = TimeLimit.objects.filter(version=newest).values("track", "step", "amount", "unit")
    TimeLimit.objects.bulk_create([TimeLimit(version=version, **row) for row in [*kept, *missing]])
    ahead = LimitVersion.objects.filter(valid_from__gt=today)
    TimeLimit.objects.bulk_create([TimeLimit(version=later, **row) for later in ahead for row in missing])


def load_reference() -> None:
    """The 40 categories, the first version of the limits, and the ladder (docs/glossary.md)."""
    seed(Category, [Category(**row) for row in rows_of(FOLDER / "categories.csv")])
    if not LimitVersion.objects.exists():
        first = LimitVersion.objects.create(
            name="2022", valid_from=datetime(2022, 1, 1, tzinfo=UTC), note="出厂默认时限，由区里另行公布。"
        )
        seed(TimeLimit, [TimeLimit(version=first, **row) for row in rows_of(FOLDER / "limits.csv")])
    _add_new_tracks()
    seed(
        LadderRung,
        [
            LadderRung(**{**row, "percent": row["percent"] or None, "minutes": row["minutes"] or None})
            for row in rows_of(FOLDER / "ladder.csv")
        ],
    )
    seed(
        MeetingRule,
        [
            # whoever was elected to the assembly is there in person
            MeetingRule(kind=kind, valid_from=date(2022, 1, 1), allows_proxy=kind not in STATUTORY | BY_WHISTLE)
            for kind in MeetingKind
        ],
    )
    seed(DecisionRule, [DecisionRule(**row) for row in rows_of(FOLDER / "decision_rules.csv")])
    seed(DismissalReason, [DismissalReason(**row) for row in rows_of(FOLDER / "dismissal_reasons.csv")])
