"""What became different of KPIs between two days (A3)."""

from dataclasses import dataclass
from datetime import date

from milepost.metrics.queries.as_of.board import PastKpi, kpis_of_two_days
from milepost.metrics.queries.board import Tile
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """A KPI on two days: its last closed value and its word; None on the day on which it was not kept."""

    id: int
    slug: str
    name: str
    unit_code: str
    before: Tile | None
    after: Tile | None

    @property
    def has_other_word(self) -> bool:
        """Return whether its status is another one."""
        return word_of(self.before) != word_of(self.after)

    @property
    def size(self) -> float:
        """Return how large the change of its value is, as a share of the value before."""
        before, after = value_of(self.before), value_of(self.after)
        if before is None or after is None:
            return 1.0
        return abs(after - before) / abs(before) if before else abs(after)


def kpi_differences(actor: Actor, *, since: date, until: date, today: date) -> tuple[KpiDifference, ...]:
    """Return the KPIs whose value or status became another one, another status first, then by the size of the change.

    Raises:
        Invalid: a day has not come, or the workspace was not there yet.

    Source: rule A3.
    """
    was, is_now = ({one.kpi.pk: one for one in kpis} for kpis in kpis_of_two_days(actor, since, until, today=today))
    found = [_difference(was.get(pk), is_now.get(pk)) for pk in sorted(was.keys() | is_now.keys())]
    changed = [one for one in found if one.has_other_word or value_of(one.before) != value_of(one.after)]
    return tuple(sorted(changed, key=lambda one: (not one.has_other_word, -one.size, one.name, one.id)))


def value_of(tile: Tile | None) -> float | None:
    """Return the last closed value of a KPI that was kept."""
    return tile.value if tile else None


def word_of(tile: Tile | None) -> str:
    """Return the status of a KPI that was kept, "" of one that was not."""
    return tile.word if tile else ""


def _difference(before: PastKpi | None, after: PastKpi | None) -> KpiDifference:
    shown = after or before
    assert shown is not None  # noqa: S101 - one of the two has it
    kpi = shown.kpi
    tiles = (before.tile if before else None, after.tile if after else None)
    return KpiDifference(kpi.pk, kpi.slug or "", kpi.name, kpi.unit_code, *tiles)
