"""How many requests a token has a minute."""

import time
from dataclasses import dataclass
from threading import Lock

WINDOW = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a token's minute; `seconds` until it is full again."""

    limit: int
    remaining: int
    seconds: int
    is_over: bool


class Limiter:
    """Counts the requests of each token in windows of a minute, in this process.

    Several server processes count apart, so the limit is then one of each process.
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._window = 0
        self._lock = Lock()

    def take(self, token_id: int, *, limit: int, at: float | None = None) -> Left:
        """Count one request and return what is left."""
        now = time.time() if at is None else at
        window = int(now // WINDOW)
        with self._lock:
            if window != self._window:
                self._counts.clear()
                self._window = window
            used = self._counts[token_id] = self._counts.get(token_id, 0) + 1
        seconds = max(1, int((window + 1) * WINDOW - now))
        return Left(limit, max(0, limit - used), seconds, used > limit)
