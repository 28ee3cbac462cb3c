"""Is this installation sound? Every check says what it looked at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from milepost.okr import actions as okr
from milepost.okr.queries.integrity import orphans, score_rows
from milepost.workspace.queries import list_all_workspaces, operator_place, verify_trail

EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at and, if it is not sound, what is wrong."""

    check: str
    is_sound: bool
    says: str


class _UndoRebuild(Exception):
    """Takes the doctor's rebuild back: looking changes nothing."""


def examine(*, now: datetime) -> list[Finding]:
    """Return the findings of every check; nothing is changed."""
    found = _settings()
    for _, slug, name in list_all_workspaces():
        place = operator_place(slug=slug, now=now)
        wrong = orphans(place.workspace_id)
        found.append(Finding(f"{name}: no orphans", not wrong, "; ".join(wrong) or "every row hangs on what it should"))
        trail = verify_trail(place.workspace_id)
        found.append(Finding(f"{name}: audit trail", not trail.wrong, str(trail)))
        okr.refresh_day(by=place.actor, now=now)
        stored = score_rows(place.workspace_id)
        rebuilt: dict[Any, Any] = {}
        try:
            with transaction.atomic():
                okr.rebuild(by=place.actor, now=now)
                rebuilt = score_rows(place.workspace_id)
                raise _UndoRebuild
        except _UndoRebuild:
            pass
        differing = [key for key in stored.keys() | rebuilt.keys() if not _same(stored.get(key), rebuilt.get(key))]
        says = f"{len(rebuilt)} score rows equal a full rebuild"
        if differing:
            first = sorted(differing)[0]
            says = f"{len(differing)} of {len(rebuilt)} score rows differ from a full rebuild, first {first}"
        found.append(Finding(f"{name}: scores", not differing, says))
    return found


def _same(old: tuple[Any, ...] | None, new: tuple[Any, ...] | None) -> bool:
    if old is None or new is None:
        return False
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= EXACT)
        for a, b in zip(old, new, strict=True)
    )


def _settings() -> list[Finding]:
    found = [
        Finding(
            "debug",
            not settings.DEBUG,
            "off" if not settings.DEBUG else "on: set MILEPOST_DEBUG=0 where people use it",
        )
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1, "busy_timeout": 20000}
            for name, want in wanted.items():
                cursor.execute(f"PRAGMA {name}")
                got = cursor.fetchone()[0]
                found.append(
                    Finding(f"SQLite {name}", got == want, f"{got}" if got == want else f"{got}, should be {want}")
                )
            cursor.execute("PRAGMA quick_check")
            says = cursor.fetchone()[0]
            found.append(Finding("SQLite file", says == "ok", says))
        else:
            cursor.execute("SHOW server_version")
            found.append(Finding("PostgreSQL", True, cursor.fetchone()[0]))
    return found
