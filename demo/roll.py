"""Who came to an invented meeting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.plan import person_name
from governance.lifecycle.meetings import Arrival, Presence
from governance.models import Attendance, Meeting
from governance.services.meetings.roll import Person


@dataclass
class Guest:
    """A line of the roll before its meeting has an id."""

    meeting: Meeting
    person: Person
    how: Arrival
    at: datetime

    def line(self) -> Attendance:
        """The row; the hash of a person knows the id of the meeting."""
        return Attendance(
            meeting=self.meeting,
            submission_key=self.person.key,
            name=self.person.name,
            door=self.person.door,
            person_hash=self.person.hash_in(self.meeting),
            how=self.how,
            presence=Presence.PRESENT,
            added_at=self.at,
            arrived_at=self.at,
        )


def people_of(meeting: Meeting, rng: Random, at: datetime) -> list[Guest]:
    """Eight to sixteen neighbours, no two from one door; most signed the paper roll."""
    doors = rng.sample(range(101, 640), rng.randint(8, 16))
    return [
        Guest(
            meeting,
            Person(person_name(rng), f"{door % 6 + 1} 栋 {door}"),
            rng.choice((Arrival.QR, Arrival.PAPER, Arrival.PAPER, Arrival.DESK)),
            at - timedelta(minutes=rng.randint(1, 20)),
        )
        for door in doors
    ]
