"""Goals over the days of their cycle: from when to when each runs, and what is due on the way."""

from dataclasses import dataclass
from datetime import date

from milepost.okr.models import ObjectiveScore, Step
from milepost.okr.queries.filtering import PAGE, Asked, counts_of, heading_of, lines_of
from milepost.okr.queries.lines import ObjectiveLine
from milepost.workspace.permissions import Actor

STEPS_MOST = 400


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of a key result with the day it is due on."""

    title: str
    due_on: date
    is_done: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A goal from its first to its last day; a closed one ends on the day it was closed."""

    objective: ObjectiveLine
    first: date
    last: date
    steps: tuple[DueStep, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of goals over a cycle, under headings where they are grouped."""

    groups: tuple[tuple[str, tuple[Span, ...]], ...]
    counts: dict[str, int]
    has_more: bool


def timeline(
    actor: Actor, asked: Asked, *, cycle_id: int, first: date, last: date, today: date, page: int = 1
) -> Timeline:
    """Return the goals of a cycle under a filter with their days; four queries at any size.

    Args:
        first, last: days of the cycle, both included.
        page: from 1.
    """
    lines = lines_of(actor, asked, cycle_id=cycle_id, today=today, page=page)
    shown = lines[:PAGE]
    ids = [line.id for line in shown]
    days = {
        pk: (begun, closed)
        for pk, begun, closed in ObjectiveScore.objects.filter(objective_id__in=ids).values_list(
            "objective_id", "objective__activated_on", "objective__closed_on"
        )
    }
    steps: dict[int, list[DueStep]] = {}
    due = Step.objects.filter(key_result__objective_id__in=ids, due_on__isnull=False, is_cancelled=False)
    due = due.exclude(key_result__state="cancelled").order_by("due_on", "id")
    for pk, title, due_on, done in due.values_list("key_result__objective_id", "title", "due_on", "done")[:STEPS_MOST]:
        if due_on is not None:
            steps.setdefault(pk, []).append(DueStep(title, due_on, done >= 1))
    groups: dict[str, list[Span]] = {}
    for line in shown:
        begun, closed = days[line.id]
        since = min(max(begun or first, first), last)
        until = min(max(closed or last, since), last)
        span = Span(line, since, until, tuple(steps.get(line.id, ())))
        groups.setdefault(heading_of(line, asked.filter.group), []).append(span)
    return Timeline(
        groups=tuple((heading, tuple(spans)) for heading, spans in groups.items()),
        counts=counts_of(actor, asked, cycle_id=cycle_id, today=today),
        has_more=len(lines) > PAGE,
    )
