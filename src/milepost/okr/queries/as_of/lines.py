"""The lines of a day of the past: of objectives and key results, from rows as they stood."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from milepost.okr.models import GoalState
from milepost.okr.queries.as_of.edges import PastEdge
from milepost.okr.queries.as_of.key_results import PastKeyResults
from milepost.okr.queries.as_of.scores import Row
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.facts import LoadedKeyResult
from milepost.okr.queries.family import STORED
from milepost.okr.queries.lines import OBJECTIVE_VALUES, KeyResultLine, lines_of
from milepost.okr.scoring import read_points
from milepost.workspace.queries import Then

FROM_ROW = tuple(f"score__{name}" for name in KEY_RESULT_ROW)
LINE = [
    (name.removeprefix("objective__"), 0) if name.startswith("objective__") else (None, STORED.index(name))
    for name in OBJECTIVE_VALUES
]
BELOW = OBJECTIVE_VALUES.index("child_objectives")
IS_ROOT, CHILD_OBJECTIVES = STORED.index("is_root"), STORED.index("child_objectives")


def children_then(
    edges: Collection[PastEdge], objectives: Mapping[int, Mapping[str, Any]], seen: Collection[int]
) -> dict[int, tuple[int, ...]]:
    """Return the objectives that hung below each, by title: those of them that are seen, no cancelled ones."""
    found: dict[int, list[int]] = {}
    for e in edges:
        if e.parent_id in objectives and e.child_id in seen and objectives[e.child_id]["state"] != GoalState.CANCELLED:
            found.setdefault(e.parent_id, []).append(e.child_id)
    return {pk: tuple(sorted(below, key=lambda one: (objectives[one]["title"], one))) for pk, below in found.items()}


def line_values(o: Mapping[str, Any], row: Row, *, below: int) -> list[Any]:
    """Return the columns of a line, in the order of `OBJECTIVE_VALUES`."""
    values = [row[i] if name is None else o[name] for name, i in LINE]
    values[BELOW] = max(row[CHILD_OBJECTIVES], below)
    return values


def key_result_lines_then(
    found: PastKeyResults,
    loaded: Mapping[int, LoadedKeyResult],
    rows: Mapping[int, Row],
    seen: Collection[int],
    then: Then,
) -> dict[int, tuple[KeyResultLine, ...]]:
    """Return the lines of the key results of objectives that are seen, in their order; no cancelled ones."""
    shown = [k for k in found.rows.values() if k["objective_id"] in seen]
    shown.sort(key=lambda k: (k["objective_id"], k["position"], k["id"]))
    for k in shown:
        row = rows[k["id"]]
        k.update(zip(FROM_ROW, row, strict=True))
    steps = {pk: tuple(one) for pk, one in found.steps.items()}
    lines: dict[int, list[KeyResultLine]] = {}
    for line in lines_of(shown, steps):
        if line.state != GoalState.CANCELLED:
            lines.setdefault(line.objective_id, []).append(_marked(line, found, loaded[line.id], then))
    return {pk: tuple(below) for pk, below in lines.items()}


def _marked(line: KeyResultLine, found: PastKeyResults, item: LoadedKeyResult, then: Then) -> KeyResultLine:
    """Return a line with the mark that a value it stood on was revised since."""
    revised = found.read.revised.get(found.rows[line.id]["metric_id"])
    if not revised or line.state == GoalState.CLOSED:
        return line
    days = [p.start for p in read_points(item.facts, today=then.day) if p.start in revised]
    if not days:
        return line
    is_last = line.value_on in revised and not line.kpi_id
    return replace(line, is_revised=True, revised_to=revised[line.value_on] if is_last and line.value_on else None)


def unaligned_then(
    inside: Collection[int],
    edges: Collection[PastEdge],
    objectives: Mapping[int, Mapping[str, Any]],
    seen: Collection[int],
) -> tuple[int, ...]:
    """Return those without a parent and a pillar, as `alignment.unaligned` tells of today."""
    aligned = {e.child_id for e in edges if e.parent_id in seen}
    return tuple(pk for pk in inside if pk not in aligned and _could_hang(objectives[pk]))


def _could_hang(o: Mapping[str, Any]) -> bool:
    is_owned = o["owner_team_id"] is not None or o["owner_person_id"] is not None
    return is_owned and o["pillar_id"] is None and o["state"] not in {GoalState.CLOSED, GoalState.CANCELLED}
