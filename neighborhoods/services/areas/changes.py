"""The dated history of the tree."""

from typing import Any

from core.events import ActorLike
from neighborhoods.models import Area, AreaChange


def snapshot(area: Area) -> dict[str, Any]:
    """What a report "as it was" needs to know."""
    return {"name": area.name, "code": area.code, "parent_id": area.parent_id}


def note_change(area: Area, kind: AreaChange.Kind, actor: ActorLike, **details: Any) -> AreaChange:
    """Insert a line of the tree's history: `before`, `after` and a reason."""
    return AreaChange.objects.create(
        area=area,
        kind=kind,
        by_id=actor.user_id,
        by_label=actor.label,
        before=details.get("before", {}),
        after=details.get("after", {}),
        reason=details.get("reason", "")[:200],
    )
