"""Example KPIs in our own words, to begin with."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from milepost.core.guidance import KpiFacts


@dataclass(frozen=True, slots=True)
class KpiExample:
    """A KPI as an example: its definition, why it matters, and what its target typically says."""

    slug: str
    name: str
    why: str
    unit: str
    direction: str
    frequency: str
    aggregation: str
    target: str
    department: str
    industries: tuple[str, ...]

    @property
    def facts(self) -> KpiFacts:
        """Return it as the linter looks at it."""
        return KpiFacts(
            name=self.name,
            reference=self.slug,
            description=self.why,
            unit=self.unit,
            has_target=True,
            target_text=self.target,
        )


@cache
def kpi_examples() -> tuple[KpiExample, ...]:
    """Return the examples in the order of their file; read once."""
    text = files(__name__).joinpath("kpis.toml").read_text(encoding="utf-8")
    return tuple(
        KpiExample(**{**row, "industries": tuple(row["industries"])}) for row in tomllib.loads(text)["kpi"]
    )  # fmt: skip
