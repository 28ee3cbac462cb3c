"""Two people at one thing: the second one is told, nothing is overwritten unseen."""

from typing import Protocol

from milepost.workspace.errors import Stale


class Versioned(Protocol):
    """A row that counts its changes."""

    version: int


def count_up(row: Versioned, *, seen: int | None) -> None:
    """Give a row its next version; the caller holds the lock and saves it.

    Args:
        seen: the version the writer looked at, None to write whatever stands there.

    Raises:
        Stale: the row has changed since; `current` is its version.
    """
    if seen is not None and row.version != seen:
        raise Stale(row.version)
    row.version += 1
