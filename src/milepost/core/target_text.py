"""Targets over time as people write them: a day or a period and a value, one a line."""

from collections.abc import Mapping
from datetime import date

from milepost.core.calendar import Frequency, NotAPeriod, parse_period
from milepost.core.fiscal import period_name
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.target import BadTarget, Target, TargetRule

MOST_LINES = 400
SHOWN = 40  # letters of a line that cannot be read
_ENDS = 2


def read_goals(text: str) -> tuple[tuple[date, float], ...]:
    """Return the days and values of a ramp, one a line: 2026-12-31 30.

    Raises:
        BadTarget: with the line that cannot be read.

    Source: rule K2.
    """
    found = []
    for number, line in _lines(text):
        day, _, value = line.partition(" ")
        try:
            found.append((date.fromisoformat(day), parse_number(value)))
        except (ValueError, NotANumber):
            raise BadTarget(_unreadable(number, line, "2026-12-31 30")) from None
    return tuple(found)


def read_periods(
    text: str, *, rule: TargetRule, frequency: Frequency, tolerance: float, fiscal_month: int = 1, as_given: str = ""
) -> dict[date, Target]:
    """Return the target of each period named, one a line: 2026-Q4 1200, or of a range 2026-Q4 10 to 20.

    Args:
        rule: what each of them is.
        fiscal_month: the month (1..12) in which quarters and years begin.

    Raises:
        BadTarget: with the line that cannot be read, or that names a period twice.

    Source: rules K2, K9.
    """
    found: dict[date, Target] = {}
    sample = "2026-Q4 10 to 20" if rule == TargetRule.WITHIN else "2026-Q4 1200"
    for number, line in _lines(text):
        name, _, rest = line.partition(" ")
        try:
            start = parse_period(name, frequency, fiscal_month=fiscal_month)
            values = [parse_number(part) for part in rest.split(" to ")]
        except (NotAPeriod, NotANumber):
            raise BadTarget(_unreadable(number, line, sample)) from None
        if len(values) != (_ENDS if rule == TargetRule.WITHIN else 1):
            raise BadTarget(_unreadable(number, line, sample))
        if start in found:
            raise BadTarget(f"Line {number} names {period_name(start, frequency)} a second time. Keep one of the two.")
        low = values[0] if rule != TargetRule.AT_MOST else None
        high = values[-1] if rule != TargetRule.AT_LEAST else None
        found[start] = Target(rule, low=low, high=high, tolerance=tolerance, as_given=as_given)
    return found


def goals_text(goals: tuple[tuple[date, float], ...]) -> str:
    """Return the days and values of a ramp as `read_goals` reads them.

    Source: rule K2.
    """
    return "\n".join(f"{day.isoformat()} {value:.12g}" for day, value in goals)


def periods_text(targets: Mapping[date, Target]) -> str:
    """Return the targets of periods as `read_periods` reads them, each by its first day.

    Source: rule K2.
    """
    lines = []
    for start, target in sorted(targets.items()):
        ends = [f"{value:.12g}" for value in (target.low, target.high) if value is not None]
        lines.append(f"{start.isoformat()} {' to '.join(ends)}")
    return "\n".join(lines)


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(at, " ".join(line.split())) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, line) for at, line in lines if line]
    if len(lines) > MOST_LINES:
        raise BadTarget(f"These are {len(lines)} lines. Write {MOST_LINES} at most.")
    return lines


def _unreadable(number: int, line: str, sample: str) -> str:
    return f"Line {number}, “{line[:SHOWN]}”, cannot be read. Write it like {sample}."
