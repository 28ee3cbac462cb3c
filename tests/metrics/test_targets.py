"""Targets of every form: kept by date with their words, judging each period by its own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from milepost.core.compare import Change
from milepost.core.ramp import Ramp
from milepost.core.target import BadTarget, KpiWord, Target, TargetRule
from milepost.core.targets import PerPeriod
from milepost.metrics import actions as metrics
from milepost.metrics.models import KpiScore, Metric, TargetPoint, TargetVersion
from milepost.metrics.queries import (
    Compared,
    board,
    explained_kpi,
    get_kpi,
    kpi_page,
    kpi_plan,
    list_all_kpis,
    list_targets,
    show_kpi,
)
from milepost.okr import actions as okr
from milepost.web.pages.kpi_page import chart_input
from milepost.workspace.actions import delete_workspace
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Event
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
FALL = Ramp(48.0, date(2026, 9, 28), ((date(2026, 11, 30), 40.0), (date(2026, 12, 31), 30.0)), 2.0, "30 by New Year")
MONDAY = TODAY - timedelta(days=TODAY.weekday())


def draft(company: Company, plan: object, **given: object) -> metrics.KpiDraft:
    fields: dict[str, object] = {
        "name": "First reply time", "unit": "min", "direction": "lower", "frequency": "week", "aggregation": "stock",
        "target": plan, "lead_id": company.ids["lead"], "owner_team_id": company.team,
    }  # fmt: skip
    return metrics.KpiDraft(**(fields | given))  # type: ignore[arg-type]


def kept(company: Company, plan: object, **given: object) -> str:
    return metrics.create_kpi(by=company.actor(), draft=draft(company, plan, **given), today=TODAY, now=NOW)


def record(company: Company, slug: str, *values: float) -> None:
    """Write the values of the closed weeks, the last one of last week."""
    readings = [
        okr.NewReading(day=MONDAY - timedelta(weeks=len(values) - at), value=value) for at, value in enumerate(values)
    ]
    okr.record_readings(by=company.actor(), kpi=slug, readings=readings, now=NOW)


@pytest.mark.parametrize(
    "plan",
    [
        None,
        Target(TargetRule.AT_MOST, high=30.0, tolerance=5.0, as_given="Below 30 min"),
        FALL,
        PerPeriod(
            {date(2026, 10, 5): Target(TargetRule.AT_MOST, high=44.0), MONDAY: Target(TargetRule.AT_MOST, high=36.0)}
        ),
    ],
)
def test_a_plan_comes_back_as_it_was_written(company: Company, plan: object) -> None:
    slug = kept(company, plan)
    kpi = get_kpi(company.actor(), slug)
    assert kpi_plan(kpi, today=TODAY) == plan
    other = company.kpi("Another")
    okr.edit_kpi(by=company.actor(), slug=other, draft=draft(company, plan, name="Another"), today=TODAY, now=NOW)
    assert kpi_plan(get_kpi(company.actor(), other), today=TODAY) == plan
    assert kpi_plan(kpi, today=TODAY) == plan


def test_a_ramp_judges_each_period_by_the_line_on_its_last_day(company: Company) -> None:
    slug = kept(company, FALL)
    record(company, slug, 43.0)
    line = 48 + (40 - 48) * ((MONDAY - timedelta(days=1)) - FALL.since).days / (date(2026, 11, 30) - FALL.since).days
    page = kpi_page(company.actor(), slug, today=TODAY)
    assert page.tile.target is not None
    assert page.tile.target.high == pytest.approx(line)
    assert (page.tile.word, round(line, 1)) == (KpiWord.CLOSE, 41.9)
    (tile,) = [t for _, tiles in board(company.actor(), view="all", today=TODAY).groups for t in tiles]
    assert tile.target == page.tile.target
    explained = explained_kpi(company.actor(), slug, today=TODAY).explanations[0]
    assert {"the line begins at", "it comes to"} <= {given.label for given in explained.inputs}


def test_the_open_period_stands_beside_the_line(company: Company) -> None:
    slug = kept(company, FALL)
    record(company, slug, 43.0)
    assert kpi_page(company.actor(), slug, today=TODAY).beside is None
    okr.record_readings(by=company.actor(), kpi=slug, readings=[okr.NewReading(day=TODAY, value=70.0)], now=NOW)
    page = kpi_page(company.actor(), slug, today=TODAY)
    assert page.beside is not None
    assert (page.beside.value, page.beside.word) == (70.0, KpiWord.OFF_TARGET)
    assert page.tile.word == KpiWord.CLOSE


def test_a_period_without_a_target_takes_the_one_before(company: Company) -> None:
    first = MONDAY - timedelta(weeks=3)
    plan = PerPeriod({
        first: Target(TargetRule.AT_MOST, high=44.0), MONDAY - timedelta(weeks=1): Target(TargetRule.AT_MOST, high=36.0)
    })  # fmt: skip
    slug = kept(company, plan)
    record(company, slug, 50.0, 40.0, 40.0, 40.0)
    page = kpi_page(company.actor(), slug, today=TODAY)
    ends = [target.high if (target := page.target_of(p.start)) else None for p in page.points]
    assert ends == [None, 44.0, 44.0, 36.0]
    assert KpiScore.objects.get(metric__slug=slug).off_streak == 1


def test_board_listing_and_page_judge_by_the_target_of_the_period_shown(company: Company) -> None:
    slug = kept(company, Target(TargetRule.AT_MOST, high=45.0))
    record(company, slug, 44.0)
    new = draft(company, Target(TargetRule.AT_MOST, high=30.0))
    okr.edit_kpi(by=company.actor(), slug=slug, draft=new, today=TODAY, now=NOW)
    actor = company.actor()
    (tile,) = [t for _, tiles in board(actor, view="all", today=TODAY).groups for t in tiles]
    (listed,) = list_all_kpis(actor, today=TODAY, filters={}).items
    shown = show_kpi(actor, slug, today=TODAY)
    page = kpi_page(actor, slug, today=TODAY)
    assert tile.target == page.tile.target == Target(TargetRule.AT_MOST, high=45.0)
    assert (tile.word, listed["status"], shown["status"]) == ("on_target",) * 3
    assert listed["target"]["high"] == shown["target"]["high"] == 45.0
    assert [version["target"]["high"] for version in list_targets(get_kpi(actor, slug))] == [45.0, 30.0]


def test_a_version_that_begins_within_a_period_judges_it_everywhere(company: Company) -> None:
    slug = kept(company, Target(TargetRule.AT_MOST, high=45.0))
    record(company, slug, 44.0)
    since = MONDAY - timedelta(days=3)  # within the week that is shown
    new = draft(company, Target(TargetRule.AT_MOST, high=30.0), target_since=since)
    okr.edit_kpi(by=company.actor(), slug=slug, draft=new, today=TODAY, now=NOW)
    actor = company.actor()
    (tile,) = [t for _, tiles in board(actor, view="all", today=TODAY).groups for t in tiles]
    assert (tile.word, tile.target) == ("off_target", Target(TargetRule.AT_MOST, high=30.0))
    assert show_kpi(actor, slug, today=TODAY)["target"]["high"] == 30.0


def test_a_target_may_begin_on_a_later_day(company: Company) -> None:
    slug = kept(company, Target(TargetRule.AT_MOST, high=45.0))
    later = draft(company, Target(TargetRule.AT_MOST, high=30.0), target_since=date(2027, 1, 1))
    okr.edit_kpi(by=company.actor(), slug=slug, draft=later, today=TODAY, now=NOW)
    kpi = get_kpi(company.actor(), slug)
    assert kpi_plan(kpi, today=TODAY) == Target(TargetRule.AT_MOST, high=45.0)
    assert kpi_plan(kpi, today=date(2027, 1, 1)) == Target(TargetRule.AT_MOST, high=30.0)
    told = Event.objects.filter(verb="changed", kind="kpi").order_by("id").last()
    assert told is not None
    assert told.data["changes"] == {"target": ["at most 45", "at most 30"], "target_since": [None, "2027-01-01"]}


@pytest.mark.parametrize(
    ("plan", "given", "says"),
    [
        (Ramp(30.0, date(2026, 10, 1), ((date(2026, 12, 31), 48.0),)), {}, "this target rises"),
        (Ramp(48.0, date(2026, 10, 1), ((date(2026, 12, 31), 30.0),)), {"direction": "within"}, "this target falls"),
        (Ramp(48.0, date(2026, 10, 1), ()), {}, "Write the value to reach"),
        (Ramp(48.0, date(2026, 10, 1), ((date(2026, 9, 1), 30.0),)), {}, "does not come after"),
        (PerPeriod({}), {}, "at least one period"),
        (PerPeriod({TODAY: Target(TargetRule.AT_MOST, high=3.0)}), {}, "begins no week"),
        (PerPeriod({MONDAY: Target(TargetRule.AT_LEAST, low=3.0)}), {}, "goes with a target of at most"),
        (Target(TargetRule.AT_MOST, high=3.0, as_given="x" * 201), {}, "201 characters"),
    ],
)
def test_targets_that_nothing_could_be_held_against(
    company: Company, plan: object, given: dict[str, object], says: str
) -> None:
    with pytest.raises((Invalid, BadTarget), match=says):
        kept(company, plan, **given)
    assert not TargetVersion.objects.exists()


def test_the_database_keeps_targets_whole(company: Company) -> None:
    kept(company, FALL)
    version, metric = TargetVersion.objects.get(), Metric.objects.get(is_kpi=True)
    for broken in (
        lambda: TargetVersion.objects.create(metric=metric, since=TODAY, rule="ramp", start=4.0),
        lambda: TargetVersion.objects.create(metric=metric, since=TODAY, rule="at_most", high=4.0, start=4.0),
        lambda: TargetPoint.objects.create(version=version, day=TODAY),
        lambda: TargetPoint.objects.create(version=version, day=date(2026, 12, 31), high=3.0),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


def test_a_workspace_goes_with_its_targets(company: Company) -> None:
    kept(company, FALL)
    delete_workspace(slug=company.slug, only_sample=False)
    assert not TargetPoint.objects.exists()
    assert not TargetVersion.objects.exists()


def test_the_chart_draws_steps_and_slopes(company: Company) -> None:
    slug = kept(company, FALL)
    record(company, slug, 50.0, 47.0, 44.0)
    shown = kpi_page(company.actor(), slug, today=TODAY)
    low, high = chart_input(shown, today=TODAY, last=52).targets
    assert low == (None,) * 3
    values = [aim.value for aim in high if aim is not None]
    assert values == sorted(values, reverse=True)
    assert all(aim.is_sloped for aim in high if aim is not None)


def test_the_form_writes_each_form_of_target_and_shows_it_again(company: Company, client: Client) -> None:
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    slug = company.kpi()
    address = reverse("kpi_edit", args=[company.slug, slug])
    basics = {
        "name": "First reply time", "unit": "min", "frequency": "week", "direction": "lower", "aggregation": "stock",
        "lead": company.ids["lead"], "team": company.team, "tolerance": "2",
    }  # fmt: skip

    def save(**given: object) -> str:
        answer = client.post(address, basics | given)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        return client.get(address).content.decode()

    page = save(
        rule="ramp", start="48", start_on="2026-09-28", goals="2026-11-30 40\n2026-12-31 30", as_given="30 by New Year"
    )
    assert kpi_plan(get_kpi(company.actor(), slug), today=date(2099, 1, 1)) == FALL
    assert "2026-11-30 40\n2026-12-31 30</textarea>" in page
    assert "30 by New Year" in client.get(reverse("kpi", args=[company.slug, slug])).content.decode()
    page = save(rule="periods", periods="2026-W40 44\n2026-W46 36", high="30")
    assert "2026-09-28 44\n2026-11-09 36</textarea>" in page
    assert "Each period" in client.get(reverse("kpi", args=[company.slug, slug])).content.decode()
    save(rule="none", high="30")
    assert kpi_plan(get_kpi(company.actor(), slug), today=date(2099, 1, 1)) is None
    for given, says in (
        ({"rule": "ramp", "goals": "2026-12-31 30"}, "A line begins somewhere"),
        ({"rule": "ramp", "start": "48", "start_on": "2026-10-01", "goals": "New Year 30"}, "Line 1, “New Year 30”"),
        ({"rule": "periods", "periods": "2026-W40 44\n2026-W40 36"}, "a second time"),
        ({"rule": "periods", "periods": ""}, "at least one period"),
    ):
        answer = client.post(address, basics | given)
        assert answer.status_code == 422
        assert says in answer.content.decode()


def weekly(company: Company, values: dict[date, float], today: date, **given: object) -> list[Compared]:
    slug = company.kpi(f"Compared on {today}", **given)
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    readings = [okr.NewReading(day=day, value=value) for day, value in values.items()]
    okr.record_readings(by=company.actor(), kpi=slug, readings=readings, now=now)
    return list(kpi_page(company.actor(), slug, today=today).compared)


def test_a_value_is_compared_with_the_period_before_the_year_before_and_its_target(company: Company) -> None:
    values = {date(2025, 11, 10): 50.0, date(2026, 11, 2): 44.0, date(2026, 11, 9): 40.0}
    before, year, target = weekly(company, values, date(2026, 11, 18))
    assert before.comparison is not None
    assert (before.start, before.comparison.difference, before.comparison.change) == (
        date(2026, 11, 2),
        -4.0,
        Change.BETTER,
    )
    assert year.comparison is not None
    assert (year.start, year.comparison.share, year.remark) == (date(2025, 11, 10), -0.2, "")  # week 46 with week 46
    assert target.comparison is not None
    assert (target.comparison.difference, target.comparison.change) == (10.0, Change.WORSE)


def test_week_53_compares_with_week_52_and_says_so(company: Company) -> None:
    values = {date(2025, 12, 22): 50.0, date(2026, 12, 28): 40.0}
    _, year, _ = weekly(company, values, date(2027, 1, 5))
    assert year.comparison is not None
    assert (year.start, year.comparison.difference) == (date(2025, 12, 22), -10.0)
    assert year.remark == "2026-W53 compares with 2025-W52: 2025 had no week 53."


def test_29_february_compares_with_the_day_364_days_before(company: Company) -> None:
    values = {date(2027, 3, 2): 10.0, date(2028, 2, 29): 12.0}
    _, year, _ = weekly(company, values, date(2028, 3, 1), frequency="day")
    assert (year.start, year.comparison is None) == (date(2027, 3, 2), False)


def test_what_is_missing_is_compared_with_nothing(company: Company, client: Client) -> None:
    before, year, _ = weekly(company, {date(2026, 11, 9): 40.0}, date(2026, 11, 18), target=None)
    assert (before.comparison, year.comparison) == (None, None)
    client.force_login(company.users["lead"], backend="allauth.account.auth_backends.AuthenticationBackend")
    slug = company.kpi("Nothing yet")
    assert client.get(reverse("kpi", args=[company.slug, slug])).status_code == 200
