"""The goals of a cycle, or one with all below it, as they stood at the end of a day (A3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from milepost.core.alignment import is_inside
from milepost.core.pace import Ambition
from milepost.core.series import Point
from milepost.okr.models import WITH_METRIC, Cycle, GoalState, Objective
from milepost.okr.queries.access import get_cycle, get_objective
from milepost.okr.queries.as_of.edges import PastEdge, cycle_and_below, edges_around, objective_and_below
from milepost.okr.queries.as_of.key_results import (
    PastKeyResults,
    away_then,
    complete,
    leads_of,
    load_of,
    metrics_of,
    parts_beside,
    undo,
)
from milepost.okr.queries.as_of.rhythms import owners_of, teams_then
from milepost.okr.queries.as_of.walls import PastPeople, people_then, seen_today
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.facts import LoadedKeyResult, loaded_of
from milepost.okr.queries.family import SCORES, STORED, Edge, Family, OwnKeyResult
from milepost.okr.queries.lines import OBJECTIVE_VALUES, KeyResultLine, ObjectiveLine, lines_of, objective_line
from milepost.okr.queries.parts import PartEdge
from milepost.okr.queries.rows import key_result_row, objective_row, parts_first
from milepost.okr.scoring import ObjectiveFacts, read_points
from milepost.prepared import prepared
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Pillar, Team
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import Then, all_stood, names_of, put_back, stood, then_of

Row = tuple[Any, ...]
COLUMNS = (
    "id", "workspace_id", "cycle_id", "title", "why", "owner_team_id", "owner_person_id", "lead_id", "ambition",
    "counts", "state", "visibility", "activated_on", "closed_on", "final_score", "final_expected", "planned_score",
    "grade", "pillar_id", "pillar__name", "owner_team__name", "owner_person__user__name", "lead__user__name",
    "cycle__name", "cycle__first_day", "cycle__last_day", "owner_person__only_team_id",
)  # fmt: skip
OF_OWN = tuple(KEY_RESULT_ROW.index(name) for name in SCORES)
FROM_ROW = tuple(f"score__{name}" for name in KEY_RESULT_ROW)
LINE = [
    (name.removeprefix("objective__"), 0) if name.startswith("objective__") else (None, STORED.index(name))
    for name in OBJECTIVE_VALUES
]
BELOW = OBJECTIVE_VALUES.index("child_objectives")
CYCLE = ("name", "first_day", "last_day")
TEAM, PILLAR = "owner_team_id", "pillar_id"
NAMED = (
    ("lead_id", "lead__user__name"), ("owner_person_id", "owner_person__user__name"), (TEAM, "owner_team__name"),
    ("override_by_id", "override_by__user__name"), (PILLAR, "pillar__name"),
)  # fmt: skip


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
    return _goals(actor, cycle_and_below(cycle_id, then.until), then, cycle=cycle, top=None)


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
    objectives = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in _objectives(ids, then.until)}
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
    every = objectives | _objectives_beside(
        {k["objective_id"] for k in found.rows.values()} | {e.parent_id for e in edges}, objectives, lists, cycles, then
    )
    cycles |= _cycles_left(every, cycles, then)
    for o in every.values():
        o.update({f"cycle__{name}": cycles[o["cycle_id"]][name] for name in CYCLE})
    teams_then(every, lists, was["person"], leads | owners, then)
    for k in found.rows.values():
        _under(k, every[k["objective_id"]])
    away_then(found, was["person"], leads | owners, then)
    complete(found, then)
    people = people_then(every, lists, [*found.rows.values(), *_key_results_beside(every, objectives, then)])
    _name_people(actor, every, lists, found)
    loaded = _loaded(found, people, then)
    key_result_rows = _key_result_rows(loaded, then)
    families = _families(objectives, every, found, key_result_rows, edges, people, then)
    objective_rows = _objective_rows(families, then)

    open_then = {pk for pk in every.keys() & seen_today(actor, list(every)) if people.seen(actor, pk)}
    seen = open_then & objectives.keys()
    below = _children(edges, objectives, seen)
    lines = {
        pk: objective_line(_values(objectives[pk], objective_rows[pk], below=len(below.get(pk, ())))) for pk in seen
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
        key_results=_key_result_lines(found, loaded, key_result_rows, seen, then),
        children=below,
        roots=tuple(pk for pk in inside if objective_rows[pk][IS_ROOT] or pk in orphans),
        inside=inside,
        unaligned=_unaligned(inside, edges, objectives, open_then),
        objective_rows=objective_rows,
        key_result_rows={
            pk: row for pk, row in key_result_rows.items() if found.rows[pk]["objective_id"] in objectives
        },
    )


IS_ROOT, CHILD_OBJECTIVES = STORED.index("is_root"), STORED.index("child_objectives")


def _objectives_beside(
    wanted: Collection[int],
    objectives: Mapping[int, Any],
    lists: dict[int, dict[str, Any]],
    cycles: dict[int, dict[str, Any]],
    then: Then,
) -> dict[int, dict[str, Any]]:
    """Return objectives of parts, and parents, that stand elsewhere; note their lists and cycles.

    No query without such.
    """
    ids = set(wanted) - objectives.keys()
    beside = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in _objectives(list(ids), then.until)}
    if not beside:
        return {}
    new = {o["cycle_id"]: {name: o[f"cycle__{name}"] for name in CYCLE} for o in beside.values()}
    was = all_stood({"objective": beside, "cycle": new.keys() - cycles.keys()}, then.until)
    for pk, said in was["objective"].items():
        put_back(beside[pk], said)
        lists[pk] = said
    for pk, said in was["cycle"].items():
        new[pk] |= said
    for pk, said in new.items():
        cycles.setdefault(pk, said)
    return beside


def _key_results_beside(
    every: Mapping[int, Mapping[str, Any]], objectives: Mapping[int, Any], then: Then
) -> list[dict[str, Any]]:
    """Return the key results of objectives that stand elsewhere and were not for everybody: their leads saw them.

    No query without such.
    """
    narrow = [pk for pk in every.keys() - objectives.keys() if every[pk]["visibility"]]
    found = load_of(narrow, then)
    for pk, said in stood("key_result", found.rows, then.until).items():
        put_back(found.rows[pk], said)
    return list(found.rows.values())


def _unaligned(
    inside: Collection[int],
    edges: Collection[PastEdge],
    objectives: Mapping[int, Mapping[str, Any]],
    seen: Collection[int],
) -> tuple[int, ...]:
    """Return those that hung on nothing, as `alignment.unaligned` tells of today."""
    aligned = {e.child_id for e in edges if e.parent_id in seen}
    return tuple(pk for pk in inside if pk not in aligned and _could_hang(objectives[pk]))


def _could_hang(o: Mapping[str, Any]) -> bool:
    is_owned = o["owner_team_id"] is not None or o["owner_person_id"] is not None
    return is_owned and o["pillar_id"] is None and o["state"] not in {GoalState.CLOSED, GoalState.CANCELLED}


def _cycles_left(
    objectives: Mapping[int, Mapping[str, Any]], cycles: Mapping[int, Any], then: Then
) -> dict[int, dict[str, Any]]:
    """Return the cycles in which goals stood that none of them stands in today; two queries, none without such."""
    left = {o["cycle_id"] for o in objectives.values()} - cycles.keys()
    found = {pk: dict(zip(CYCLE, row, strict=True)) for pk, *row in _cycles(list(left))}
    for pk, said in stood("cycle", found, then.until).items():
        found[pk] |= said
    return found


def _under(k: dict[str, Any], o: Mapping[str, Any]) -> None:
    """Write into a key result's columns those of its objective as it stood."""
    k["objective__cycle_id"], k["objective__state"] = o["cycle_id"], o["state"]
    k["objective__cycle__first_day"], k["objective__cycle__last_day"] = o["cycle__first_day"], o["cycle__last_day"]
    k["objective__visibility"], k["objective__title"] = o["visibility"], o["title"]
    k["objective__owner_team_id"] = o[TEAM]
    k["objective__owner_person__only_team_id"] = o["owner_person__only_team_id"]


def _name_people(
    actor: Actor,
    objectives: Mapping[int, dict[str, Any]],
    lists: Mapping[int, Mapping[str, Any]],
    found: PastKeyResults,
) -> None:
    """Write the names of people and teams that a goal belonged to and does not any more; two queries at most."""
    places: list[tuple[dict[str, Any], str, str]] = []
    for rows, stood_there in ((objectives, lists), (found.rows, found.said)):
        for pk, said in stood_there.items():
            places += [(rows[pk], key, name) for key, name in NAMED if key in said and name in rows[pk]]
    ids = {row[key] for row, key, _ in places if row[key] is not None and key not in {TEAM, PILLAR}}
    teams, pillars = ({row[key] for row, key, _ in places if key == of and row[key]} for of in (TEAM, PILLAR))
    names = names_of(actor.workspace_id, ids) if ids else {}
    named = {TEAM: dict(_teams(teams)), PILLAR: dict(_pillars(pillars))}
    for row, key, name in places:
        row[name] = named.get(key, names).get(row[key])


def _loaded(found: PastKeyResults, people: PastPeople, then: Then) -> dict[int, LoadedKeyResult]:
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


def _key_result_rows(loaded: Mapping[int, LoadedKeyResult], then: Then) -> dict[int, Row]:
    fresh: dict[int, Any] = {}
    return {
        item.id: key_result_row(item, fresh, rhythms=then.rhythms, today=then.day)
        for item in parts_first(list(loaded.values()))
    }


def _families(
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
                ambition=Ambition(o["ambition"]),
                final_score=o["final_score"],
                final_expected=o["final_expected"],
                is_closed=o["state"] == GoalState.CLOSED,
                telling=then.telling,
            ),
            own[pk], by_parent.get(pk, []), None,
        )
        for pk, o in objectives.items()
    }  # fmt: skip


def _objective_rows(families: Mapping[int, Family], then: Then) -> dict[int, Row]:
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


def _children(
    edges: Collection[PastEdge], objectives: Mapping[int, Mapping[str, Any]], seen: Collection[int]
) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for e in edges:
        if e.parent_id in objectives and e.child_id in seen and objectives[e.child_id]["state"] != GoalState.CANCELLED:
            found.setdefault(e.parent_id, []).append(e.child_id)
    return {pk: tuple(sorted(below, key=lambda one: (objectives[one]["title"], one))) for pk, below in found.items()}


def _values(o: Mapping[str, Any], row: Row, *, below: int) -> list[Any]:
    """Return the columns of a line, in the order of `OBJECTIVE_VALUES`."""
    values = [row[i] if name is None else o[name] for name, i in LINE]
    values[BELOW] = max(row[CHILD_OBJECTIVES], below)
    return values


def _key_result_lines(
    found: PastKeyResults,
    loaded: Mapping[int, LoadedKeyResult],
    rows: Mapping[int, Row],
    seen: Collection[int],
    then: Then,
) -> dict[int, tuple[KeyResultLine, ...]]:
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


@prepared
def _objectives(ids: Collection[int], until: datetime) -> QuerySet[Objective, tuple[Any, ...]]:
    return Objective.objects.filter(pk__in=ids, created_at__lt=until).values_list(*COLUMNS)


@prepared
def _cycles(ids: Collection[int]) -> QuerySet[Cycle, tuple[Any, ...]]:
    return Cycle.objects.filter(pk__in=ids).values_list("id", *CYCLE)


@prepared
def _teams(ids: Collection[int]) -> QuerySet[Team, tuple[int, str]]:
    return Team.objects.filter(pk__in=ids).values_list("id", "name")


@prepared
def _pillars(ids: Collection[int]) -> QuerySet[Pillar, tuple[int, str]]:
    return Pillar.objects.filter(pk__in=ids).values_list("id", "name")
