"""The days of a plan in a row, out of what is kept: asked, published, locked, and the days of its cycle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from milepost.core.calendar import local_day
from milepost.okr.queries import CycleRow, PlanningPage, RequestedDrafts
from milepost.web import format as words
from milepost.workspace.queries import Place

MOST_WISHES = 3
MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class Step:
    """A day of a plan; `is_next` is the first that is not over."""

    day: date
    label: str
    is_past: bool
    is_next: bool
    is_today: bool


def steps_of(cycle: CycleRow, page: PlanningPage, place: Place) -> tuple[Step, ...]:
    """Return the days of a plan in their order."""
    days = [(day, label) for day, label in _wishes(page.requests)[-MOST_WISHES:]]
    if page.published_at is not None:
        word = "Sent to review" if place.reviewers else "Published"  # with reviewers publishing starts nothing yet
        days.append((local_day(page.published_at, place.time_zone), word))
    if cycle.locked_at is not None:
        days.append((local_day(cycle.locked_at, place.time_zone), "Plan locked"))
    days += [
        (cycle.first_day, f"{cycle.name} begins"),
        (cycle.review_opens_on, "Review opens"),
        (cycle.last_day, f"{cycle.name} ends"),
    ]
    days.sort(key=lambda one: one[0])
    upcoming = next((i for i, (day, _) in enumerate(days) if day >= place.today), None)
    return tuple(
        Step(day, label, is_past=day < place.today, is_next=i == upcoming, is_today=day == place.today)
        for i, (day, label) in enumerate(days)
    )


def _wishes(requests: Iterable[RequestedDrafts]) -> list[tuple[date, str]]:
    """Return by which days drafts are wanted, and of whom."""
    found: dict[date, list[str]] = {}
    for one in sorted(requests, key=lambda one: (one.wanted_by, one.team)):
        found.setdefault(one.wanted_by, []).append(one.team)
    return [(day, f"Drafts of {_named(teams)}") for day, teams in found.items()]


def _named(teams: list[str]) -> str:
    return " and ".join(teams) if len(teams) <= MOST_NAMED else words.count(len(teams), "team")
