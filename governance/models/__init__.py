"""Residents' requests: the issue, its history, its clocks, and the reference data they follow."""

from governance.models.casework import (
    Callback,
    ContactCode,
    ContactLog,
    Disclosure,
    Dispatch,
    IssuePhoto,
    Reply,
    SavedFilter,
)
from governance.models.clocks import Clock, ClockPause, Escalation
from governance.models.duties import DutyClock, DutyEscalation, Task, TaskLine, TaskPhoto
from governance.models.hard import SupervisionOrder
from governance.models.issues import Contact, Issue, TimelineEntry
from governance.models.recurring import Recurrence
from governance.models.reference import Category, LadderRung, LimitVersion, RoutingRule, TimeLimit

__all__ = [
    "Callback",
    "Category",
    "Clock",
    "ClockPause",
    "Contact",
    "ContactCode",
    "ContactLog",
    "Disclosure",
    "Dispatch",
    "DutyClock",
    "DutyEscalation",
    "Escalation",
    "Issue",
    "IssuePhoto",
    "LadderRung",
    "LimitVersion",
    "Recurrence",
    "Reply",
    "RoutingRule",
    "SavedFilter",
    "SupervisionOrder",
    "Task",
    "TaskLine",
    "TaskPhoto",
    "TimeLimit",
    "TimelineEntry",
]
