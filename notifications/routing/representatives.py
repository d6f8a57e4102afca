"""Events of representatives, their households and orders."""

from neighborhoods.actors import Level
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import Happening, upwards
from notifications.services.rules import Route, Routes, Rule
from volunteers.lifecycle.links import LINK_EVENTS
from volunteers.lifecycle.orders import (
    ORDER_AGAIN,
    ORDER_CARRIED,
    ORDER_EVENTS,
    ORDER_PLACED,
    ORDER_STILL_OPEN,
    ORDER_UNTAKEN,
)
from volunteers.lifecycle.representatives import (
    REPRESENTATIVE_EVENTS,
    REPRESENTATIVE_MOVED,
    REPRESENTATIVE_OBJECTED,
    REPRESENTATIVE_SEAT_EMPTY,
    REPRESENTATIVE_TERM_ENDING,
)


def community(on: Happening) -> list:
    """Who answers for the place: the community, else the level above."""
    return upwards(on, Level.COMMUNITY)


def grid(on: Happening) -> list:
    """The grid, else whoever answers above it."""
    return upwards(on, Level.GRID)


def representative(on: Happening) -> list:
    """With whom an order lies; whoever takes part in nothing any more is not told."""
    term = on.about.representative
    return on.directory.person(term.resident.user_id) if term and term.resident.user_id else []


def taker(on: Happening) -> list:
    """Who took an order; the community when their account is switched off."""
    return (on.directory.person(on.about.taken_by_id) if on.about.taken_by_id else []) or community(on)


ROUTES: Routes = {
    REPRESENTATIVE_OBJECTED: Route(staff=(Rule(community, "representative_objected"),)),
    REPRESENTATIVE_MOVED: Route(staff=(Rule(community, "representative_moved"),)),
    REPRESENTATIVE_TERM_ENDING: Route(staff=(Rule(community, "representative_term_ending", Speed.DIGEST),)),
    REPRESENTATIVE_SEAT_EMPTY: Route(staff=(Rule(community, "representative_seat_empty", Speed.DIGEST),)),
    ORDER_PLACED: Route(staff=(Rule(representative, "order_placed"),)),
    ORDER_CARRIED: Route(staff=(Rule(representative, "order_placed"),)),
    ORDER_AGAIN: Route(staff=(Rule(representative, "order_again"),)),
    ORDER_STILL_OPEN: Route(staff=(Rule(taker, "order_still_open"),)),
    ORDER_UNTAKEN: Route(staff=(Rule(grid, "order_untaken"),)),
}
SILENT = (REPRESENTATIVE_EVENTS | LINK_EVENTS | ORDER_EVENTS) - set(ROUTES)
