"""Issues that are talked about: their history says when, and what came of it; whoever asked is told."""

from collections.abc import Iterable
from datetime import datetime

from governance.lifecycle import ISSUE_DISCUSSED, ISSUE_ON_AGENDA
from governance.models import AgendaItem, Issue, Meeting
from governance.models.issues import Audience
from governance.services.locks import lock_issues
from governance.services.moves import tell, write_line
from neighborhoods.actors import Actor


def _issues_of(items: Iterable[AgendaItem]) -> dict[int, Issue]:
    """By the id of the item; locked."""
    topics = {item.pk: item.topic_id for item in items if item.topic_id}
    found = Issue.objects.filter(topics__in=topics.values()).order_by("pk")
    lock_issues(found.values_list("pk", flat=True))
    by_topic = {
        topic_id: issue
        for issue in found.prefetch_related("topics")
        for topic_id in [topic.pk for topic in issue.topics.all()]
    }
    return {pk: by_topic[topic_id] for pk, topic_id in topics.items() if topic_id in by_topic}


def note_on_agenda(meeting: Meeting, items: list[AgendaItem], *, actor: Actor, at: datetime) -> None:
    """The meeting is announced: the case's history says when it is talked about."""
    for issue in _issues_of(items).values():
        write_line(issue, kind=ISSUE_ON_AGENDA, actor=actor, at=at, reason=meeting.number, audience=Audience.REQUESTER)
        tell(ISSUE_ON_AGENDA, issue, actor, meeting_id=meeting.pk)


def note_results(meeting: Meeting, items: list[AgendaItem], *, actor: Actor, at: datetime) -> None:
    """The result is published: what was resolved stands in the case's history, as neighbours read it."""
    by_item: dict[int, list[str]] = {}
    for resolution in meeting.resolutions.all():
        by_item.setdefault(resolution.item_id, []).append(resolution.text)
    for item_id, issue in _issues_of(items).items():
        text = "\n".join(by_item.get(item_id, []))
        write_line(issue, kind=ISSUE_DISCUSSED, actor=actor, at=at, reason=meeting.number, text=text)
        tell(ISSUE_DISCUSSED, issue, actor, meeting_id=meeting.pk)
