"""The titles a new database starts with."""

from pathlib import Path

from core.seeds import rows_of, seed
from neighborhoods.models import Title

FOLDER = Path(__file__).resolve().parents[1] / "reference"


def load_reference() -> None:
    """Titles and the roles they bring (docs/glossary.md, "Roles")."""
    seed(
        Title,
        [
            Title(**{**row, "level": int(row["level"]) if row["level"] else None, "roles": row["roles"].split()})
            for row in rows_of(FOLDER / "titles.csv")
        ],
    )
