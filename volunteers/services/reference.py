"""The dated rules a new database starts with; a portal that runs gets its own in the administration."""

from datetime import date

from core.seeds import seed
from volunteers.models import IncentiveRule

FIRST = date(2023, 1, 1)


def load_reference() -> None:
    """The first rule of incentives (docs/lifecycle.md, "Incentives")."""
    seed(IncentiveRule, [IncentiveRule(version="2023-1", valid_from=FIRST)])
