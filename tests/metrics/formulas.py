"""What the tests of calculated KPIs share."""

from datetime import UTC, date, datetime

from milepost.metrics import actions as metrics
from milepost.metrics.models import Metric
from milepost.metrics.queries.series import values_in_use
from milepost.okr import actions as okr
from tests.people import NOW, START, Company


def measured(company: Company, name: str, **given: object) -> str:
    """Make a monthly flow without a target and return its slug."""
    return company.kpi(
        name, **{"unit": "", "frequency": "month", "aggregation": "flow", "target": None, "direction": "higher"} | given
    )


def calculated(company: Company, name: str, formula: str, *, at: datetime = START, **given: object) -> str:
    return measured(company, name, formula=formula, at=at, **given)


def write(company: Company, slug: str, *, now: datetime = NOW, **values: float | None) -> None:
    """Write values by day: m10_01=5 is of 1 October 2026."""
    readings = [
        okr.NewReading(day=date(2026, int(day[1:3]), int(day[4:6])), value=value) for day, value in values.items()
    ]
    okr.record_readings(by=company.actor(now=now), kpi=slug, readings=readings, now=now)


def pk_of(slug: str) -> int:
    return Metric.objects.get(slug=slug).pk


def values_of(slug: str) -> dict[date, float]:
    pk = pk_of(slug)
    return {day: v.value for day, v in values_in_use([pk]).get(pk, {}).items() if v.value is not None}


def edit(company: Company, slug: str, *, who: str = "admin", now: datetime = NOW, **given: object) -> None:
    """Change a KPI as its form would, what is not given as it stands."""
    kpi = Metric.objects.get(slug=slug)
    there: dict[str, object] = {
        "name": kpi.name, "unit": kpi.unit_code, "direction": kpi.direction, "frequency": kpi.frequency,
        "aggregation": kpi.aggregation, "target": None, "lead_id": kpi.lead_id, "owner_team_id": kpi.owner_team_id,
        "group": kpi.group, "description": kpi.description, "lag_days": kpi.lag_days,
        "visibility": ["everybody", "team", "private"][kpi.visibility],
    }  # fmt: skip
    okr.edit_kpi(
        by=company.actor(who),
        slug=slug,
        draft=metrics.KpiDraft(**(there | given)),
        today=now.date(),
        now=now,  # type: ignore[arg-type]
    )


def moment(day: int, month: int = 11, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)
