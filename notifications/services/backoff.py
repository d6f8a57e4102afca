"""How long to wait after a failure."""

import random
from datetime import timedelta

FIRST_SECONDS = 30
FACTOR = 4  # 30 s, 2 min, 8 min, half an hour, 2 hours: a mail server may be repaired in that time
LONGEST_SECONDS = 4 * 3600


def wait_after(tries: int) -> timedelta:
    """Longer after every try; scattered by a fifth, so that what failed together does not return together."""
    seconds = min(FIRST_SECONDS * FACTOR ** max(tries - 1, 0), LONGEST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - scatter, not a secret
