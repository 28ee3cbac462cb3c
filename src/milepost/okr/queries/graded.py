"""What objectives come to with the grades that were given to their key results."""

from collections.abc import Collection, Mapping

from milepost.core.rollup import Child, roll_up
from milepost.okr.queries.family import Family, OwnKeyResult, contributions, load_family


def graded_scores(objective_ids: Collection[int], own: Mapping[int, float]) -> dict[int, float | None]:
    """Return for each objective its score 0..1 with these grades in the place of scores; two queries.

    Everything else counts as it does: shares, child objectives, what is left out. None is unknown.

    Args:
        own: the grades 0..1 that differ from the proposed ones, by key result id.

    Source: rules G1, R1, R2, R4.
    """
    return {family.id: _score(family, own) for family in load_family(objective_ids)}


def _score(family: Family, own: Mapping[int, float]) -> float | None:
    children = []
    for what, row in contributions(family, [(edge, edge.stored) for edge in family.edges]):
        given = own.get(what.id) if isinstance(what, OwnKeyResult) else None
        child = row if given is None else row._replace(score=given)
        children.append(Child(key=child.key, score=child.score, expected=None, weight=child.weight, share=child.share))
    return roll_up(children).score
