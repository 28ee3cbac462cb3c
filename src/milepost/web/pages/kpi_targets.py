"""The targets of a KPI in words: how the open period stands, and every one it was kept against."""

from datetime import date
from typing import Any

from milepost.core.targets import PerPeriod, given_words
from milepost.metrics.queries import ALWAYS, KpiPage
from milepost.web import format as words


def beside(shown: KpiPage) -> dict[str, str] | None:
    """Return how the open period stands on a ramp; the status of the closed ones stands for itself."""
    if shown.beside is None:
        return None
    unit = shown.tile.unit_code
    return {
        "word": shown.beside.word.value,
        "text": f"Planned by today {words.with_unit(shown.beside.planned, unit)}, "
        f"so far {words.with_unit(shown.beside.value, unit)}:",
    }


def target_versions(shown: KpiPage, *, today: date) -> list[dict[str, Any]]:
    """Return every target the KPI was kept against, the newest first."""
    unit = shown.tile.unit_code
    return [
        {
            "since": "the beginning" if since == ALWAYS else words.day(since, today=today),
            "words": words.plan_words(plan, unit, today=today),
            "given": given_words(plan) if plan else "",
            "periods": [
                (words.period(start, shown.tile.frequency, today=today), words.target_words(target, unit))
                for start, target in sorted(plan.targets.items())
            ]
            if isinstance(plan, PerPeriod)
            else [],
            "is_ahead": since > today,
        }
        for since, plan in reversed(shown.targets)
    ]
