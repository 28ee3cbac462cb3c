"""Targets over time as people write them."""

from datetime import date

import pytest

from milepost.core.calendar import Frequency
from milepost.core.target import BadTarget, Target, TargetRule
from milepost.core.target_text import goals_text, periods_text, read_goals, read_periods

Q4, Q1 = date(2026, 10, 1), date(2027, 1, 1)


def periods(text: str, rule: TargetRule = TargetRule.AT_LEAST, **given: object) -> dict[date, Target]:
    return read_periods(text, rule=rule, frequency=Frequency.QUARTER, tolerance=2.0, **given)  # type: ignore[arg-type]


def test_goals_are_read_a_line_each_and_written_as_they_are_read() -> None:
    goals = ((date(2026, 12, 31), 1200.0), (date(2027, 6, 30), 30.5))
    assert read_goals("2026-12-31  1 200\n\n2027-06-30 30,5 ") == goals
    assert read_goals(goals_text(goals)) == goals


def test_periods_are_read_by_their_names_and_written_by_their_first_days() -> None:
    found = periods("2026-Q4 1 200\n2027-Q1 1300")
    assert found == {
        Q4: Target(TargetRule.AT_LEAST, low=1200.0, tolerance=2.0),
        Q1: Target(TargetRule.AT_LEAST, low=1300.0, tolerance=2.0),
    }
    assert periods_text(found) == "2026-10-01 1200\n2027-01-01 1300"
    assert periods(periods_text(found)) == found
    ranges = periods("2026-Q4 10 to 20", TargetRule.WITHIN, as_given="Ten to twenty")
    assert ranges == {Q4: Target(TargetRule.WITHIN, low=10.0, high=20.0, tolerance=2.0, as_given="Ten to twenty")}
    assert periods(periods_text(ranges), TargetRule.WITHIN, as_given="Ten to twenty") == ranges
    assert periods("2026-Q4 3", TargetRule.AT_MOST)[Q4].high == 3.0
    assert list(periods("2026-11-02 3", fiscal_month=2)) == [date(2026, 11, 1)]


@pytest.mark.parametrize(
    ("text", "rule", "says"),
    [
        ("2026-Q4 1200\n2026-Q9 3", TargetRule.AT_LEAST, "Line 2, “2026-Q9 3”"),
        ("2026-Q4", TargetRule.AT_LEAST, "2026-Q4 1200"),
        ("2026-Q4 10", TargetRule.WITHIN, "10 to 20"),
        ("2026-Q4 10 to 20", TargetRule.AT_MOST, "2026-Q4 1200"),
        ("2026-Q4 10\n2026-11-03 12", TargetRule.AT_LEAST, "Line 2 names 2026-Q4 a second time"),
        ("2026 10", TargetRule.AT_LEAST, "Line 1"),
        ("2026-Q4 1e999", TargetRule.AT_LEAST, "Line 1"),
    ],
)
def test_lines_that_cannot_be_read_are_named(text: str, rule: TargetRule, says: str) -> None:
    with pytest.raises(BadTarget, match=says):
        periods(text, rule)


@pytest.mark.parametrize("text", ["31.12.2026 30", "2026-12-31", "2026-12-31 thirty", "2026-02-30 3"])
def test_goals_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(BadTarget, match="Line 1"):
        read_goals(text)


def test_many_lines_are_too_many() -> None:
    with pytest.raises(BadTarget, match="401 lines"):
        read_goals("\n".join(["2026-12-31 3"] * 401))
