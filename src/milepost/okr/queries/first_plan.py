"""What objectives and key results come to by the plan that was first agreed (rule G2)."""

from collections.abc import Collection, Mapping

from milepost.okr.models import Amendment

# Amended fields that say nothing of the number: words and people, ambition, the place in the tree, the order.
BESIDE = frozenset(
    {
        "title", "why", "lead", "owner_team", "owner_person", "contributors", "visibility", "ambition", "parent",
        "priority",
    }
)  # fmt: skip
Key = tuple[str, int]  # ("objective" or "key_result", id)


def planned_scores(
    objective_ids: Collection[int], amended: Mapping[Key, float | None], *, sums: Collection[int] = ()
) -> dict[Key, float | None]:
    """Return the score 0..1 as planned of each goal; one query.

    The plan that was never amended is the plan as amended, so both scores are one. Of an amended one it
    is unknown here, None.

    Args:
        amended: the score as amended of objectives and key results.
        sums: objectives made of other objectives as well, whose plans are not looked through.

    Source: rule G2.
    """
    rows = Amendment.objects.filter(objective_id__in=objective_ids).exclude(field__in=BESIDE)
    changed: set[Key] = {("objective", pk) for pk in sums}
    for kind, goal_id, objective_id in rows.values_list("kind", "goal_id", "objective_id"):
        changed |= {(kind, goal_id), ("objective", objective_id)}
    return {key: None if key in changed else score for key, score in amended.items()}
