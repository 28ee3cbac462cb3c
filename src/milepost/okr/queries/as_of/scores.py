"""The score rows of a day of the past, from rows as they stood, by the functions that make today's."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from milepost.core.alignment import is_inside
from milepost.core.series import Point
from milepost.okr.models import WITH_METRIC, GoalState
from milepost.okr.queries.as_of.edges import PastEdge
from milepost.okr.queries.as_of.key_results import PastKeyResults
from milepost.okr.queries.as_of.walls import PastPeople
from milepost.okr.queries.facts import AMBITIONS, LoadedKeyResult, loaded_of
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.family import SCORES, Edge, Family, OwnKeyResult
from milepost.okr.queries.parts import PartEdge
from milepost.okr.queries.rows import key_result_row, objective_row, parts_first
from milepost.okr.scoring import ObjectiveFacts
from milepost.workspace.queries import Then

Row = tuple[Any, ...]
OF_OWN = tuple(KEY_RESULT_ROW.index(name) for name in SCORES)


def load_facts(found: PastKeyResults, people: PastPeople, then: Then) -> dict[int, LoadedKeyResult]:
    """Return the facts of each key result, its parts among them."""
    narrow = {pk for pk, level in people.visibility.items() if level}
    parts: dict[int, list[PartEdge]] = {}
    asked: list[tuple[int, int]] = []
    for parent, child, weight in found.parts:
        k, above = found.rows.get(child), found.rows.get(parent)
        if k is None or above is None or above["state"] == GoalState.CLOSED:
            continue
        if k["objective_id"] in narrow:
            asked.append((above["objective_id"], k["objective_id"]))
        parts.setdefault(parent, []).append(
            PartEdge(
                parent, child, weight, k["kind"], k["state"], k["metric__unit_code"], k["objective_id"],
                k["objective__state"], k["objective__visibility"], above["objective_id"], None, None, None,
            )
        )  # fmt: skip
    if asked:
        seen = people.audiences({pk for pair in asked for pk in pair})
        shut = {pair for pair in asked if not is_inside(seen[pair[0]], seen[pair[1]])}
        parts = {
            pk: [p._replace(is_open=(p.parent_objective_id, p.objective_id) not in shut) for p in edges]
            for pk, edges in parts.items()
        }
    more = replace(found.more, parts=parts)
    return {
        pk: loaded_of(
            k,
            points=_points(found, k),
            steps=found.step_facts(pk) if pk in found.steps else (),
            check_ins=found.check_ins.get(pk, ()),
            more=more,
            telling=then.telling,
        )
        for pk, k in found.rows.items()
    }


def _points(found: PastKeyResults, k: Mapping[str, Any]) -> tuple[Point, ...]:
    return found.read.points.get(k["metric_id"], ()) if k["kind"] in WITH_METRIC else ()


def score_key_results(loaded: Mapping[int, LoadedKeyResult], then: Then) -> dict[int, Row]:
    """Return the score row of each key result, in the columns of `facts.STORED`."""
    fresh: dict[int, Any] = {}
    return {
        item.id: key_result_row(item, fresh, rhythms=then.rhythms, today=then.day)
        for item in parts_first(list(loaded.values()))
    }


def families_then(
    objectives: Mapping[int, Mapping[str, Any]],
    every: Mapping[int, Mapping[str, Any]],
    found: PastKeyResults,
    rows: Mapping[int, Row],
    edges: Collection[PastEdge],
    people: PastPeople,
    then: Then,
) -> dict[int, Family]:
    """Return objectives with their children, as `family.load_family` does of today."""
    own: dict[int, list[OwnKeyResult]] = {pk: [] for pk in objectives}
    ordered = sorted(found.rows.values(), key=lambda k: (k["objective_id"], k["position"], k["id"]))
    for k in ordered:
        if k["objective_id"] in own:
            row = rows[k["id"]]
            of = OwnKeyResult._make((*(row[i] for i in OF_OWN), k["weight"], k["share"], k["state"]))
            own[k["objective_id"]].append(of)
    below = [e for e in edges if e.parent_id in objectives and e.child_id in objectives]
    down = [(e.parent_id, e.child_id) for e in below if people.visibility[e.child_id]]
    parent_here = {
        e.child_id: e.parent_id
        for e in edges
        if e.is_primary
        and e.child_id in objectives
        and every[e.parent_id]["cycle_id"] == objectives[e.child_id]["cycle_id"]
    }
    up = [(child, parent) for child, parent in parent_here.items() if people.visibility[parent]]
    seen = people.audiences({pk for pair in (*down, *up) for pk in pair}) if down or up else {}
    shut = {(parent, child) for parent, child in down if not is_inside(seen[parent], seen[child])}
    unseen = {child for child, parent in up if not is_inside(seen[child], seen[parent])}
    by_parent: dict[int, list[Edge]] = {}
    for e in below:
        is_open = (e.parent_id, e.child_id) not in shut
        state = objectives[e.child_id]["state"]
        by_parent.setdefault(e.parent_id, []).append(
            Edge(e.parent_id, e.child_id, e.contributes, e.weight, e.share, state, is_open, None)
        )
    return {
        pk: Family(
            pk, o["workspace_id"], o["cycle_id"], o["lead_id"], o["counts"], o["state"],
            parent_here.get(pk) is None or pk in unseen,
            ObjectiveFacts(
                first=o["cycle__first_day"],
                last=o["cycle__last_day"],
                ambition=AMBITIONS[o["ambition"]],
                final_score=o["final_score"],
                final_expected=o["final_expected"],
                is_closed=o["state"] == GoalState.CLOSED,
                telling=then.telling,
            ),
            own[pk], by_parent.get(pk, []), None,
        )
        for pk, o in objectives.items()
    }  # fmt: skip


def score_objectives(families: Mapping[int, Family], then: Then) -> dict[int, Row]:
    """Return the score row of each objective, in the columns of `family.STORED`."""
    fresh: dict[int, Row] = {}

    def row_of(pk: int) -> Row:
        if pk not in fresh:
            family = families[pk]
            below = [(edge, row_of(edge.child_id)) for edge in family.edges]
            fresh[pk] = objective_row(family, below, today=then.day)
        return fresh[pk]

    for pk in families:
        row_of(pk)
    return fresh
