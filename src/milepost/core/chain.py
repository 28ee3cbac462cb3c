"""The chain of the audit trail: each row's fingerprint holds the one before it (ADR 0006)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64  # what the first row of a workspace follows


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it on every engine: lists, text keys, a whole float as an integer.

    PostgreSQL keeps numbers as decimals and gives 1e16 back as an integer, SQLite keeps the text; so
    only what reads the same from both is stored and hashed.

    Raises:
        ValueError: NaN or an infinity.
        TypeError: something that is no JSON.

    Source: ADR 0006.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # an enum's value, not its name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - only NaN differs from itself
            raise ValueError(f"{value} has no place in the audit trail.")
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no place in the audit trail.")


def canonical(record: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a record: ASCII JSON, keys sorted, no blanks, moments in UTC to the microsecond.

    A float that is not whole is written by its shortest digits that read back the same.

    Source: ADR 0006.
    """
    flat = {key: _moment(value) if isinstance(value, datetime) else plain(value) for key, value in record.items()}
    return json.dumps(flat, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def fingerprint(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record's canonical bytes, as 64 hexadecimal digits.

    Source: ADR 0006.
    """
    return hashlib.sha256(canonical(record)).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
