"""What was learned in the cycle before, for the drafts of the next one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from milepost.okr.models import Cycle, GoalState, KeyResult, Retrospective
from milepost.okr.permissions import About, led_teams, took_part_as
from milepost.okr.queries.cycles import CycleRow, precedes
from milepost.workspace.permissions import Actor

MOST = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned from a key result, and what became of it."""

    key_result_id: int
    objective_id: int
    title: str
    objective: str
    lesson: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RetrospectiveText:
    """What was kept, changed and learned; `team_name` "" for everybody together, `version` 0 before the first word."""

    team_id: int | None
    team_name: str
    kept: str = ""
    changed: str = ""
    learned: str = ""
    version: int = 0
    can_edit: bool = False


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the cycle before left behind."""

    cycle_id: int
    cycle: str
    key_results: tuple[Lesson, ...]
    retrospectives: tuple[RetrospectiveText, ...]

    def __bool__(self) -> bool:
        return bool(self.key_results or self.retrospectives)


def lessons_for(
    actor: Actor,
    cycles: Sequence[CycleRow],
    *,
    cycle_id: int,
    team_ids: Collection[int] = (),
    objective_id: int | None = None,
) -> Lessons | None:
    """Return what the cycle before this one taught, as far as the actor sees it; None if there is none.

    The lessons of closed key results of these teams and of the company, those of the objective that this one
    goes on with first, and what everybody and the teams changed and learned. Two queries.

    Args:
        cycles: all of the workspace.
        team_ids: whose lessons are asked for.
        objective_id: the objective that is written, None for a new one.
    """
    here = next((c for c in cycles if c.id == cycle_id), None)
    before = precedes(cycles, here) if here else None
    if before is None:
        return None
    whose = Q(objective__owner_team__isnull=True, objective__owner_person__isnull=True)
    whose |= Q(objective__owner_team_id__in=team_ids)
    if objective_id is not None:
        whose |= Q(objective__carried_to=objective_id)
    rows = (
        KeyResult.objects.visible_to(actor)
        .filter(whose, objective__cycle_id=before.id, state=GoalState.CLOSED)
        .exclude(lesson="")
        .order_by("-closed_on", "id")
        .distinct()
    )
    values = list(
        rows.values_list(
            "id", "objective_id", "title", "objective__title", "lesson", "outcome", "objective__carried_to"
        )[: 4 * MOST]
    )
    values.sort(key=lambda row: row[-1] is None or row[-1] != objective_id)  # what it goes on with comes first
    found = {row[0]: Lesson(*row[:-1]) for row in values}
    texts = Retrospective.objects.filter(workspace_id=actor.workspace_id, cycle_id=before.id).exclude(
        changed="", learned=""
    )
    texts = texts.filter(Q(team__isnull=True) | Q(team_id__in=team_ids))
    return Lessons(before.id, before.name, tuple(found.values())[:MOST], _texts(texts))


def retrospectives_of(
    actor: Actor, cycle: CycleRow, *, teams: Iterable[tuple[int, str]] = ()
) -> tuple[RetrospectiveText, ...]:
    """Return what was written of a cycle: of everybody first, then of teams by name; two queries.

    Args:
        teams: (id, name) of teams to list although nothing is written of them yet.
    """
    rows = Retrospective.objects.filter(workspace_id=actor.workspace_id, cycle_id=cycle.id)
    there = {text.team_id: text for text in _texts(rows)}
    names: dict[int | None, str] = {None: "", **dict(teams)}
    names |= {text.team_id: text.team_name for text in there.values()}
    row = Cycle(pk=cycle.id, coach_id=cycle.coach_id)
    led = led_teams(actor, row) if actor.can_write and not actor.is_admin else set()
    return tuple(
        replace(
            there.get(pk) or RetrospectiveText(pk, names[pk]),
            can_edit=actor.is_admin or took_part_as(actor, About(row, pk), led=led),
        )
        for pk in sorted(names, key=lambda pk: (pk is not None, names[pk].lower(), pk or 0))
    )


def _texts(rows: QuerySet[Retrospective]) -> tuple[RetrospectiveText, ...]:
    found = rows.order_by("team__name", "id").select_related("team")
    return tuple(
        RetrospectiveText(
            row.team_id, row.team.name if row.team else "", row.kept, row.changed, row.learned, row.version
        )
        for row in found
    )
