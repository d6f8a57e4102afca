"""Votes tell nobody by message: whoever may vote has a slip, and the notice of the meeting says what is voted on."""

from governance.lifecycle.motions import MOTION_EVENTS

SILENT = MOTION_EVENTS
