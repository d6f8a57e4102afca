"""The nightly look at every tree."""

import logging

from django.db import transaction

from core import events
from neighborhoods.actors import SYSTEM
from neighborhoods.lifecycle import TREES_FOUND_BROKEN
from neighborhoods.models import Area
from neighborhoods.selectors.trees import Flaw, flaws_of_trees

logger = logging.getLogger(__name__)
SHOWN = 20


@transaction.atomic
def check_trees() -> list[Flaw]:
    """Verify every tree and report what is wrong. Repairs nothing (docs/tree.md, "When it breaks")."""
    flaws = flaws_of_trees()
    if flaws:
        for flaw in flaws[:SHOWN]:
            logger.error("area tree is broken: %s", flaw)
        root = Area.objects.filter(tree_id=flaws[0].tree_id).order_by("lft")[0]
        shown = [str(flaw) for flaw in flaws[:SHOWN]]
        events.record(TREES_FOUND_BROKEN, actor=SYSTEM, subject=root, count=len(flaws), flaws=shown)
    return flaws
