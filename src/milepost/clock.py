"""The one place where Milepost reads the clock; only the edges (web, cli, jobs) may import it."""

import os
from datetime import UTC, datetime

PINNED = "MILEPOST_NOW"


def now() -> datetime:
    """Return the present moment, aware and in UTC.

    `MILEPOST_NOW` (an ISO date and time with its offset) pins it, so that old data can be looked at
    as on the day it was new; unset, the machine's clock is read.

    Raises:
        ValueError: MILEPOST_NOW is set to something that is not an aware ISO date and time.
    """
    pinned = os.environ.get(PINNED)
    if not pinned:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(pinned)
    if moment.tzinfo is None:
        raise ValueError(f"{PINNED} needs an offset, for example 2026-11-22T09:30+00:00; it is {pinned!r}.")
    return moment.astimezone(UTC)
