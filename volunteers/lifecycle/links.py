"""A household and its representative (代表联户), and the visits between them (docs/lifecycle.md, "Household links")."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look

MOST_LINKS, FEWEST_LINKS = 15, 5
FORMING_DAYS = 60  # after the start of a term; until then fewer than five is no finding


class LinkState(models.TextChoices):
    """Where a link stands."""

    PROPOSED = "proposed", pgettext_lazy("household link", "household is asked")
    ACTIVE = "active", pgettext_lazy("household link", "linked")
    ENDED = "ended", pgettext_lazy("household link", "ended")
    DECLINED = "declined", pgettext_lazy("household link", "household declined")


class Answered(models.TextChoices):
    """How a household's answer reached us."""

    CARD = "card", _("on its own page")
    PHONE = "phone", _("by phone")
    DOOR = "door", _("at the door")
    HAND_OVER = "hand_over", _("agreed to the representative before")


class Method(models.TextChoices):
    """The five words of a visit (走、看、听、问、帮). The order is fixed."""

    WALK = "walk", pgettext_lazy("five words", "walked by")
    LOOK = "look", pgettext_lazy("five words", "looked")
    LISTEN = "listen", pgettext_lazy("five words", "listened")
    ASK = "ask", pgettext_lazy("five words", "asked")
    HELP = "help", pgettext_lazy("five words", "helped")


L = LinkState
LINK_LIVE = frozenset({L.PROPOSED, L.ACTIVE})  # holds one of the fifteen places
LINK_MOVES: dict[LinkState, frozenset[LinkState]] = {
    L.PROPOSED: frozenset({L.ACTIVE, L.DECLINED, L.ENDED}),
    L.ACTIVE: frozenset({L.ENDED, L.DECLINED}),
    L.ENDED: frozenset(),
    L.DECLINED: frozenset(),
}
LINK_FITS: dict[str, frozenset[LinkState]] = {
    "agree": frozenset({L.PROPOSED}),
    "decline": LINK_LIVE,
    "end": LINK_LIVE,
}
LINK_LOOKS: dict[LinkState, Look] = {
    L.PROPOSED: Look("soon", "wait"),
    L.ACTIVE: Look("done", "done"),
    L.ENDED: Look("", "x"),
    L.DECLINED: Look("", "hand"),
}

LINK_PROPOSED = "household_link.proposed"
LINK_AGREED = "household_link.agreed"
LINK_DECLINED = "household_link.declined"
LINK_ENDED = "household_link.ended"
LINK_ORPHANED = "household_link.orphaned"  # thirty days without anybody: the community is told once
LINKS_HANDED_OVER = "representative.links_handed_over"
HOUSEHOLD_CONSENTED = "household_card.consented"  # a household that had declined says yes by itself
CARD_ISSUED = "household_card.issued"
CARD_REVOKED = "household_card.revoked"
VISITED = "household_visit.made"

LINK_EVENTS = frozenset(
    {
        *(LINK_PROPOSED, LINK_AGREED, LINK_DECLINED, LINK_ENDED, LINK_ORPHANED, LINKS_HANDED_OVER),
        *(HOUSEHOLD_CONSENTED, CARD_ISSUED, CARD_REVOKED, VISITED),
    }
)
