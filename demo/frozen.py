"""What is frozen of an invented meeting's minutes."""

from typing import Any

from demo.agendas import MATTERS, Matter
from governance.models import AgendaItem, Minutes, Resolution, Topic

_BY_TITLE = {matter.title: matter for matter in MATTERS}


def matter_of(topic: Topic) -> Matter:
    """What a topic of the invented district is about."""
    return _BY_TITLE[topic.title]


def frozen_body(
    minutes: Minutes, items: list[AgendaItem], resolved: dict[int, list[Resolution]], present: int
) -> dict[str, Any]:
    """As governance.services.meetings.minutes.body_of, from rows that are not stored yet."""
    meeting = minutes.meeting
    return {
        "number": meeting.number,
        "version": minutes.version,
        "kind": meeting.kind,
        "format": meeting.format,
        "title": meeting.title,
        "place": meeting.place,
        "starts_at": meeting.starts_at.isoformat(),
        "held_at": meeting.held_at.isoformat() if meeting.held_at else None,
        "chair": meeting.chair_name,
        "secretary": meeting.secretary_name,
        "present": present,
        "invited": present,
        "opening": minutes.opening,
        "reason": "",
        "items": [
            {
                "order": item.order,
                "title": item.title,
                "minutes": item.minutes,
                "text": minutes.texts.get(str(item.pk), ""),
                "outcome": str(item.outcome),
                "motions": [],
                "resolutions": [
                    {"order": r.order, "text": r.text, "is_information_only": False} for r in resolved.get(item.pk, [])
                ],
            }
            for item in items
        ],
    }
