"""Who else hears of a change, in its transaction: an app above says so once, when it starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that has just changed; `actor_id` is None where nobody in person did it.

    `verb`, `kind`, `object_id` and `data` are those of the audit trail, or `status_changed` with the
    words before and after, which is a consequence and stands in no trail.
    """

    workspace_id: int
    actor_id: int | None
    verb: str
    kind: str
    object_id: int
    data: Mapping[str, Any]
    now: datetime


Hearer = Callable[[Sequence[Happening]], None]
_hearers: list[Hearer] = []


def hear(hearer: Hearer) -> None:
    """Let a function hear of every change from now on, in the transaction of the change."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def announce(happenings: Sequence[Happening]) -> None:
    """Tell everybody who hears of changes of one workspace and moment; under its lock."""
    for hearer in _hearers:
        hearer(happenings)
