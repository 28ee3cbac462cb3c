"""The strategy: what the organisation is for, and how each pillar stands as far as the reader sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.core.pillars import Health, Top, pillar_health
from milepost.metrics.queries import Tile, pillar_tiles
from milepost.okr.models import ObjectiveScore
from milepost.okr.queries.lines import OBJECTIVE_VALUES, ObjectiveLine, objective_line
from milepost.okr.queries.pillars import top_objectives
from milepost.workspace.permissions import Actor, can_change_settings
from milepost.workspace.queries import list_pillars, show_strategy

PAST = 6  # closed cycles beside today
MOST_TOPS = 1000


@dataclass(frozen=True, slots=True)
class Then:
    """How a pillar stood when a cycle was closed: by the final scores of its top objectives."""

    cycle: str
    last_day: date
    health: Health


@dataclass(frozen=True, slots=True)
class PillarLine:
    """A pillar with what hangs on it; `past` the oldest first, `kpi_words` how many KPIs have each status."""

    id: int
    name: str
    description: str
    perspective: str
    is_archived: bool
    health: Health
    past: tuple[Then, ...]
    objectives: tuple[ObjectiveLine, ...]
    kpis: tuple[Tile, ...]
    kpi_words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StrategyPage:
    """Everything the page of the strategy says."""

    mission: str
    vision: str
    values: str
    version: int
    pillars: tuple[PillarLine, ...]
    archived: tuple[PillarLine, ...]
    can_edit: bool

    @property
    def is_empty(self) -> bool:
        """Return whether nobody has written anything yet."""
        return not (self.mission or self.vision or self.values or self.pillars or self.archived)


def strategy_page(actor: Actor, *, today: date) -> StrategyPage:
    """Return the page of the strategy: a fixed number of queries.

    A pillar stands now as its running top objectives do, with those that were closed in a cycle that is not
    over; what was started for a cycle that has not begun says nothing yet. There is no score of each day to draw
    it over time, so the past is told by the final scores of cycles that are over, by what hangs on the pillar today.

    Source: rules R3, R6, R8.
    """
    texts = show_strategy(actor)
    rows = list_pillars(actor, with_archived=True)
    tops: dict[int, list[_Top]] = {}
    for top in _tops(actor):
        tops.setdefault(top.pillar_id, []).append(top)
    kpis = pillar_tiles(actor, today=today)
    lines = [_line(row, tops.get(row["id"], []), kpis.get(row["id"], []), today=today) for row in rows]
    return StrategyPage(
        **texts,
        pillars=tuple(line for line in lines if not line.is_archived),
        archived=tuple(line for line in lines if line.is_archived),
        can_edit=can_change_settings.test(actor),
    )


@dataclass(frozen=True, slots=True)
class _Top:
    pillar_id: int
    line: ObjectiveLine
    cycle: str
    first_day: date
    last_day: date

    def is_now(self, today: date) -> bool:
        return self.first_day <= today and (self.line.state == "active" or self.last_day >= today)

    def is_past(self, today: date) -> bool:
        return self.line.state != "active" and self.last_day < today


def _tops(actor: Actor) -> Iterable[_Top]:
    pillar_of = {objective: pillar for pillar, objective in top_objectives(actor)}
    newest = sorted(pillar_of, reverse=True)[:MOST_TOPS]
    rows = ObjectiveScore.objects.visible_to(actor).filter(objective_id__in=newest)
    names = (*OBJECTIVE_VALUES, "cycle__name", "cycle__first_day", "cycle__last_day")
    for *values, cycle, first_day, last_day in rows.order_by("-cycle__first_day", "objective_id").values_list(*names):
        line = objective_line(values)
        yield _Top(pillar_of[line.id], line, cycle, first_day, last_day)


def _line(row: dict[str, Any], tops: list[_Top], kpis: list[Tile], *, today: date) -> PillarLine:
    now = [top.line for top in tops if top.is_now(today)]
    past: dict[tuple[date, str], list[ObjectiveLine]] = {}
    for top in tops:
        if top.is_past(today):
            past.setdefault((top.last_day, top.cycle), []).append(top.line)
    words: dict[str, int] = {}
    for tile in kpis:
        words[tile.word] = words.get(tile.word, 0) + 1
    return PillarLine(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        perspective=row["perspective"],
        is_archived=row["archived_at"] is not None,
        health=_health(now),
        past=tuple(Then(cycle, day, _health(lines)) for (day, cycle), lines in sorted(past.items())[-PAST:]),
        objectives=tuple(now),
        kpis=tuple(kpis),
        kpi_words=tuple(words.items()),
    )


def _health(lines: Iterable[ObjectiveLine]) -> Health:
    return pillar_health([Top(line.score, line.expected, line.word) for line in lines])
