"""Answers kept for a day, so that a retried write acts once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from milepost.workspace.errors import Invalid, KeyReused
from milepost.workspace.models import IdempotencyKey

KEPT = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the first request with a key was answered."""

    status: int
    body: bytes
    headers: dict[str, str]


def kept_answer(*, token_id: int, key: str, body_hash: str, now: datetime) -> KeptAnswer | None:
    """Return the answer that a key was given in the last 24 hours; None if it is new or older, then it is free again.

    Raises:
        KeyReused: it came with another method, address or body.
        Invalid: the key is empty or too long.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.", field="Idempotency-Key")
    row = IdempotencyKey.objects.filter(token_id=token_id, key=key).first()
    if row is None:
        return None
    if row.at <= now - KEPT:
        row.delete()  # its place is taken by the answer to come
        return None
    if row.body_hash != body_hash:
        raise KeyReused
    return KeptAnswer(row.status, bytes(row.answer), dict(row.headers))


def keep_answer(
    *, token_id: int, key: str, body_hash: str, status: int, body: bytes, headers: dict[str, str], now: datetime
) -> None:
    """Keep an answer in the transaction of its write.

    Raises:
        KeyReused: another request with this key was faster; this write is rolled back with it.
    """
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                token_id=token_id, key=key, body_hash=body_hash, status=status, answer=body, headers=headers, at=now
            )
    except IntegrityError:
        raise KeyReused(at_once=True) from None


def forget_old_answers(*, now: datetime) -> int:
    """Delete answers older than a day and return how many."""
    return IdempotencyKey.objects.filter(at__lte=now - KEPT).delete()[0]
