"""Rows that are due, claimed by a lease (ADR 0003)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from milepost.workspace.models import DueWork

LEASE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this worker holds until `leased_until`."""

    id: int
    workspace_id: int
    kind: str
    attempts: int


@transaction.atomic
def schedule(*, workspace_id: int, kind: str, due_at: datetime) -> None:
    """Make a job of a workspace due at a moment, unless its row stands already."""
    DueWork.objects.get_or_create(workspace_id=workspace_id, kind=kind, defaults={"due_at": due_at})


@transaction.atomic
def claim_next(*, now: datetime) -> Claim | None:
    """Take the row that has been due longest and that nobody holds; None when there is none.

    A worker that dies leaves its lease behind; when that has run out, another one takes the row. So
    a job may run twice and has to act once.
    """
    rows = DueWork.objects.select_for_update(skip_locked=True).filter(
        Q(leased_until=None) | Q(leased_until__lt=now), due_at__lte=now
    )
    row = rows.order_by("due_at", "id").first()
    if row is None:
        return None
    row.leased_until = now + LEASE
    row.attempts += 1
    row.save(update_fields=["leased_until", "attempts"])
    return Claim(row.pk, row.workspace_id, row.kind, row.attempts)


def finish(claim: Claim, *, next_due_at: datetime) -> None:
    """Give the row back: done, and due again at a moment."""
    DueWork.objects.filter(pk=claim.id).update(leased_until=None, attempts=0, last_error="", due_at=next_due_at)


def fail(claim: Claim, *, error: str, now: datetime) -> None:
    """Give the row back after an error: due again after a wait that doubles each time, at most 6 hours."""
    wait = min(LONGEST_WAIT, timedelta(seconds=30) * 2 ** min(claim.attempts, 12))
    DueWork.objects.filter(pk=claim.id).update(leased_until=None, last_error=error[:2000], due_at=now + wait)
