"""The score rows of goals: one function writes them all (rule S7, ADR 0002)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from milepost.core.circles import in_order
from milepost.core.rhythm import Rhythm
from milepost.okr.models import Alignment, GoalState, KeyResultScore, ObjectiveScore, Part
from milepost.okr.queries.facts import NOTHING_READ, JustRead, LoadedKeyResult, load_key_results
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.family import STORED, Edge, Family, contributions, load_family
from milepost.okr.queries.parts import COUNTING, facts_of
from milepost.okr.queries.parts import Row as PartRow
from milepost.okr.queries.tree import all_above
from milepost.okr.scoring import KeyResultRow, score_key_result, score_objective
from milepost.prepared import upsert
from milepost.workspace.actions import Happening, announce, tell
from milepost.workspace.models import WebhookEvent

CHUNK = 2000
WORDS_OF_CONCERN = frozenset({"off_track", "at_risk"})
_scored_values = attrgetter(*KeyResultRow.__dataclass_fields__)


def refresh(
    *,
    key_results: Collection[int] = (),
    objectives: Collection[int] = (),
    rhythm: Rhythm,
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
        changed += _refresh_key_results(loaded, rhythm=rhythm, today=today, now=now)
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


def _refresh_key_results(loaded: Collection[LoadedKeyResult], *, rhythm: Rhythm, today: date, now: datetime) -> int:
    rows = []
    changed: dict[int, list[dict[str, Any]]] = {}
    heard: dict[int, list[Happening]] = {}
    fresh: dict[int, PartRow] = {}
    for item in _in_order(loaded):
        facts = replace(item.facts, parts=facts_of(item.parts, fresh)) if item.parts else item.facts
        scored = score_key_result(facts, rhythm=rhythm, today=today)
        fresh[item.id] = (scored.value, scored.score, scored.expected)
        filed = (item.id, item.workspace_id, item.cycle_id, item.objective_id, item.lead_id, item.counts)
        row = (*filed, *_scored_values(scored), today)
        if not _same(item.stored, row):
            rows.append((*row, now))
        if item.is_public and item.stored is not None and item.stored[WORD] != scored.shown_word:
            told = {
                "key_result_id": item.id,
                "objective_id": item.objective_id,
                "before": item.stored[WORD],
                "status": scored.shown_word,
            }
            changed.setdefault(item.workspace_id, []).append(told)
        if item.counts and item.stored is not None:
            before = item.stored[WORD]
            _hear(heard, item.workspace_id, "key_result", item.id, before=before, after=scored.shown_word, now=now)
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


def _in_order(loaded: Collection[LoadedKeyResult]) -> Collection[LoadedKeyResult]:
    """Return key results each after those of them that it is made of."""
    below = {item.id: [part.child_id for part in item.parts] for item in loaded if item.parts}
    if not below:
        return loaded
    last = in_order(below)
    by_id = {item.id: item for item in loaded}
    first = [item for item in loaded if item.id not in below]
    return [*first, *(by_id[pk] for pk in last if pk in below)]


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
            fresh[pk] = _objective_row(family, below, today=today)
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
CONFIDENCE, CHECKED_IN_ON, IS_LIVE = (STORED.index(name) for name in ("confidence", "checked_in_on", "is_live"))


def _objective_row(
    family: Family, below: Sequence[tuple[Edge, tuple[Any, ...] | None]], *, today: date
) -> tuple[Any, ...]:
    own = family.own
    live = [k for k in own if k.is_live]
    children = [row for _, row in contributions(family, below)]
    scored = score_objective(family.facts, children, today=today)
    shown = [(edge, row) for edge, row in below if edge.is_open and edge.state != GoalState.CANCELLED.value]
    rows_below = [row for _, row in shown if row is not None]
    concern = scored.word in WORDS_OF_CONCERN or any(k.shown_word in WORDS_OF_CONCERN for k in live)
    return (
        family.id,
        family.workspace_id,
        family.cycle_id,
        family.lead_id,
        family.is_top and family.state != GoalState.CANCELLED.value,
        family.state in COUNTING,
        scored.score,
        scored.expected,
        scored.word,
        family.state == GoalState.ACTIVE.value and concern,
        scored.reported,
        scored.children,
        sum(k.state != GoalState.CANCELLED.value for k in own),
        len(shown),
        scored.missing,
        _least([k.confidence for k in live] + [row[CONFIDENCE] for row in rows_below if row[IS_LIVE]]),
        _most([k.checked_in_on for k in own] + [row[CHECKED_IN_ON] for row in rows_below]),
        _least([k.next_check_in_on for k in live]),
        today,
    )


def _least(values: list[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def _most(values: list[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def _same(old: tuple[Any, ...] | None, new: tuple[Any, ...]) -> bool:
    """Return whether two rows say the same, float noise aside."""
    if old is None or old == new:
        return old is not None
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-12)  # noqa: PLR2004 - noise
        for a, b in zip(old, new, strict=True)
    )
