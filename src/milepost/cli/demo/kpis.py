"""The sample's KPIs: what they are, and the numbers they ran at."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from milepost.cli.demo.company import WEEKS, Company
from milepost.core.calendar import Frequency, period_start, shift_periods
from milepost.core.ramp import Ramp
from milepost.core.target import Target, TargetRule
from milepost.core.targets import TargetPlan
from milepost.metrics import actions as metrics
from milepost.okr import actions


@dataclass(frozen=True, slots=True)
class Kpi:
    """A sample KPI: how it is defined, and the levels it ran at: (share of the history, mean, spread)."""

    name: str
    group: str
    unit: str
    direction: str
    frequency: str
    how: str
    target: Target | None
    lead: str
    team: str
    levels: tuple[tuple[float, float, float], ...]
    volume: float = 0.0  # denominator of a ratio
    stops: int = 0  # periods without a value at the end
    digits: int = 1
    formula: str = ""  # calculated from those before it
    rises_to: tuple[float, float] | None = None  # a target that rises from the first day on: from, to by the year's end


def _least(value: float, tolerance: float = 0.0) -> Target:
    return Target(TargetRule.AT_LEAST, low=value, tolerance=tolerance)


def _most(value: float, tolerance: float = 0.0) -> Target:
    return Target(TargetRule.AT_MOST, high=value, tolerance=tolerance)


KPIS = (
    Kpi("Trial to paid", "Growth", "%", "higher", "week", "ratio", _least(7), "jon", "Growth", ((0.85, 7.3, 0.12), (1, 6.2, 0.12)), 410),
    Kpi("Monthly recurring revenue", "Growth", "EUR", "higher", "month", "stock", _least(1_150_000), "lena", "Growth", ((1, 1_120_000, 24_000),), digits=-3),
    Kpi("New trials", "Growth", "", "higher", "week", "flow", _least(380), "lena", "Growth", ((0.8, 371, 11), (1, 404, 10)), digits=0, rises_to=(340, 400)),
    Kpi("First reply time", "Customers", "min", "lower", "week", "stock", _most(30, 5), "tom", "Support", ((0.5, 57, 2.5), (0.9, 48, 2), (1, 42, 1.5)), digits=0),
    Kpi("Net promoter score", "Customers", "", "higher", "month", "stock", _least(45), "ana", "Support", ((0.6, 38, 1.5), (1, 46, 1)), digits=0),
    Kpi("Monthly churn", "Customers", "%", "lower", "month", "ratio", _most(2, 0.2), "ana", "Support", ((1, 1.9, 0.05),), 5200),
    Kpi("Change failure rate", "Delivery", "%", "lower", "week", "ratio", _most(10, 1.5), "sofia", "Delivery", ((0.6, 16, 0.8), (1, 11, 0.5)), 130),
    Kpi("Uptime", "Delivery", "%", "higher", "week", "stock", _least(99.9), "sofia", "Delivery", ((1, 99.955, 0.012),), digits=3),
    Kpi("Deploys", "Delivery", "", "higher", "week", "flow", _least(20), "sofia", "Delivery", ((0.7, 22, 2), (1, 27, 1.5)), digits=0),
    Kpi("Lead time, median", "Delivery", "days", "lower", "week", "distinct", _most(3), "sofia", "Delivery", ((0.6, 4.2, 0.2), (1, 2.6, 0.1))),
    Kpi("Employee NPS", "People and money", "", "higher", "month", "stock", _least(30), "ana", "", ((1, 31, 2),), stops=2, digits=0),
    Kpi("Cash runway", "People and money", "months", "within", "month", "stock", Target(TargetRule.WITHIN, low=14, high=24), "ana", "", ((1, 16.5, 0.3),)),
    Kpi("Office plants alive", "People and money", "", "higher", "month", "stock", None, "ana", "", ((1, 14, 1),), digits=0),
    Kpi("New customers", "Growth", "", "higher", "month", "flow", _least(100, 10), "lena", "Growth", (), formula="[New trials] × [Trial to paid] ÷ 100"),
)  # fmt: skip

PILLARS = {  # of the groups
    "Customers": "Customers who stay", "Growth": "Revenue that lasts", "Delivery": "Calm delivery",
}  # fmt: skip


def make_kpis(company: Company) -> dict[str, str]:
    """Make each KPI with its readings and return their slugs by name."""
    chance = random.Random(20261122)  # noqa: S311 - numbers of a sample, the same each time
    return {kpi.name: _make(company, kpi, chance) for kpi in KPIS}


def _make(company: Company, kpi: Kpi, chance: random.Random) -> str:
    root = company.root
    slug = metrics.create_kpi(
        by=root.actor,
        draft=metrics.KpiDraft(
            name=kpi.name,
            unit=kpi.unit,
            direction=kpi.direction,
            frequency=kpi.frequency,
            aggregation=kpi.how,
            target=_target(kpi, company),
            lead_id=company.ids[kpi.lead],
            owner_team_id=company.team.get(kpi.team),
            group=kpi.group,
            formula=kpi.formula,
            pillar_id=company.pillar.get(PILLARS.get(kpi.group, "")),
        ),
        # A formula is written when the values it reads are there.
        today=company.today if kpi.formula else root.today,
        now=company.now - timedelta(hours=3) if kpi.formula else company.began,
    )
    if kpi.formula:
        return slug  # its values come from those of the others
    frequency = Frequency(kpi.frequency)
    count = WEEKS if frequency == Frequency.WEEK else 14
    newest = period_start(company.today, frequency)
    days = [shift_periods(newest, frequency, -k) for k in range(count, kpi.stops - 1, -1)]
    readings = [_reading(chance, kpi, day, index / len(days)) for index, day in enumerate(days)]
    source = actions.ReadingSource.FILE if kpi.how == "ratio" else actions.ReadingSource.HAND
    for at, known in _known(company, frequency, readings).items():
        by = company.place(kpi.lead, at).actor
        actions.record_readings(by=by, kpi=slug, readings=known, source=source, now=at)
    lead = company.place(kpi.lead, company.now - timedelta(hours=3))
    if kpi.name == "Trial to paid":
        metrics.add_note(
            by=lead.actor,
            slug=slug,
            day=days[int(0.85 * len(days))],
            text="New pricing page",
            fiscal_month=1,
            now=company.now - timedelta(days=40),
        )
    return slug


def _known(
    company: Company, frequency: Frequency, readings: list[actions.NewReading]
) -> dict[datetime, list[actions.NewReading]]:
    """Return readings by the moment at which they became known: the morning after their period.

    What is older than the last cycle was brought over on its first day; what runs still was typed this morning.
    """
    typed, brought_over = company.now - timedelta(hours=3), company.morning(company.first[-1])
    found: dict[datetime, list[actions.NewReading]] = {}
    for reading in readings:
        at = company.morning(shift_periods(period_start(reading.day, frequency), frequency, 1))
        found.setdefault(min(max(at, brought_over), typed), []).append(reading)
    return found


def _target(kpi: Kpi, company: Company) -> TargetPlan | None:
    if kpi.rises_to is None:
        return kpi.target
    start, end = kpi.rises_to
    year_end = date(company.today.year, 12, 31)
    return Ramp(start, company.root.today, ((year_end, end),), as_given=f"{end:.0f} a week by New Year")


def _reading(chance: random.Random, kpi: Kpi, day: date, share: float) -> actions.NewReading:
    mean, spread = next((m, s) for until, m, s in kpi.levels if share < until or until == 1)
    value = round(chance.gauss(mean, spread), kpi.digits)
    if kpi.how != "ratio":
        return actions.NewReading(day=day, value=value)
    bottom = float(round(chance.gauss(kpi.volume, kpi.volume / 30)))
    top = float(round(bottom * value / 100))
    return actions.NewReading(day=day, value=100 * top / bottom, numerator=top, denominator=bottom)
