"""Every component in every state, for whoever works on the pages; served in development only."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.core.target import Target, TargetRule
from milepost.metrics.queries import Tile
from milepost.okr.queries import OverrideLine
from milepost.web.charts.series import Aim, Level, SeriesInput, SeriesPoint, draw_series
from milepost.web.icons import NAMES
from milepost.web.words import LOOKS

BARS = ((-0.12, 0.3), (0.0, 0.57), (0.28, 0.57), (0.48, 0.57), (0.71, 0.57), (1.18, 0.57), (None, None))
WORDS = ("off_track", "no_value", "off_track", "on_track", "ahead", "reached", "no_value")
TODAY = date(2026, 11, 24)
MONDAY = date(2026, 8, 31)
KPI_WORDS = ("off_target", "close", "on_target", "watching", "unknown", "no_value")
VALUES = (7.3, 7.4, 7.2, None, 7.3, 6.1, 6.2, 6.1, 6.3, 6.2, 6.0, 6.1, 6.2)


@dataclass(frozen=True, slots=True)
class Row:
    """A key result as the tree shows it."""

    id: int
    objective_id: int
    title: str
    kind: str
    kpi_slug: str | None
    unit_code: str
    start: float | None
    target: float | None
    low: float | None
    high: float | None
    value: float | None
    steps: tuple[SimpleNamespace, ...]
    lead_name: str
    share: float | None
    is_share_fixed: bool
    progress: float | None
    score: float | None
    expected: float | None
    confidence: int | None
    confidence_before: int | None
    state: str
    word: str
    plan_word: str
    has_own_word: bool
    checked_in_on: date | None
    next_check_in_on: date | None
    priority: int | None = None
    computed: float | None = None
    is_overridden: bool = False
    override: OverrideLine | None = None

    @property
    def counted(self) -> float | None:
        return self.score if self.is_overridden else self.progress


REACH = Row(
    1, 1, "First reply time", "reach", "first-reply-time", "min", 48, 30, None, None, 41, (), "Tom Baker", 0.34, True,
    0.39, 0.39, 0.6, 3, 2, "active", "at_risk", "at_risk", False, TODAY - timedelta(days=6), TODAY + timedelta(days=1),
)  # fmt: skip
ROWS = (
    REACH,
    replace(
        REACH, title="Contracts signed", score=0.8, computed=0.39, is_overridden=True, priority=0, word="ahead",
        override=OverrideLine(0.8, "Signed, paid in January", "Ana Ruiz", datetime(2026, 11, 20, tzinfo=UTC), False),
    ),
    replace(REACH, title="Net promoter score", has_own_word=True, plan_word="ahead", checked_in_on=TODAY),
    replace(
        REACH, title="Weekend rota staffed", kind="milestone", kpi_slug=None, is_share_fixed=False,
        steps=tuple(SimpleNamespace(done=done) for done in (1, 1, 0)), word="on_track", score=0.67, progress=0.67,
    ),
    replace(
        REACH, title="Reopened tickets stay rare", kind="keep", unit_code="%", high=6.0, value=6.5, word="on_track",
        next_check_in_on=TODAY - timedelta(days=3), checked_in_on=TODAY - timedelta(days=13),
    ),
    replace(
        REACH, title="Searches without a result", state="draft", value=None, progress=None, score=None, expected=None,
        confidence=None, checked_in_on=None, next_check_in_on=None,
    ),
)  # fmt: skip


def styleguide(request: HttpRequest) -> HttpResponse:
    bars = [
        SimpleNamespace(title=f"Goal {i}", score=done, progress=done, expected=plan, word=word)
        for i, ((done, plan), word) in enumerate(zip(BARS, WORDS, strict=True))
    ]
    confidences = [
        SimpleNamespace(confidence=now, confidence_before=before)
        for now, before in ((6, 7), (8, 7), (5, 5), (None, None))
    ]
    context = {
        "words": LOOKS,
        "bars": bars,
        "confidences": confidences,
        "icons": NAMES,
        "tiles": [_tile(n, word) for n, word in enumerate(KPI_WORDS)],
        "goals": {2: (1, "Be the tool support teams recommend")},
        "rows": ROWS,
        "drawings": [draw_series(_series(), wide=wide) for wide in (True, False)],
        "grades": [(0.35, "aspirational"), (0.65, "aspirational"), (0.99, "committed"), (1.0, "committed")],
        "today": TODAY,
        "base": "#",
    }
    return render(request, "styleguide/page.html", context)


def _tile(number: int, word: str) -> Tile:
    has_value = word not in {"no_value", "unknown"}
    return Tile(
        id=number, slug=word, name=f"Trial to paid, {word.replace('_', ' ')}", group="", unit_code="%",
        direction="higher", frequency="week", lead_id=1, lead_name="Jon Okafor", word=word, value_word=word,
        valid_on=MONDAY + timedelta(weeks=12), value=6.2 if has_value else None, before=6.1 if has_value else None,
        missing_on=None if has_value else MONDAY + timedelta(weeks=12), off_streak=0, off_since=None,
        wants_objective=False, spark=VALUES if has_value else (), last_source="file",
        last_known_at=datetime(2026, 11, 20, tzinfo=UTC) if has_value else None,
        target=None if word == "watching" else Target(TargetRule.AT_LEAST, low=7.0),
    )  # fmt: skip


def _series() -> SeriesInput:
    starts = [MONDAY + timedelta(weeks=n) for n in range(len(VALUES))]
    points = [SeriesPoint(day, v) for day, v in zip(starts, VALUES, strict=True)]
    points[6] = replace(points[6], mark="bad")
    points[-1] = replace(points[-1], is_open=True)
    return SeriesInput(
        points=tuple(points),
        levels=(Level(starts[0], starts[4], 7.3), Level(starts[5], starts[11], 6.15, 5.8, 6.5)),
        targets=((Aim(7.0),) * len(points),),
        notes=((starts[5], "New pricing page"),),
        unit="%",
        frequency="week",
        today=TODAY,
    )
