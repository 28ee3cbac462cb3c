"""A KPI's value beside that of another period and its target, in words."""

from datetime import date
from typing import Any

from milepost.core.compare import Against, Change, Comparison
from milepost.core.units import PERCENT
from milepost.metrics.queries import Compared, Tile
from milepost.web import format as words


def comparison_words(one: Compared, tile: Tile, *, today: date) -> dict[str, Any]:
    """Return a comparison as the page has it: heading, the other value, the difference, and what has to be said."""
    unit, found = tile.unit_code, one.comparison
    if one.against == Against.TARGET:
        return {"title": "Target", "other": words.target_short(tile.target, unit), "text": against_target(tile, found)}
    title = "Period before"
    if one.against == Against.YEAR_BEFORE:
        title = words.period(one.start, tile.frequency, today=today) if one.start else "A year before"
    if found is None:
        return {"title": title, "other": words.DASH}
    better = {Change.BETTER: True, Change.WORSE: False}.get(found.change)
    share = ""
    if found.share and unit != PERCENT:  # percent of percent would be read as points
        share = f"{'+' if found.share > 0 else ''}{words.percent(found.share)}"
    other = words.with_unit(found.other, unit)
    told = {"title": title, "other": other, "difference": found.difference, "is_better": better}
    return {**told, "share": share, "remark": one.remark}


def against_target(tile: Tile, found: Comparison | None) -> str:
    if found is None:
        return ""
    if found.difference == 0:
        return "met"
    side = "under" if found.difference < 0 else "over"
    return f"{words.change(abs(found.difference), tile.unit_code).lstrip('+')} {side}"
