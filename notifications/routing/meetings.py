"""Events of meetings and topics: whom of the desk they tell, and what whoever proposed a topic hears."""

from governance.lifecycle import meetings
from notifications.models import Urgency as Speed
from notifications.selectors.meeting_people import chair, conveners, newly_invited, on_the_roll, organizer
from notifications.selectors.recipients import Happening
from notifications.services.proposers import PROPOSER_TEXTS
from notifications.services.rules import Route, Routes, Rule


def _is_published_next(on: Happening) -> bool:
    """What units said after a whistle is not published; its residents read the whistle's reply."""
    return not on.about.is_by_whistle


ROUTES: Routes = {
    meetings.TOPIC_PROPOSED: Route(staff=(Rule(conveners, "topic_new", Speed.DIGEST),)),
    meetings.MEETING_INVITED: Route(staff=(Rule(newly_invited, "meeting_invited"),)),
    meetings.MEETING_NOTICED: Route(staff=(Rule(on_the_roll, "meeting_announced"),)),
    meetings.MEETING_MOVED: Route(staff=(Rule(on_the_roll, "meeting_moved"),)),
    meetings.MEETING_CANCELLED: Route(staff=(Rule(on_the_roll, "meeting_cancelled"),)),
    meetings.MEETING_ADJOURNED: Route(staff=(Rule(chair, "meeting_confirm", Speed.DIGEST),)),
    meetings.MEETING_CONFIRMED: Route(staff=(Rule(organizer, "meeting_publish", when=_is_published_next),)),
    meetings.MEETING_REMINDED: Route(staff=(Rule(organizer, "meeting_reminded"),)),
}

# everything else is read on the meeting
SILENT = meetings.MEETING_EVENTS - {*ROUTES, *PROPOSER_TEXTS}
