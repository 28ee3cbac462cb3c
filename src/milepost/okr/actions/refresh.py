"""The score rows of goals: one function writes them all (rule S7, ADR 0002)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from milepost.core.circles import in_order
from milepost.core.team_rhythms import Rhythms
from milepost.okr.models import Alignment, KeyResultScore, ObjectiveScore, Part
from milepost.okr.queries.facts import NOTHING_READ, JustRead, LoadedKeyResult, load_key_results
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.family import STORED, load_family
from milepost.okr.queries.parts import Row as PartRow
from milepost.okr.queries.rows import WORDS_OF_CONCERN, key_result_row, objective_row, parts_first
from milepost.okr.queries.tree import all_above
from milepost.prepared import upsert
from milepost.workspace.actions import Happening, announce, tell
from milepost.workspace.models import WebhookEvent

CHUNK = 2000


def refresh(
    *,
    key_results: Collection[int] = (),
    objectives: Collection[int] = (),
    rhythms: Rhythms,
    today: date,
    now: datetime,
    read: JustRead = NOTHING_READ,
) -> int:
    """Write anew the rows of these goals and of all that is made of them; return how many changed.

    First the key results, each after those it is made of (P9), then the objectives above. No key result
    is made of an objective, so this order holds for all.

    Called under the workspace's lock. It computes from facts and children, never from a difference,
    so it heals itself, and a second run changes no row. What a bulk write hands in is refreshed in
    one walk over the union of all that stands above.
    """
    ids, above = all_above(key_results=key_results, objectives=objectives)
    changed = 0
    ids = ids if len(ids) <= CHUNK else _parts_first(ids)
    for at in range(0, len(ids), CHUNK):
        loaded = load_key_results(ids[at : at + CHUNK], read=read)
        changed += _refresh_key_results(loaded, rhythms=rhythms, today=today, now=now)
    return changed + _refresh_objectives(above, today=today, now=now)


def _parts_first(ids: Collection[int]) -> list[int]:
    """Return key results so that each stands after those it is made of."""
    inside = set(ids)
    below: dict[int, list[int]] = {}
    edges = Part.objects.filter(until=None).order_by("id").values_list("parent_id", "child_id")
    for parent, child in edges.iterator():
        if parent in inside and child in inside:
            below.setdefault(parent, []).append(child)
    ordered = in_order(below)
    return [*sorted(inside.difference(ordered)), *ordered]


WORD = KEY_RESULT_ROW.index("shown_word")


def _refresh_key_results(loaded: Collection[LoadedKeyResult], *, rhythms: Rhythms, today: date, now: datetime) -> int:
    rows = []
    changed: dict[int, list[dict[str, Any]]] = {}
    heard: dict[int, list[Happening]] = {}
    fresh: dict[int, PartRow] = {}
    for item in parts_first(loaded):
        row = key_result_row(item, fresh, rhythms=rhythms, today=today)
        if not _same(item.stored, row):
            rows.append((*row, now))
        if item.is_public and item.stored is not None and item.stored[WORD] != row[WORD]:
            told = {
                "key_result_id": item.id,
                "objective_id": item.objective_id,
                "before": item.stored[WORD],
                "status": row[WORD],
            }
            changed.setdefault(item.workspace_id, []).append(told)
        if item.counts and item.stored is not None:
            before = item.stored[WORD]
            _hear(heard, item.workspace_id, "key_result", item.id, before=before, after=row[WORD], now=now)
    upsert(KeyResultScore, rows)
    for happenings in heard.values():
        announce(happenings)
    for workspace_id, data in changed.items():
        tell(workspace_id=workspace_id, event=WebhookEvent.KEY_RESULT_STATUS, data=data, now=now)
    return len(rows)


def _hear(
    heard: dict[int, list[Happening]], workspace_id: int, kind: str, pk: int, *, before: str, after: str, now: datetime
) -> None:
    """Note that a status turned to or from one of concern."""
    if before != after and WORDS_OF_CONCERN & {before, after}:
        told = Happening(workspace_id, None, "status_changed", kind, pk, {"before": before, "after": after}, now)
        heard.setdefault(workspace_id, []).append(told)


def _refresh_objectives(ids: list[int], *, today: date, now: datetime) -> int:
    if len(ids) <= CHUNK:
        return _refresh_family(ids, today=today, now=now)
    changed = 0
    for level in _bottom_up(ids):
        for at in range(0, len(level), CHUNK):
            changed += _refresh_family(level[at : at + CHUNK], today=today, now=now)
    return changed


def _bottom_up(ids: Iterable[int]) -> list[list[int]]:
    """Return the objectives in levels: the children of each stand in an earlier level."""
    inside = set(ids)
    edges = Alignment.objects.filter(until=None).values_list("parent_id", "child_id")
    waiting = dict.fromkeys(inside, 0)
    above: dict[int, list[int]] = {}
    for parent, child in edges.iterator():
        if parent in inside and child in inside:
            above.setdefault(child, []).append(parent)
            waiting[parent] += 1
    level = sorted(pk for pk, count in waiting.items() if count == 0)
    levels = []
    while level:
        levels.append(level)
        ready = []
        for child in level:
            for parent in above.get(child, ()):
                waiting[parent] -= 1
                if waiting[parent] == 0:
                    ready.append(parent)
        level = sorted(ready)
    return levels


def _refresh_family(ids: Collection[int], *, today: date, now: datetime) -> int:
    """Refresh objectives whose children are right already or among them."""
    families = {family.id: family for family in load_family(ids)}
    fresh: dict[int, tuple[Any, ...]] = {}

    def row_of(pk: int) -> tuple[Any, ...]:
        if pk not in fresh:
            family = families[pk]
            below = [
                (edge, row_of(edge.child_id) if edge.child_id in families else edge.stored) for edge in family.edges
            ]
            fresh[pk] = objective_row(family, below, today=today)
        return fresh[pk]

    for pk in families:
        row_of(pk)
    rows = [(*row, now) for pk, row in fresh.items() if not _same(families[pk].stored, row)]
    upsert(ObjectiveScore, rows)
    heard: dict[int, list[Happening]] = {}
    for pk, row in fresh.items():
        stored = families[pk].stored
        if stored is not None and row[OWN_IS_LIVE]:
            before, after = stored[OWN_WORD], row[OWN_WORD]
            _hear(heard, families[pk].workspace_id, "objective", pk, before=before, after=after, now=now)
    for happenings in heard.values():
        announce(happenings)
    return len(rows)


OWN_WORD, OWN_IS_LIVE = STORED.index("word"), STORED.index("is_live")


def _same(old: tuple[Any, ...] | None, new: tuple[Any, ...]) -> bool:
    """Return whether two rows say the same, float noise aside."""
    if old is None or old == new:
        return old is not None
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-12)  # noqa: PLR2004 - noise
        for a, b in zip(old, new, strict=True)
    )
