"""The whole loop, from a file to an objective, its check-in, its close and the verdict."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from milepost.core.target import Target, TargetRule
from milepost.okr import actions as okr
from milepost.okr.models import KeyResultScore, Objective
from tests.browser.conftest import Opener, Steps
from tests.people import Company

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "scotland_ae" / "weekly_ae_activity_20230625.csv"
COLUMNS = ("WeekEndingDate", "NumberWithin4HoursEpisode", "NumberOfAttendancesEpisode")


def weekly_file(folder: Path) -> Path:
    """Return the published file where it is at hand, else one of our own with the same quirks and last week."""
    if REAL.exists():
        return REAL
    rows = [",".join(f'"{c}"' for c in (*COLUMNS, "Site"))]
    for week in range(60):
        day = date.fromordinal(date(2023, 6, 25).toordinal() - 7 * (59 - week))
        within, all_ = (18_830, 27_336) if week == 59 else (17_000 + 37 * (week % 5), 25_000)
        half = within // 2
        rows += [f'"{day:%Y%m%d}",{half},{all_ // 2},"A"', f'"{day:%Y%m%d}",{within - half},{all_ - all_ // 2},"A"']
    path = folder / "weekly.csv"
    path.write_bytes("\ufeff".encode() + "\r\n".join(rows).encode())
    return path


def test_from_a_file_to_an_objective_to_a_verdict(
    living: Company, open_as: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MILEPOST_NOW", "2023-06-27T09:00+00:00")
    by = living.operator()
    okr.create_cycle(by=by, name="Q2 2023", first_day=date(2023, 4, 1), last_day=date(2023, 6, 30), now=_now())
    okr.create_cycle(by=by, name="Q3 2023", first_day=date(2023, 7, 1), last_day=date(2023, 9, 30), now=_now())
    living.kpi(
        "Seen within 4 hours", at=_now(), unit="%", direction="higher", aggregation="ratio",
        target=Target(TargetRule.AT_LEAST, low=95),
    )  # fmt: skip
    page = open_as("lead", f"/w/{living.slug}/kpis/seen-within-4-hours/import/")
    _import(page, weekly_file(tmp_path))
    expect(page.locator("h1")).to_have_text("Seen within 4 hours")
    expect(page.locator(".know-n")).to_contain_text("68.9")
    expect(page.locator(".know-n .st")).to_have_text("Off target")
    expect(page.locator("tbody tr").first).to_contain_text("18\u202f830 of 27\u202f336")

    # Off target, so the primary action is there; two steps make the objective.
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Start an objective").first)
    assert page.input_value("#id_target") == "95"
    assert float(page.input_value("#id_start")) == pytest.approx(68, abs=4)
    expect(page.locator("#id_cycle option:checked")).to_have_text("Q3 2023")
    assert "target is at least 95" in page.input_value("#id_why")
    steps.click(page.get_by_role("button", name="Save objective"))
    assert steps.count == 2
    objective = Objective.objects.get()
    assert objective.state == "active"
    expect(page.locator(".kr")).to_contain_text("reads the KPI")

    # The check-in on the first Monday of the cycle, from My week.
    monkeypatch.setenv("MILEPOST_NOW", "2023-07-03T09:00+00:00")
    page.goto(f"/w/{living.slug}/week/")
    page.get_by_text("4", exact=True).first.click()
    page.get_by_label("What changed for Seen within 4 hours").fill("Two wards reopened")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved one check-in")
    row = KeyResultScore.objects.get()
    assert row.confidence == 4
    assert row.value is not None

    # A new value moves the key result; the KPI goes on being watched.
    page.goto(f"/w/{living.slug}/kpis/seen-within-4-hours/")
    page.fill("#id_period", "2023-W26")
    page.fill("#id_numerator", "24000")
    page.fill("#id_denominator", "26000")
    page.get_by_role("button", name="Save value").click()
    expect(page.get_by_role("status")).to_contain_text("Value saved")
    assert KeyResultScore.objects.get().value > row.value

    # Close it; the KPI says before and after.
    page.goto(f"/w/{living.slug}/goals/{objective.pk}/close/")
    page.get_by_role("button", name="Close objective").click()
    expect(page.locator(".three")).to_contain_text("Grade")
    page.goto(f"/w/{living.slug}/kpis/seen-within-4-hours/")
    expect(page.get_by_text("What an objective did")).to_be_visible()
    expect(page.get_by_text("Too early to say.")).to_be_visible()


def _import(page: Page, path: Path) -> None:
    page.set_input_files("#id_file", path)
    for field, column in zip(("date", "numerator", "denominator"), COLUMNS, strict=True):
        page.fill(f"#id_{field}", column)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator(".sum")).to_contain_text("Periods")
    expect(page.get_by_text("18\u202f830 of 27\u202f336")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("periods written, 0 stood there already")


def _now():
    from milepost import clock

    return clock.now()
