"""The text messages for whoever proposed a topic; as short as those of `texts`, and without a word of theirs."""

from django.conf import settings
from django.utils.translation import gettext_lazy

from governance.models import Topic

TOPIC_TEXTS = {
    "topic_accepted": gettext_lazy("%(service)s: your topic %(number)s is taken up. Follow it: %(link)s"),
    "topic_declined": gettext_lazy("%(service)s: your topic %(number)s was not taken up. Read why: %(link)s"),
    "topic_announced": gettext_lazy("%(service)s: a meeting will talk about your topic %(number)s. See %(link)s"),
    "topic_result": gettext_lazy("%(service)s: a meeting talked about your topic %(number)s. The result: %(link)s"),
    "topic_settled": gettext_lazy("%(service)s: your topic %(number)s is settled. See %(link)s"),
    "topic_moved": gettext_lazy("%(service)s: the meeting about your topic %(number)s has moved. See %(link)s"),
}


def topic_words(text: str, topic: Topic, *, link: str) -> str:
    """The text message for whoever proposed it; its words and their name are never in it."""
    return str(TOPIC_TEXTS[text]) % {"service": settings.SERVICE_NAME, "number": topic.number, "link": link}
