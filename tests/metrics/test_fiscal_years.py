"""A KPI by quarter or year lives on the fiscal calendar of its workspace: what is newest, due and asked of it."""

from datetime import date

import pytest

from milepost.core.target import KpiWord, Target, TargetRule
from milepost.core.targets import PerPeriod
from milepost.metrics.models import KpiScore
from milepost.metrics.queries import explained_kpi, get_kpi, kpi_target
from milepost.okr import actions as okr
from milepost.okr.queries import start_of
from milepost.workspace import actions as workspace
from tests.people import NOW, TODAY, Company
from tests.workspace.test_every_action import settings as settings_of

pytestmark = pytest.mark.django_db
FEBRUARY = 2
AUGUST, NOVEMBER = date(2026, 8, 1), date(2026, 11, 1)  # the third and the fourth quarter of a year from February


@pytest.fixture
def quarterly(company: Company) -> str:
    """A KPI by quarter with targets for two quarters and values up to April."""
    workspace.change_settings(by=company.actor(), settings=settings_of(fiscal_month=FEBRUARY), now=NOW)
    targets = {AUGUST: Target(TargetRule.AT_MOST, high=30), NOVEMBER: Target(TargetRule.AT_MOST, high=20)}
    slug = company.kpi(frequency="quarter", target=PerPeriod(targets))
    for day in (date(2025, 8, 1), date(2025, 11, 1), date(2026, 2, 1)):
        write(company, slug, day)
    return slug


def write(company: Company, slug: str, day: date) -> None:
    okr.record_readings(by=company.actor(), kpi=slug, readings=[okr.NewReading(day=day, value=25.0)], now=NOW)


def test_what_is_missing_is_the_quarter_of_its_own_calendar(company: Company, quarterly: str) -> None:
    write(company, quarterly, date(2026, 5, 1))
    row = KpiScore.objects.get(metric__slug=quarterly)
    assert (row.word, row.missing_on) == (KpiWord.NO_VALUE.value, AUGUST)
    write(company, quarterly, AUGUST)
    row.refresh_from_db()
    assert (row.word, row.valid_on, row.missing_on) == (KpiWord.ON_TARGET.value, AUGUST, None)
    status = explained_kpi(company.actor(), quarterly, today=TODAY).explanations[0]
    assert status.word == row.word


def test_the_running_quarter_is_asked_for_its_own_target(company: Company, quarterly: str) -> None:
    kpi = get_kpi(company.actor(), quarterly)
    target = kpi_target(kpi, today=TODAY, fiscal_month=FEBRUARY)
    assert target is not None
    assert target.high == 20
    started = start_of(company.actor(), quarterly, today=TODAY, fiscal_month=FEBRUARY).target
    assert started is not None
    assert started.high == 20
