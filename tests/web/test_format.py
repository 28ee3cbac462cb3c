"""Numbers, dates and periods as pages write them."""

from datetime import date

import pytest

from milepost.core.target import Target, TargetRule
from milepost.web import format as words

TODAY = date(2026, 11, 22)
THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("value", "digits", "says"),
    [
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (43.0, 3, "43"),
        (1234567.0, 10, f"1{THIN}234{THIN}567"),
        (0.00012345, 3, "0.000123"),
        (-2.5, 3, f"{MINUS}2.5"),
        (99.999, 3, "100"),
        (1e15, 3, f"1{THIN}000{THIN}000{THIN}000{THIN}000{THIN}000"),
        (-0.0001, 1, f"{MINUS}0.0001"),
    ],
)
def test_number(value: float, digits: int, says: str) -> None:
    assert words.number(value, digits=digits) == says


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (43.0, "min", f"43{HARD}min"),
        (99.96, "%", f"99.96{THIN}%"),
        (100.0, "%", f"100{THIN}%"),
        (1_180_000.0, "EUR", f"€1.18{HARD}M"),
        (-12_400.0, "EUR", f"{MINUS}€12.4{HARD}k"),
        (999_600.0, "tickets", f"1{HARD}M{HARD}tickets".replace(f"M{HARD}", "M ")),
        (9_994.0, "", f"9{THIN}994"),
    ],
)
def test_with_unit(value: float, unit: str, says: str) -> None:
    assert words.with_unit(value, unit) == says


def test_every_digit_is_kept_where_asked() -> None:
    assert words.with_unit(1_180_250.5, "EUR", full=True) == f"€1{THIN}180{THIN}250.5"
    assert words.with_unit(None, "min") == "–"


def test_brief_leaves_the_unit_to_its_neighbour() -> None:
    assert words.brief(43.0, "min") == "43"
    assert words.brief(1_020_000.0, "EUR") == f"€1.02{HARD}M"
    assert words.brief(120_000.0, "tickets") == f"120{HARD}k"
    assert words.brief(10.784, "%") == "10.78"


@pytest.mark.parametrize(
    ("gap", "says"),
    [(0.2, "20 points behind plan"), (-0.01, "1 point ahead of plan"), (0.004, "on plan"), (-0.0, "on plan")],
)
def test_points(gap: float, says: str) -> None:
    assert words.points(gap) == says


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [(4.0, "min", f"+4{HARD}min"), (-0.31, "%", f"{MINUS}0.31{HARD}pts"), (0.0, "min", f"0{HARD}min")],
)
def test_change(value: float, unit: str, says: str) -> None:
    assert words.change(value, unit) == says


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 11, 8), "14 days ago"),
        (date(2026, 11, 7), "7 Nov"),
        (date(2025, 11, 7), "7 Nov 2025"),
        (None, "never"),
    ],
)
def test_ago(when: date | None, says: str) -> None:
    assert words.ago(when, today=TODAY) == says


@pytest.mark.parametrize(
    ("start", "frequency", "says"),
    [
        (date(2026, 11, 9), "week", "week of 9 Nov"),
        (date(2026, 10, 1), "month", "October"),
        (date(2025, 10, 1), "month", "October 2025"),
        (date(2026, 10, 1), "quarter", "Q4 2026"),
        (date(2026, 11, 1), "quarter", "Nov to Jan 2027"),
        (date(2026, 1, 1), "year", "2026"),
        (date(2026, 4, 1), "year", "Apr 2026 to Mar 2027"),
        (date(2026, 11, 9), "day", "9 Nov"),
        (None, "week", "–"),
    ],
)
def test_period(start: date | None, frequency: str, says: str) -> None:
    assert words.period(start, frequency, today=TODAY) == says


def test_targets_in_a_tile_and_in_a_sentence() -> None:
    least = Target(TargetRule.AT_LEAST, low=95.0)
    within = Target(TargetRule.WITHIN, low=14.0, high=24.0)
    assert words.target_short(least, "%") == f"≥ 95{THIN}%"
    assert words.target_words(least, "%") == f"at least 95{THIN}%"
    assert words.target_short(within, "months") == "14–24"
    assert words.target_words(within, "months") == f"14 to 24{HARD}months"
    assert words.target_words(None, "%") == "no target"


def test_initials_and_counts() -> None:
    assert [words.initials(name) for name in ("Ana Ruiz", "Plato", "", "Jean Luc Picard")] == ["AR", "P", "?", "JP"]
    assert [words.count(n, "person", "people") for n in (0, 1, 9, 10)] == [
        "no people", "one person", "nine people", "10 people",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (100 * 25 / 407, "6.14"),
        (1180250.53, f"1{THIN}180{THIN}250.53"),
        (1 / 3, "0.333"),
        (0.125, "0.125"),
        (43.0, "43"),
    ],
)
def test_a_typed_number_keeps_its_digits_and_a_computed_one_is_cut(value: float, says: str) -> None:
    assert words.exact(value) == says


def test_money_has_its_sign_or_its_code_in_front() -> None:
    space = "\u00a0"
    assert words.with_unit(1_180_250.5, "EUR", full=True) == f"€1{THIN}180{THIN}250.5"
    assert words.with_unit(-12, "CHF", full=True) == f"−CHF{space}12"
    assert words.with_unit(1_500_000, "PLN") == f"PLN{space}1.5{space}M"
    assert words.with_unit(9_000, "JPY", full=True) == f"¥9{THIN}000"
    assert words.change(-2, "SEK") == f"−SEK{space}2"
