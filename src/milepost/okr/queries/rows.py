"""Score rows as tuples, from loaded facts: what a refresh writes, and what a day of the past is told by."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from milepost.core.circles import in_order
from milepost.core.team_rhythms import Rhythms
from milepost.okr.models import GoalState
from milepost.okr.queries.facts import LoadedKeyResult
from milepost.okr.queries.family import STORED, Edge, Family, contributions
from milepost.okr.queries.parts import COUNTING, facts_of
from milepost.okr.queries.parts import Row as PartRow
from milepost.okr.scoring import score_key_result, score_objective

WORDS_OF_CONCERN = frozenset({"off_track", "at_risk"})


def key_result_row(
    item: LoadedKeyResult, fresh: dict[int, PartRow], *, rhythms: Rhythms, today: date
) -> tuple[Any, ...]:
    """Return the score row of a key result, in the columns of `facts.STORED`.

    Args:
        fresh: what its parts came to, where that was computed just now; its own is noted there.
    """
    facts = item.facts._replace(parts=facts_of(item.parts, fresh)) if item.parts else item.facts
    scored = score_key_result(facts, rhythm=rhythms.of(item.team_id), today=today)
    fresh[item.id] = (scored.value, scored.score, scored.expected)
    filed = (item.id, item.workspace_id, item.cycle_id, item.objective_id, item.lead_id, item.counts)
    return (*filed, *scored, today)


def parts_first(loaded: Collection[LoadedKeyResult]) -> Collection[LoadedKeyResult]:
    """Return key results each after those of them that it is made of."""
    below = {item.id: [part.child_id for part in item.parts] for item in loaded if item.parts}
    if not below:
        return loaded
    last = in_order(below)
    by_id = {item.id: item for item in loaded}
    first = [item for item in loaded if item.id not in below]
    return [*first, *(by_id[pk] for pk in last if pk in below)]


CONFIDENCE, CHECKED_IN_ON, IS_LIVE = (STORED.index(name) for name in ("confidence", "checked_in_on", "is_live"))


def objective_row(
    family: Family, below: Sequence[tuple[Edge, tuple[Any, ...] | None]], *, today: date
) -> tuple[Any, ...]:
    """Return the score row of an objective, in the columns of `family.STORED`.

    Args:
        below: its edges, each with the child's row that is right on `today`.
    """
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
