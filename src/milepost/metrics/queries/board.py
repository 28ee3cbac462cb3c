"""The KPI board: tiles in groups, worst first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, QuerySet

from milepost.core.calendar import Frequency
from milepost.core.tags import tag_key
from milepost.core.target import Target
from milepost.metrics.models import KpiScore, Metric, MetricTag
from milepost.metrics.queries.targets import targets_of
from milepost.metrics.scoring import Versions, target_of_period
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor

MOST_TILES = 200
VIEWS = ("all", "attention", "mine")
ATTENTION_BELOW = 4  # severities of off target, close, unknown and no value


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI on a board; values in its unit, None unknown. `spark` holds 13 closed periods."""

    id: int
    slug: str
    name: str
    group: str
    unit_code: str
    direction: str
    frequency: str
    lead_id: int
    lead_name: str
    word: str
    value_word: str
    valid_on: date | None
    value: float | None
    before: float | None
    missing_on: date | None
    off_streak: int
    off_since: date | None
    wants_objective: bool
    spark: tuple[float | None, ...]
    last_known_at: datetime | None
    last_source: str
    target: Target | None
    revised_to: float | None = None  # of a day of the past: what is known for `valid_on` by now, if that differs
    is_revised: bool = False

    @property
    def delta(self) -> float | None:
        """Return the change against the period before."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def is_better(self) -> bool | None:
        """Return whether the change is good for this KPI; None if there is none or it depends."""
        if not self.delta or self.direction == "within":
            return None
        return (self.delta > 0) == (self.direction == "higher")


@dataclass(frozen=True, slots=True)
class Board:
    """The tiles of one view, in groups by name, worst first; `counts` by view."""

    groups: tuple[tuple[str, tuple[Tile, ...]], ...]
    counts: dict[str, int]
    words: dict[str, int]
    is_cut: bool
    tags: tuple[str, ...]  # in use, as far as the reader sees it


_VALUES = (
    "metric_id",
    "metric__slug",
    "metric__name",
    "metric__group",
    "metric__unit_code",
    "metric__direction",
    "metric__frequency",
    "metric__lead_id",
    "metric__lead__user__name",
    "word",
    "value_word",
    "valid_on",
    "value",
    "before",
    "missing_on",
    "off_streak",
    "off_since",
    "wants_objective",
    "spark",
    "last_known_at",
    "last_source",
)


def board(actor: Actor, *, view: str, today: date, tag: str = "") -> Board:
    """Return the KPIs of a workspace under a filter; three queries and one for targets.

    Args:
        view: all, attention (off target, close, unknown, no value) or mine (led by the actor).
        tag: only what has it; "" for everything.
    """
    rows = KpiScore.objects.visible_to(actor).filter(metric__archived_at=None)
    tags = MetricTag.objects.filter(metric__score__in=rows).order_by().values_list("key").annotate(Min("word"))
    found = tuple(word for _, word in sorted(tags))
    if tag:
        rows = rows.filter(metric__tag_rows__key=tag_key(tag))
    facts = list(rows.values_list("severity", "metric__lead_id", "word"))
    counts = {
        "all": len(facts),
        "attention": sum(severity < ATTENTION_BELOW for severity, *_ in facts),
        "mine": sum(lead == actor.membership_id for _, lead, _ in facts),
    }
    words: dict[str, int] = {}
    for _, _, word in facts:
        words[word] = words.get(word, 0) + 1
    if view == "attention":
        rows = rows.filter(severity__lt=ATTENTION_BELOW)
    elif view == "mine":
        rows = rows.filter(metric__lead_id=actor.membership_id)
    tiles = tiles_of(rows.order_by("severity", "-off_streak", "metric__name")[:MOST_TILES], today=today)
    return board_from(tiles, counts=counts, words=words, tags=found)


def board_from(
    tiles: Sequence[Tile], *, counts: dict[str, int], words: dict[str, int], tags: tuple[str, ...] = ()
) -> Board:
    """Return tiles, worst first, as a board: in groups by name, those without a group last."""
    groups: dict[str, list[Tile]] = {}
    for tile in sorted(tiles, key=lambda t: t.group == ""):
        groups.setdefault(tile.group, []).append(tile)
    ordered = sorted(groups.items(), key=lambda item: (item[0] == "", item[0].lower()))
    return Board(
        groups=tuple((name, tuple(inside)) for name, inside in ordered),
        counts=counts,
        words=words,
        is_cut=len(tiles) == MOST_TILES,
        tags=tags,
    )


def tiles_of(rows: QuerySet[KpiScore], *, today: date) -> list[Tile]:
    """Return the tiles of these score rows, in their order; two queries."""
    return _tiles(list(rows.values_list(*_VALUES)), today=today)


def tiles_read(actor: Actor, metric_ids: Collection[int], *, today: date) -> list[Tile]:
    """Return the tiles of these KPIs, worst first; two queries, none for no KPI."""
    return _tiles(_of_metrics(metric_ids, *actor.sight), today=today)


@prepared
def _of_metrics(metric_ids: Collection[int], *sight: Any) -> QuerySet[KpiScore, tuple[Any, ...]]:
    rows = KpiScore.objects.seen(*sight).filter(metric_id__in=metric_ids)
    return rows.order_by("severity", "metric_id").values_list(*_VALUES)


def _tiles(values: list[tuple[Any, ...]], *, today: date) -> list[Tile]:
    targets = targets_of([row[0] for row in values])
    return [
        Tile(*row[:18], tuple(row[18]), row[19], row[20], _target(targets.get(row[0], ()), row[6], row[11] or today))  # type: ignore[call-arg] # 18 values and four
        for row in values
    ]


def _target(versions: Versions, frequency: str, start: date) -> Target | None:
    """Return the target that judges the period a tile shows."""
    return target_of_period(versions, start, Frequency(frequency))


def tile_of(kpi: Metric, targets: Versions, *, today: date) -> Tile:
    """Return the tile of one KPI that came with its score and lead; no query."""
    row = kpi.score
    return Tile(
        id=kpi.pk,
        slug=kpi.slug or "",
        name=kpi.name,
        group=kpi.group,
        unit_code=kpi.unit_code,
        direction=kpi.direction,
        frequency=kpi.frequency,
        lead_id=kpi.lead_id or 0,
        lead_name=kpi.lead.user.name if kpi.lead else "",
        word=row.word,
        value_word=row.value_word,
        valid_on=row.valid_on,
        value=row.value,
        before=row.before,
        missing_on=row.missing_on,
        off_streak=row.off_streak,
        off_since=row.off_since,
        wants_objective=row.wants_objective,
        spark=tuple(row.spark),
        last_known_at=row.last_known_at,
        last_source=row.last_source,
        target=_target(targets, kpi.frequency, row.valid_on or today),
    )


def team_tiles(actor: Actor, team_id: int, *, today: date) -> list[Tile]:
    """Return the KPIs of a team, worst first; two queries."""
    rows = KpiScore.objects.visible_to(actor).filter(metric__archived_at=None, metric__owner_team_id=team_id)
    return tiles_of(rows.order_by("severity", "-off_streak", "metric__name")[:MOST_TILES], today=today)


@dataclass(frozen=True, slots=True)
class PillarKpi:
    """A KPI of a pillar, as much of it as a map shows."""

    slug: str
    name: str
    word: str


def pillar_kpis(actor: Actor) -> dict[int, list[PillarKpi]]:
    """Return the KPIs of each pillar with their words, worst first; one query."""
    rows = KpiScore.objects.visible_to(actor).filter(metric__archived_at=None, metric__pillar__isnull=False)
    ordered = rows.order_by("severity", "-off_streak", "metric__name", "metric_id")[:MOST_TILES]
    found: dict[int, list[PillarKpi]] = {}
    for pillar, slug, name, word in ordered.values_list("metric__pillar_id", "metric__slug", "metric__name", "word"):
        found.setdefault(pillar or 0, []).append(PillarKpi(slug or "", name, word))
    return found


def pillar_tiles(actor: Actor, *, today: date) -> dict[int, list[Tile]]:
    """Return the KPIs of each pillar, worst first; two queries."""
    rows = KpiScore.objects.visible_to(actor).filter(metric__archived_at=None, metric__pillar__isnull=False)
    ordered = rows.order_by("severity", "-off_streak", "metric__name", "metric_id")[:MOST_TILES]
    values = list(ordered.values_list("metric__pillar_id", *_VALUES))
    found: dict[int, list[Tile]] = {}
    for (pillar, *_), tile in zip(values, _tiles([row[1:] for row in values], today=today), strict=True):
        found.setdefault(pillar, []).append(tile)
    return found
