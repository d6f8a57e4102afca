"""Events of meetings: what whoever proposed a topic hears; organisers read theirs on the meeting."""

from governance.lifecycle import meetings

# Events of meetings and topics, and the text (notifications.texts.TOPIC_TEXTS) for whoever proposed the topic.
PROPOSER_TEXTS = {
    meetings.TOPIC_ACCEPTED: "topic_accepted",
    meetings.TOPIC_DECLINED: "topic_declined",
    meetings.TOPIC_SETTLED: "topic_settled",
    meetings.MEETING_NOTICED: "topic_announced",
    meetings.MEETING_MOVED: "topic_moved",
    meetings.MEETING_PUBLISHED: "topic_result",
}

SILENT = meetings.MEETING_EVENTS - set(PROPOSER_TEXTS)  # whoever organises reads them on the meeting
