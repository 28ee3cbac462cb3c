"""The goals of a cycle, or one with all below it, as they stood at the end of a day (A3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from milepost.okr.models import Cycle, GoalState
from milepost.okr.queries.access import get_cycle, get_objective
from milepost.okr.queries.as_of.edges import cycle_and_below, edges_around, objective_and_below
from milepost.okr.queries.as_of.key_results import (
    away_then,
    complete,
    leads_of,
    load_of,
    metrics_of,
    parts_beside,
    undo,
)
from milepost.okr.queries.as_of.lines import (
    IS_ROOT,
    children_then,
    key_result_lines_then,
    line_values,
    unaligned_then,
)
from milepost.okr.queries.as_of.objectives import (
    COLUMNS,
    CYCLE,
    cycles_left,
    key_results_beside,
    name_people,
    objective_columns,
    objectives_beside,
    under,
)
from milepost.okr.queries.as_of.rhythms import owners_of, teams_then
from milepost.okr.queries.as_of.scores import Row, families_then, load_facts, score_key_results, score_objectives
from milepost.okr.queries.as_of.walls import people_then, seen_today
from milepost.okr.queries.lines import KeyResultLine, ObjectiveLine, objective_line
from milepost.okr.queries.served import served_then
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import Then, all_stood, put_back, then_of


@dataclass(frozen=True, slots=True)
class PastGoals:
    """Goals as they stood at the end of a day, those that the reader may see and might have seen.

    Everything by the id of the objective; `children` by title, no cancelled ones. `roots` are the top
    objectives of the cycle, `inside` all that stood in it, `unaligned` those of them that hung on nothing,
    all by id. Rows are those of the score tables, of every goal that moved a number, seen or not.
    """

    day: date
    cycle_id: int
    cycle_name: str
    first_day: date
    last_day: date
    objectives: Mapping[int, ObjectiveLine]
    why: Mapping[int, str]
    tags: Mapping[int, tuple[str, ...]]
    key_results: Mapping[int, tuple[KeyResultLine, ...]]
    children: Mapping[int, tuple[int, ...]]
    roots: tuple[int, ...]
    inside: tuple[int, ...]
    unaligned: tuple[int, ...]
    objective_rows: Mapping[int, Row]
    key_result_rows: Mapping[int, Row]


def cycle_on(actor: Actor, cycle_id: int, day: date, *, today: date) -> PastGoals:
    """Return the goals of a cycle as they stood at the end of a day; a fixed number of queries.

    What was not there yet is absent, what has been closed since is open again, and a goal that
    another cycle holds today stands where it stood.

    Raises:
        NotFound: no such cycle.
        Invalid: the day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    cycle = get_cycle(actor, cycle_id)
    then = then_of(actor, day, today=today)
    found = cycle_then(actor, cycle, then)
    serving = served_then(actor, found.unaligned, then.until) if found.unaligned else ()
    return replace(found, unaligned=tuple(pk for pk in found.unaligned if pk not in serving))


def cycle_then(actor: Actor, cycle: Cycle, then: Then) -> PastGoals:
    """Return what `cycle_on` does, of a cycle and a day that were looked up already.

    What served a key result or a KPI is among the unaligned, for nobody asks.
    """
    return _goals(actor, cycle_and_below(cycle.pk, then.until), then, cycle=cycle, top=None)


def objective_on(actor: Actor, objective_id: int, day: date, *, today: date) -> PastGoals:
    """Return an objective with all that hung below it at the end of a day; as `cycle_on`.

    Raises:
        NotFound: it is not the actor's to see, was not then, or was not there yet.
        Invalid: the day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    cycle = get_objective(actor, objective_id).cycle
    then = then_of(actor, day, today=today)
    found = _goals(actor, objective_and_below(objective_id, then.until), then, cycle=cycle, top=objective_id)
    if objective_id not in found.objectives:
        raise NotFound
    return found


def _goals(actor: Actor, ids: list[int], then: Then, *, cycle: Cycle, top: int | None) -> PastGoals:
    objectives = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in objective_columns(ids, then.until)}
    found = load_of(objectives, then)
    cycles = {o["cycle_id"]: {name: o[f"cycle__{name}"] for name in CYCLE} for o in objectives.values()}
    cycles.setdefault(cycle.pk, {name: getattr(cycle, name) for name in CYCLE})
    leads = leads_of(found)
    owners = owners_of(objectives, then)
    was = all_stood(
        {
            "objective": objectives,
            "key_result": found.rows,
            "metric": metrics_of(found),
            "cycle": cycles,
            "person": leads | owners,
        },
        then.until,
    )
    lists = was["objective"]
    for pk, said in lists.items():
        put_back(objectives[pk], said)
    for pk, said in was["cycle"].items():
        cycles[pk] |= said
    undo(found, was["key_result"], was["metric"])
    found.rows = {pk: k for pk, k in found.rows.items() if k["objective_id"] in objectives}
    edges = edges_around(list(objectives), then.until)
    beside = parts_beside(found, then)
    found.rows |= beside.rows
    found.said |= beside.said
    every = objectives | objectives_beside(
        {k["objective_id"] for k in found.rows.values()} | {e.parent_id for e in edges}, objectives, lists, cycles, then
    )
    cycles |= cycles_left(every, cycles, then)
    for o in every.values():
        o.update({f"cycle__{name}": cycles[o["cycle_id"]][name] for name in CYCLE})
    teams_then(every, lists, was["person"], leads | owners, then)
    for k in found.rows.values():
        under(k, every[k["objective_id"]])
    away_then(found, was["person"], leads | owners, then)
    complete(found, then)
    people = people_then(every, lists, [*found.rows.values(), *key_results_beside(every, objectives, then)])
    name_people(actor.workspace_id, every, lists, found)
    loaded = load_facts(found, people, then)
    key_result_rows = score_key_results(loaded, then)
    families = families_then(objectives, every, found, key_result_rows, edges, people, then)
    objective_rows = score_objectives(families, then)

    open_then = {pk for pk in every.keys() & seen_today(actor, list(every)) if people.seen(actor, pk)}
    seen = open_then & objectives.keys()
    below = children_then(edges, objectives, seen)
    lines = {
        pk: objective_line(line_values(objectives[pk], objective_rows[pk], below=len(below.get(pk, ())))) for pk in seen
    }
    at = cycles[objectives[top]["cycle_id"] if top in objectives else cycle.pk]
    cycle_id = objectives[top]["cycle_id"] if top in objectives else cycle.pk
    # What hung below a goal that the reader may not see is a top row to them.
    hangs = {child for parent, children in below.items() if parent in seen for child in children}
    orphans = {pk for pk in seen - hangs if objectives[pk]["state"] != GoalState.CANCELLED}
    inside = tuple(sorted(pk for pk in seen if objectives[pk]["cycle_id"] == cycle_id))
    return PastGoals(
        day=then.day,
        cycle_id=cycle_id,
        cycle_name=at["name"],
        first_day=at["first_day"],
        last_day=at["last_day"],
        objectives=lines,
        why={pk: objectives[pk]["why"] for pk in seen},
        tags={pk: tuple(objectives[pk]["tags"]) for pk in seen},
        key_results=key_result_lines_then(found, loaded, key_result_rows, seen, then),
        children=below,
        roots=tuple(pk for pk in inside if objective_rows[pk][IS_ROOT] or pk in orphans),
        inside=inside,
        unaligned=unaligned_then(inside, edges, objectives, open_then),
        objective_rows=objective_rows,
        key_result_rows={
            pk: row for pk, row in key_result_rows.items() if found.rows[pk]["objective_id"] in objectives
        },
    )
