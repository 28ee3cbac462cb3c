"""What objectives and key results come to by the plan that was first agreed (rule G2)."""

from collections.abc import Collection, Mapping, Sequence

from milepost.core.rollup import Child, roll_up
from milepost.okr.models import Amendment, GoalState, Objective
from milepost.okr.queries.planned_key_results import planned_key_results

# Amended fields that say nothing of the number: words and people, ambition, the place in the tree, the order.
BESIDE = frozenset(
    {
        "title", "why", "lead", "owner_team", "owner_person", "contributors", "visibility", "ambition", "parent",
        "priority",
    }
)  # fmt: skip
# Amended fields of a key result that change how it is measured, and not how much it counts.
MEASURED = frozenset(
    {
        "kind", "start", "floor", "target", "stretch", "low", "high", "tolerance", "at_close", "window", "curve",
        "checkpoints", "combine", "steps",
    }
)  # fmt: skip
Key = tuple[str, int]  # ("objective" or "key_result", id)


def planned_scores(
    objective_ids: Collection[int],
    amended: Mapping[Key, float | None],
    *,
    made_of: Mapping[int, Sequence[Child]],
    sums: Collection[int] = (),
) -> dict[Key, float | None]:
    """Return the score 0..1 as planned of each goal; two queries, and those of `planned_key_results` for amended ones.

    The plan that was never amended is the plan as amended, so both scores are one. An amended key result is
    measured by the numbers of then. Of an amended objective it is what the close kept; before, it is made of
    its key results as planned, or None where more was amended than how they are measured.

    Args:
        amended: the score as amended of objectives and key results.
        made_of: the key results of each objective by their ids, with weights and shares.
        sums: objectives made of other objectives as well, whose plans are not looked through.

    Source: rules G2, R1, R2.
    """
    rows = Amendment.objects.filter(objective_id__in=objective_ids).exclude(field__in=BESIDE)
    changed: set[Key] = {("objective", pk) for pk in sums}
    remade = set(sums)
    for kind, goal_id, objective_id, field in rows.values_list("kind", "goal_id", "objective_id", "field"):
        changed |= {(kind, goal_id), ("objective", objective_id)}
        if kind == "objective" or field not in MEASURED:
            remade.add(objective_id)
    closed = Objective.objects.filter(pk__in=objective_ids, state=GoalState.CLOSED)
    kept: dict[Key, float | None] = {("objective", pk): s for pk, s in closed.values_list("id", "planned_score")}
    singles = [pk for kind, pk in sorted(changed & amended.keys()) if kind == "key_result"]
    if singles:
        kept |= {("key_result", pk): score for pk, score in planned_key_results(singles).items()}
    planned = {key: kept.get(key) if key in changed else score for key, score in amended.items()}
    for pk, children in made_of.items():
        if ("objective", pk) in changed - kept.keys() and pk not in remade:
            row = [one._replace(score=planned.get(("key_result", int(str(one.key))))) for one in children]
            planned[("objective", pk)] = roll_up(row).score
    return planned
