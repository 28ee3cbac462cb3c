"""Example objectives in our own words, by department and industry."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from milepost.core.guidance import KeyResultFacts, ObjectiveFacts

FILES = ("business.toml", "makers.toml")
DEPARTMENTS = (
    "company", "sales", "marketing", "customer support", "product", "engineering", "people", "finance", "operations",
    "it & security",
)  # fmt: skip
INDUSTRIES = (
    "general", "software", "retail", "manufacturing", "health care", "hospitality", "non-profit", "public sector",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyResultExample:
    """A key result as an example; `start` and `target` in `unit` are samples, `source` says where values come from."""

    title: str
    start: float
    target: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class ObjectiveExample:
    """An objective as an example, with its key results."""

    slug: str
    title: str
    why: str
    department: str
    industries: tuple[str, ...]
    key_results: tuple[KeyResultExample, ...]

    @property
    def facts(self) -> ObjectiveFacts:
        """Return it as the linter looks at it."""
        return ObjectiveFacts(
            title=self.title,
            reference=self.slug,
            key_results=tuple(
                KeyResultFacts(
                    title=k.title, reference=str(n), start=k.start, target=k.target, unit=k.unit, source=k.source
                )
                for n, k in enumerate(self.key_results)
            ),
        )


@cache
def objective_examples() -> tuple[ObjectiveExample, ...]:
    """Return the examples by department, in the order of their files; read once."""
    rows: list[dict[str, Any]] = []
    for name in FILES:
        rows += tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))["objective"]
    found = [
        ObjectiveExample(
            slug=row["slug"],
            title=row["title"],
            why=row["why"],
            department=row["department"],
            industries=tuple(row["industries"]),
            key_results=tuple(
                KeyResultExample(k["title"], float(k["from"]), float(k["to"]), k["unit"], k["source"])
                for k in row["key_results"]
            ),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: DEPARTMENTS.index(one.department)))
