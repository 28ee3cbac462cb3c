"""Published figures, read by the command line, where the shared data is at hand."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from milepost.cli.main import app
from milepost.core.target import Target, TargetRule
from milepost.metrics import actions as metrics
from milepost.metrics import queries
from milepost.metrics.models import KpiScore, Metric, Reading
from milepost.okr import actions as okr
from tests.people import NOW, TODAY, Company

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Headline:
    """A yearly indicator: the last year with a value, its target by hand, and what the last value says."""

    name: str
    target: Target
    first: tuple[int, float]
    word: str


def at_most(value: float) -> Target:
    return Target(TargetRule.AT_MOST, high=value)


def at_least(value: float) -> Target:
    return Target(TargetRule.AT_LEAST, low=value)


# Targets as the published description of each indicator states them.
HEADLINES = (
    Headline("1-1-1", at_most(7.25), (2015, 14.5), "off_target"),
    Headline("12-1-1", at_least(30), (2015, 0.37), "off_target"),
    Headline("15-4-1", at_least(30), (1990, 4.4), "off_target"),
    Headline("3-13-1", at_most(10), (2016, 7.8), "off_target"),
    Headline("3-14-1", at_most(5), (2015, 18.8), "off_target"),
    Headline("8-6-1", at_least(244715), (2012, 159744), "off_target"),
    Headline("9-3-1", at_least(100), (2016, 84.3), "off_target"),
)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "200")


def run(*args: str) -> str:
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    return result.output


def small(folder: Path) -> Path:
    """The quirks of the published files in one of our own: blank dimensions, quotes, a breakdown."""
    path = folder / "indicator_1-1-1.csv"
    path.write_text(
        '"Year","Geography","Age group","GeoCode","Value"\n2015,"","",,14.5\n2016,"","",,12.9\n'
        '2016,"Nowhere","0 to 17",48,20.1\n2017,"","",,11.9\n'
    )
    return path


def test_headline_series_come_in_by_their_blank_dimensions_with_a_target_by_hand(
    company: Company, tmp_path: Path
) -> None:
    for headline in HEADLINES:
        path = SHARED / "canada_cif" / "data" / f"indicator_{headline.name}.csv"
        if not path.exists():
            if headline.name != "1-1-1":
                continue
            path = small(tmp_path)
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].replace('"', "").split(",")
        where = [part for name in header if name not in {"Year", "Value"} for part in ("--where", f"{name}=")]
        given = ["--kpi", headline.name, "--date", "Year", "--value", "Value", "--frequency", "year", *where]
        said = run("import", "readings", str(path), *given)
        assert "periods written, 0 stood there already" in said
        metric = Metric.objects.get(name=headline.name)
        first = Reading.objects.filter(metric=metric).order_by("valid_on").first()
        assert first is not None
        assert (first.valid_on.year, first.value) == headline.first
        again = run("import", "readings", str(path), *given)
        assert "0 periods written" in again
        kpi = queries.get_kpi(company.actor(), metric.slug or "")
        okr.edit_kpi(
            by=company.actor(),
            slug=kpi.slug or "",
            draft=metrics.KpiDraft(
                name=kpi.name, unit=kpi.unit_code, direction=headline_direction(headline), frequency="year",
                aggregation=kpi.aggregation, target=headline.target, lead_id=company.ids["lead"],
            ),
            today=TODAY,
            now=NOW,
        )  # fmt: skip
        okr.rebuild(by=company.operator(), now=NOW)
        score = KpiScore.objects.get(metric=metric)
        assert score.value_word in {"off_target", "on_target", "close"}, headline.name
        assert score.value is not None


def headline_direction(headline: Headline) -> str:
    return "lower" if headline.target.rule == TargetRule.AT_MOST else "higher"


def test_the_weekly_file_of_emergency_departments(company: Company, tmp_path: Path) -> None:
    """One weekly ratio over all sites; rows of one week are added up, a doubled key counts twice."""
    found = sorted((SHARED / "scotland_ae").glob("*.csv"))
    path = found[0] if found else tmp_path / "weekly.csv"
    if not found:
        path.write_text(
            "WeekEndingDate,TreatmentLocation,NumberWithin4HoursEpisode,NumberOfAttendancesEpisode\n"
            "20230625,A101H,9830,14000\n20230625,B202H,9000,13336\n"
        )
    said = run(
        "import", "readings", str(path), "--kpi", "Seen within 4 hours", "--date", "WeekEndingDate", "--numerator",
        "NumberWithin4HoursEpisode", "--denominator", "NumberOfAttendancesEpisode", "--at-least", "95",
    )  # fmt: skip
    assert "18 830 / 27 336" in said.replace("\u202f", " ").replace(",", " ")
    assert "68.9" in said
    score = KpiScore.objects.get(metric__name="Seen within 4 hours")
    assert score.value == pytest.approx(100 * 18830 / 27336)
    assert (score.value_word, score.word) == ("off_target", "unknown")  # the last value is three years old (K3)
    assert Reading.objects.count() == (436 if found else 1)
