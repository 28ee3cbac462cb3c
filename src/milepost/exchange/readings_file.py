"""Values of a KPI out of a CSV file: read, checked and added up before anything is written."""

import csv
import io
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from milepost.core.calendar import Frequency, NotAPeriod, parse_period
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.series import Aggregation
from milepost.core.units import ratio_value
from milepost.okr.actions import NewReading

MOST_PROBLEMS = 1000  # shown; the rest is counted
MOST_ROWS = 1_000_000
MOST_SECONDS = 60  # of work on one file: a file that takes longer was made to
LONGEST_CELL = 100
_SIGNATURES = {
    b"PK\x03\x04": "a ZIP or XLSX file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\x1f\x8b": "a packed file",
}


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns mean what: a date, and either a value or the two counts of a ratio.

    `where` keeps only rows in which each column holds exactly that text; "" is an empty cell.
    """

    date: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell; rows are counted as lines of a table, the header being row 1."""

    row: int
    column: str
    value: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says: rows taken, rows left out by `where`, one reading a period, problems."""

    rows: int
    left_out: int
    periods: tuple[NewReading, ...]
    problems: tuple[Problem, ...]
    problem_count: int

    @property
    def first(self) -> date | None:
        """Return the first day of the oldest period."""
        return self.periods[0].day if self.periods else None

    @property
    def last(self) -> date | None:
        """Return the first day of the newest period."""
        return self.periods[-1].day if self.periods else None


@dataclass(slots=True)
class _Period:
    first_row: int
    rows: int = 0
    values: list[float] = field(default_factory=list)
    numerators: list[float] = field(default_factory=list)
    denominators: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Problems:
    shown: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, column: str, value: str, rule: str, sentence: str) -> None:
        self.count += 1
        if len(self.shown) < MOST_PROBLEMS:
            short = value if len(value) <= LONGEST_CELL else value[: LONGEST_CELL - 1] + "…"
            self.shown.append(Problem(row, column, short.replace("\0", "␀"), rule, sentence))


def read_values(
    data: bytes,
    columns: Columns,
    *,
    frequency: Frequency,
    how: Aggregation,
    unit_code: str,
    today: date,
    fiscal_month: int = 1,
    progress: Callable[[int], None] | None = None,
) -> ReadFile:
    """Return one reading for each period of a CSV file, with every problem found on the way.

    Rows of one period are added up: sums of counts for a ratio, a sum for a flow, the mean, highest
    or lowest where the KPI counts so. Of a stock or a distinct count a period has one row.

    Args:
        data: the file, UTF-8 with or without a mark, any line ends; comma, semicolon or tab.
        progress: called with the number of rows read, now and then.

    Raises:
        UnreadableFile: it is no CSV text, or a column is not in it.

    Source: rules K4, K9.
    """
    reader = _reader(_decode(data))
    header = _header(reader)
    place = _places(header, columns)
    problems, taken, left_out = _Problems(), 0, 0
    found: dict[date, _Period] = {}
    start = time.monotonic()
    for number, cells in enumerate(_rows(reader, problems), start=2):
        if number % 5000 == 0 and time.monotonic() - start > MOST_SECONDS:
            raise UnreadableFile(f"Reading this file takes more than {MOST_SECONDS} seconds. Split it.")
        if progress is not None and number % 2000 == 0:
            progress(number)
        if number > MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if cells is None or not any(cells):
            continue
        if len(cells) != len(header):
            problems.add(
                number,
                "",
                ", ".join(cells),
                "columns",
                f"This row has {len(cells)} cells, the header {len(header)}. Add or remove separators.",
            )
            continue
        if any(cells[at] != wanted for at, wanted in place.where):
            left_out += 1
            continue
        taken += 1
        _take(cells, number, place, found, problems, frequency=frequency, today=today, fiscal_month=fiscal_month)
    readings = _add_up(found, problems, how=how, unit_code=unit_code, is_ratio=columns.numerator is not None)
    if not taken and not problems.count:
        raise UnreadableFile("No row is left to import. Loosen the conditions after “where”.")
    return ReadFile(taken, left_out, tuple(readings), tuple(problems.shown), problems.count)


@dataclass(frozen=True, slots=True)
class _Places:
    date: int
    value: int | None
    numerator: int | None
    denominator: int | None
    where: tuple[tuple[int, str], ...]
    names: tuple[str, ...]


def _decode(data: bytes) -> str:
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFile(f"This is {kind}, not CSV text. Save the table as CSV (UTF-8) and try again.")
    if not data.strip():
        raise UnreadableFile("The file is empty.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("The file is UTF-16 text. Save it as CSV (UTF-8) and try again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"Line {line} holds a byte (0x{data[error.start]:02x}) that is not UTF-8. Save the file as CSV (UTF-8)."
        ) from None


def _reader(text: str) -> "Iterator[list[str]]":
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _header(reader: "Iterator[list[str]]") -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except csv.Error as error:
        raise UnreadableFile(f"The header cannot be read as CSV: {error}.") from None
    except StopIteration:
        raise UnreadableFile("The file is empty.") from None
    return header


def _rows(reader: "Iterator[list[str]]", problems: _Problems) -> "Iterator[list[str] | None]":
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(number, "", "", "csv", f"This row cannot be read as CSV: {error}. Mend its quotes.")
            yield None
            continue
        if any("\0" in cell for cell in cells):
            at = next(i for i, cell in enumerate(cells) if "\0" in cell)
            problems.add(number, str(at + 1), cells[at], "nul", "The cell holds a NUL byte. Remove it.")
            yield None
            continue
        yield [cell.strip() for cell in cells]


def _places(header: list[str], columns: Columns) -> _Places:
    def find(name: str) -> int:
        if name in header:
            return header.index(name)
        shown = ", ".join(name[:40] for name in header[:12])
        raise UnreadableFile(f"There is no column “{name[:60]}”. The file has: {shown}.")

    if (columns.value is None) == (columns.numerator is None) or (columns.numerator is None) != (
        columns.denominator is None
    ):
        raise UnreadableFile("Name either the column of the value, or those of numerator and denominator.")
    return _Places(
        date=find(columns.date),
        value=None if columns.value is None else find(columns.value),
        numerator=None if columns.numerator is None else find(columns.numerator),
        denominator=None if columns.denominator is None else find(columns.denominator),
        where=tuple((find(name), wanted) for name, wanted in columns.where),
        names=tuple(header),
    )


def _take(
    cells: list[str],
    number: int,
    place: _Places,
    found: dict[date, _Period],
    problems: _Problems,
    *,
    frequency: Frequency,
    today: date,
    fiscal_month: int,
) -> None:
    text = cells[place.date]
    start = None
    try:
        start = parse_period(text, frequency, fiscal_month=fiscal_month)
    except NotAPeriod as error:
        problems.add(number, place.names[place.date], text, "date", str(error))
    if start is not None and start > today:
        problems.add(
            number,
            place.names[place.date],
            text,
            "future-date",
            f"{text} has not come yet. Correct the date.",
        )
        start = None
    numbers: list[float | None] = []
    for at in (place.value, place.numerator, place.denominator):
        if at is None:
            continue
        try:
            numbers.append(parse_number(cells[at]))
        except NotANumber as error:
            problems.add(number, place.names[at], cells[at], "number", str(error))
            numbers.append(None)
    if start is None or any(n is None for n in numbers):
        return
    known = [n for n in numbers if n is not None]
    if place.value is None and known[1] < 0:
        at = place.denominator or 0
        problems.add(number, place.names[at], cells[at], "negative-count", "A count cannot be negative.")
        return
    period = found.setdefault(start, _Period(first_row=number))
    period.rows += 1
    if place.value is not None:
        period.values.append(known[0])
        period.first_row = number if period.rows == 2 else period.first_row  # noqa: PLR2004 - the one too many
    else:
        period.numerators.append(known[0])
        period.denominators.append(known[1])


def _add_up(
    found: dict[date, _Period], problems: _Problems, *, how: Aggregation, unit_code: str, is_ratio: bool
) -> list[NewReading]:
    readings: list[NewReading] = []
    for start in sorted(found):
        period = found[start]
        if is_ratio:
            top, bottom = _sum(period.numerators), _sum(period.denominators)
            value = ratio_value(numerator=top, denominator=bottom, unit_code=unit_code)
            if value is None or not math.isfinite(value):
                continue  # nothing was counted in this period, so it has no value
            readings.append(NewReading(day=start, value=value, numerator=top, denominator=bottom))
            continue
        total = _together(period.values, how)
        if total is None:
            problems.add(
                period.first_row,
                "",
                start.isoformat(),
                "duplicate-period",
                f"{period.rows} rows are of the period of {start.isoformat()}, but such a KPI has one value a period. "
                "Keep one of them, or choose rows by a condition.",
            )
        elif not math.isfinite(total):
            problems.add(period.first_row, "", start.isoformat(), "number", "The sum of this period is too large.")
        else:
            readings.append(NewReading(day=start, value=total))
    return readings


def _together(values: list[float], how: Aggregation) -> float | None:
    if len(values) == 1:
        return values[0]
    match how:
        case Aggregation.FLOW:
            return _sum(values)
        case Aggregation.STOCK_MEAN:
            return math.fsum(values) / len(values)
        case Aggregation.MAX:
            return max(values)
        case Aggregation.MIN:
            return min(values)
    return None


def _sum(values: list[float]) -> float:
    """Return the sum, infinite where it outgrows a float."""
    try:
        return math.fsum(values)
    except OverflowError:
        return math.inf
