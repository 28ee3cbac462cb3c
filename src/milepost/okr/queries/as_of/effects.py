"""What each change of a plan did to scores: as they were just before it, and just after (A1, A2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from milepost.okr.models import Counts, KeyResultKind, Objective
from milepost.okr.queries.as_of.history import History, load_history
from milepost.okr.queries.as_of.key_results import PastKeyResults
from milepost.okr.queries.as_of.scores import families_then, load_facts, score_key_results, score_objectives
from milepost.okr.queries.as_of.walls import PastPeople
from milepost.okr.queries.facts import STORED as KEY_RESULT_ROW
from milepost.okr.queries.family import SCORE
from milepost.okr.queries.parts import COUNTING
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import Then, moments_of

INSTANT = timedelta(microseconds=1)  # a change is in force from its moment on
NOBODY = PastPeople({}, {}, {})
KEY_RESULT_SCORE = KEY_RESULT_ROW.index("score")
OF_OTHERS = "It is made of other key results, whose scores of that moment are not told here."
FROM_BELOW = "Other objectives count towards it, whose scores of that moment are not told here."
MADE = "One of its key results is made of others, whose scores of that moment are not told here."
Goal = tuple[str, int]  # ("objective" or "key_result", id)


class Moved(NamedTuple):
    """A score 0..1 just before a change and just after; None where there was none. `why` says what keeps it unknown."""

    before: float | None
    after: float | None
    why: str = ""

    @property
    def is_other(self) -> bool:
        """Return whether the score became another one."""
        return not self.why and self.before != self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change did to the key result it concerns, None of one of the objective itself, and to the objective."""

    key_result: Moved | None
    objective: Moved


@dataclass(frozen=True, slots=True)
class _Scores:
    """What goals came to at a moment; `why` what cannot be told of which goal."""

    of: Mapping[Goal, float | None]
    why: Mapping[Goal, str]


def effects_of(
    actor: Actor, objective: Objective, changes: Collection[tuple[datetime, Goal]]
) -> dict[tuple[datetime, Goal], Effect]:
    """Return what changes of an objective and its key results did to their scores.

    Derived from facts as a day of the past is, with values as they were known at that moment: whatever was
    changed at one moment is one change. A fixed number of queries, whatever the number of changes.

    Args:
        objective: one that the actor may see.
        changes: when, and of which goal.

    Source: rules A1, A3.
    """
    if not changes:
        return {}
    moments = sorted({at for at, _ in changes})
    both = [end for at in moments for end in (at, at + INSTANT)]
    days = moments_of(actor, both)
    history = load_history(objective, both)
    scores = [_scores(objective.pk, history, place, then) for place, then in enumerate(days)]
    found = {at: (scores[2 * i], scores[2 * i + 1]) for i, at in enumerate(moments)}
    whole: Goal = ("objective", objective.pk)
    return {
        (at, goal): Effect(
            key_result=_moved(found[at], goal) if goal[0] == "key_result" else None, objective=_moved(found[at], whole)
        )
        for at, goal in changes
    }


def show_effect(effect: Effect) -> dict[str, Any]:
    """Return an effect as a program reads it."""
    both = {"key_result": effect.key_result, "objective": effect.objective}
    return {name: None if moved is None else moved._asdict() for name, moved in both.items()}


def _moved(scores: Sequence[_Scores], goal: Goal) -> Moved:
    why = next((one.why[goal] for one in scores if goal in one.why), "")
    before, after = (None if why else one.of.get(goal) for one in scores)
    return Moved(before, after, why)


def _scores(objective_id: int, history: History, place: int, then: Then) -> _Scores:
    """Return the scores of an objective and its key results at one of the moments of a history; no query."""
    objective = history.objective_at(then)
    found = history.key_results_at(place, then, objective)
    loaded = load_facts(found, NOBODY, then)
    rows = score_key_results(loaded, then)
    every: dict[int, dict[str, Any]] = {objective_id: objective}
    families = families_then(every, every, found, rows, [], NOBODY, then)
    whole = score_objectives(families, then)[objective_id]
    of: dict[Goal, float | None] = {("key_result", pk): row[KEY_RESULT_SCORE] for pk, row in rows.items()}
    of["objective", objective_id] = whole[SCORE]
    return _Scores(of, _unknown(objective, found, has_below=history.has_below(then)))


def _unknown(objective: Mapping[str, Any], found: PastKeyResults, *, has_below: bool) -> dict[Goal, str]:
    made = [pk for pk, k in found.rows.items() if k["kind"] == KeyResultKind.CHILDREN]
    why: dict[Goal, str] = {("key_result", pk): OF_OTHERS for pk in made}
    whole: Goal = ("objective", objective["id"])
    if objective["counts"] != Counts.KEY_RESULTS and has_below:
        why[whole] = FROM_BELOW
    elif objective["counts"] != Counts.OBJECTIVES and any(found.rows[pk]["state"] in COUNTING for pk in made):
        why[whole] = MADE
    return why
