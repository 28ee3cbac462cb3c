"""Is the audit trail what was written? Every row is read and its fingerprint taken anew (ADR 0006)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from milepost.core.chain import GENESIS, fingerprint
from milepost.workspace.models import Event, EventHead
from milepost.workspace.models.event import CHAINED

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a trail, to be kept outside: how many rows it has, and the fingerprint of the last."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading a trail through found.

    `wrong` is "" for a sound one, else a sentence about the first bad row: `sequence`, `row_id` and `at`
    say which it is, None where it is missing. `held` are those of the kept heads that the trail has.
    """

    rows: int
    head: Head
    wrong: str
    held: frozenset[str]
    sequence: int | None = None
    row_id: int | None = None
    at: datetime | None = None

    def __str__(self) -> str:
        if not self.wrong:
            return f"{self.rows:,} rows, each in its place and as it was written"
        if self.row_id is None or self.at is None:
            return self.wrong
        at = self.at.astimezone(UTC)
        return f"row {self.sequence} (id {self.row_id}, {at:%Y-%m-%d %H:%M:%S} UTC): {self.wrong}"


def trail_head(workspace_id: int) -> Head:
    """Return where the trail of a workspace ends, as the database keeps it."""
    found = EventHead.objects.filter(workspace_id=workspace_id).values_list("sequence", "hash").first()
    return Head(*found) if found else Head(0, GENESIS)


def verify_trail(workspace_id: int, *, kept: Collection[str] = ()) -> Verdict:
    """Read a workspace's trail from its first row to the end of it or to the first bad row.

    Args:
        kept: fingerprints kept outside earlier; which of them the trail still has is told in `held`.
            Without one nothing can show that somebody who owns the database wrote all of it anew.
    """
    stored = trail_head(workspace_id)
    held = {GENESIS} & set(kept)
    sequence, last, last_id = 0, GENESIS, 0
    rows = Event.objects.filter(workspace_id=workspace_id).order_by("sequence", "id")
    columns = rows.values_list("id", "hash", *CHAINED)
    for row_id, hash_, *values in columns.iterator(chunk_size=CHUNK):
        record = dict(zip(CHAINED, values, strict=True))
        wrong = _wrong(record, hash_, after=sequence, last=last)
        if not wrong and record["sequence"] == stored.sequence and hash_ != stored.hash:
            wrong = "it is another row than the stored head says"
        if not wrong and row_id <= last_id:
            wrong = "its id is not above the one before it: it was written at another time than its place says"
        if wrong:
            return Verdict(
                sequence, stored, wrong, frozenset(held), sequence=record["sequence"], row_id=row_id, at=record["at"]
            )
        sequence, last, last_id = record["sequence"], hash_, row_id
        if hash_ in kept:
            held.add(hash_)
    wrong = ""
    if sequence < stored.sequence:
        wrong = f"row {sequence + 1} is missing: the trail ends before it, but its stored head is row {stored.sequence}"
    elif sequence > stored.sequence and sequence > trail_head(workspace_id).sequence:  # not just written meanwhile
        wrong = f"row {stored.sequence + 1} stands after the stored head, which is row {stored.sequence}"
    return Verdict(sequence, stored, wrong, frozenset(held))


def _wrong(record: dict[str, object], hash_: str, *, after: int, last: str) -> str:
    """Return what is wrong with a row that follows row `after`, whose fingerprint is `last`; "" if nothing."""
    sequence = record["sequence"]
    try:
        is_as_written = fingerprint(record) == hash_
    except (TypeError, ValueError):  # somebody put something in that never was an event
        is_as_written = False
    if sequence != after + 1:
        return f"row {after + 1} is missing before it" + ("" if is_as_written else ", and its content was changed")
    if not is_as_written:
        return "its content was changed: its fingerprint is another one than it says"
    if record["previous_hash"] != last:
        return f"it does not follow row {after}: that row was written anew, or the order was changed"
    return ""
