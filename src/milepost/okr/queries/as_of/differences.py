"""What became different between two days: goals of a cycle side by side, the largest change first (A3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.core.calendar import local_day
from milepost.okr.models import KeyResult, Objective
from milepost.okr.queries.access import get_cycle
from milepost.okr.queries.as_of.goals import PastGoals, cycle_then
from milepost.okr.queries.lines import KeyResultLine, ObjectiveLine
from milepost.prepared import prepared
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import two_days

PLAN = ("start", "target", "low", "high", "floor", "stretch", "tolerance")
WHOLE = 1.0  # how large it is that a goal came, went or was closed
LEAST = 1e-9
Line = ObjectiveLine | KeyResultLine


@dataclass(frozen=True, slots=True)
class Amended:
    """A number of the plan that became another one, in the metric's unit."""

    field: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class GoalDifference:
    """A goal on two days; None in the place of the day on which it was not in the cycle.

    `what` is new, came (from elsewhere, or into sight), left, closed, reopened, state (another one of
    these) or changed; `size` orders them, 0..1 and above.
    """

    kind: str  # objective, key_result
    id: int
    objective_id: int
    title: str
    what: str
    before: Line | None
    after: Line | None
    amended: tuple[Amended, ...]
    size: float

    @property
    def moved(self) -> float | None:
        """Return by how much its score moved, in shares of 1; None where one of the two is unknown."""
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class Differences:
    """What became different in a cycle between the ends of two days; `same` counts the goals that stand as they did."""

    since: date
    until: date
    cycle_id: int
    cycle_name: str
    goals: tuple[GoalDifference, ...]
    same: int

    def count(self, what: str) -> int:
        """Return how many goals became different in this way."""
        return sum(goal.what == what for goal in self.goals)


def cycle_differences(actor: Actor, cycle_id: int, *, since: date, until: date, today: date) -> Differences:
    """Return what became different in a cycle from the end of one day to the end of another.

    Twice the queries of `cycle_on`, but for those of the cycle and the workspace.

    Raises:
        NotFound: no such cycle.
        Invalid: a day has not come, the workspace was not there yet, or they stand in the wrong order.

    Source: rule A3.
    """
    if since >= until:
        raise Invalid(f"{since} does not lie before {until}. Write the earlier day first.", field="since")
    cycle = get_cycle(actor, cycle_id)
    before, after = (cycle_then(actor, cycle, then) for then in two_days(actor, since, until, today=today))
    was, is_now = dict(_lines(before)), dict(_lines(after))
    new = _made_after(is_now.keys() - was.keys(), since)
    goals, same = [], 0
    for key in sorted(was.keys() | is_now.keys()):
        found = _difference(key, was.get(key), is_now.get(key), is_new=key in new)
        if found is None:
            same += 1
        else:
            goals.append(found)
    ordered = sorted(goals, key=lambda goal: (-goal.size, goal.title, goal.kind, goal.id))
    return Differences(since, until, cycle_id, after.cycle_name, tuple(ordered), same)


def _lines(past: PastGoals) -> Iterable[tuple[tuple[str, int], Line]]:
    for pk in past.inside:
        if past.objectives[pk].state != "cancelled":
            yield ("objective", pk), past.objectives[pk]
        for line in past.key_results.get(pk, ()):
            yield ("key_result", line.id), line


def _made_after(keys: Collection[tuple[str, int]], since: date) -> set[tuple[str, int]]:
    """Return those of these goals that were made after a day; two queries at most."""
    objectives, key_results = ([pk for kind, pk in keys if kind == wanted] for wanted in ("objective", "key_result"))
    made = [("objective", *row) for row in _objectives(objectives)]
    made += [("key_result", *row) for row in _key_results(key_results)]
    return {(kind, pk) for kind, pk, at, zone in made if local_day(at, zone) > since}


@prepared
def _objectives(ids: Collection[int]) -> QuerySet[Objective, tuple[Any, ...]]:
    return Objective.objects.filter(pk__in=ids).values_list("id", "created_at", "workspace__time_zone")


@prepared
def _key_results(ids: Collection[int]) -> QuerySet[KeyResult, tuple[Any, ...]]:
    return KeyResult.objects.filter(pk__in=ids).values_list("id", "created_at", "workspace__time_zone")


def _difference(
    key: tuple[str, int], before: Line | None, after: Line | None, *, is_new: bool
) -> GoalDifference | None:
    line = after or before
    assert line is not None  # noqa: S101 - one of the two has it
    kind, pk = key
    objective_id = line.objective_id if isinstance(line, KeyResultLine) else pk
    amended: tuple[Amended, ...] = ()
    if before is None or after is None:
        what, size = ("left" if after is None else "new" if is_new else "came"), WHOLE
    else:
        amended = _amended(before, after)
        what, size = _what(before, after, amended)
        if not what:
            return None
    return GoalDifference(kind, pk, objective_id, line.title, what, before, after, amended, size)


def _what(before: Line, after: Line, amended: tuple[Amended, ...]) -> tuple[str, float]:
    """Return what became of a goal and how large that is; "" for nothing."""
    if before.state != after.state:
        if after.state == "closed":
            return "closed", WHOLE
        return ("reopened" if before.state == "closed" else "state"), WHOLE
    moved = abs((after.score or 0.0) - (before.score or 0.0))
    same = (
        moved <= LEAST
        and (before.score is None) == (after.score is None)
        and (before.word, before.confidence, before.lead_id, before.title)
        == (after.word, after.confidence, after.lead_id, after.title)
        and not amended
    )
    return ("", 0.0) if same else ("changed", moved)


def _amended(before: Line, after: Line) -> tuple[Amended, ...]:
    if not isinstance(before, KeyResultLine) or not isinstance(after, KeyResultLine):
        return ()
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in PLAN]
    return tuple(Amended(name, was, now) for name, was, now in pairs if was != now)
