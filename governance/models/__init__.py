"""Residents' requests: the issue, its history, its clocks, and the reference data they follow."""

from governance.models.asking import Extension, Question
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
from governance.models.committees import Committee, CommitteeLine, CommitteeMeeting, PartTimeMember, Promise
from governance.models.dismissals import Appeal, Dismissal, DismissalReason
from governance.models.duties import DutyClock, DutyEscalation, Task, TaskLine, TaskMilestone, TaskPhoto
from governance.models.hard import SupervisionOrder
from governance.models.hotline import HotlineImport, HotlineToken
from governance.models.issues import Contact, Issue, TimelineEntry
from governance.models.matters import Matter, MatterHelper, MatterIssue, MatterLine
from governance.models.meetings import Meeting, MeetingEntry, MeetingNotice, MeetingRule
from governance.models.ready import ReadyAnswer
from governance.models.recurring import Recurrence
from governance.models.reference import Category, LadderRung, LimitVersion, RoutingRule, TimeLimit
from governance.models.roll import Attendance, Minutes
from governance.models.topics import AgendaItem, Resolution, Topic, TopicEntry
from governance.models.voting import Ballot, DecisionRule, Entitled, EntitledList, Motion, MotionEntry, Tally, Urn
from governance.models.whistles import Call, CallPhoto, Whistle, WhistleIssue, WhistleLine

__all__ = [
    "AgendaItem",
    "Appeal",
    "Attendance",
    "Ballot",
    "Call",
    "CallPhoto",
    "Callback",
    "Category",
    "Clock",
    "ClockPause",
    "Committee",
    "CommitteeLine",
    "CommitteeMeeting",
    "Contact",
    "ContactCode",
    "ContactLog",
    "DecisionRule",
    "Disclosure",
    "Dismissal",
    "DismissalReason",
    "Dispatch",
    "DutyClock",
    "DutyEscalation",
    "Entitled",
    "EntitledList",
    "Escalation",
    "Extension",
    "HotlineImport",
    "HotlineToken",
    "Issue",
    "IssuePhoto",
    "LadderRung",
    "LimitVersion",
    "Matter",
    "MatterHelper",
    "MatterIssue",
    "MatterLine",
    "Meeting",
    "MeetingEntry",
    "MeetingNotice",
    "MeetingRule",
    "Minutes",
    "Motion",
    "MotionEntry",
    "PartTimeMember",
    "Promise",
    "Question",
    "ReadyAnswer",
    "Recurrence",
    "Reply",
    "Resolution",
    "RoutingRule",
    "SavedFilter",
    "SupervisionOrder",
    "Tally",
    "Task",
    "TaskLine",
    "TaskMilestone",
    "TaskPhoto",
    "TimeLimit",
    "TimelineEntry",
    "Topic",
    "TopicEntry",
    "Urn",
    "Whistle",
    "WhistleIssue",
    "WhistleLine",
]
