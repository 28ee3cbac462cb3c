"""Values out of files, good and bad."""

from datetime import date
from pathlib import Path

import pytest

from milepost.core.calendar import Frequency
from milepost.core.series import Aggregation
from milepost.exchange.readings_file import Columns, ReadFile, UnreadableFile, read_values

TODAY = date(2026, 11, 22)
RATIO = Columns(date="Week", numerator="Within", denominator="All")
HEADER = "Week,Site,Within,All\n"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def read(text: str | bytes, columns: Columns = RATIO, **given: object) -> ReadFile:
    options: dict[str, object] = {
        "frequency": Frequency.WEEK, "how": Aggregation.RATIO, "unit_code": "%", "today": TODAY,
    }  # fmt: skip
    options.update(given)
    data = text.encode() if isinstance(text, str) else text
    return read_values(data, columns, **options)  # type: ignore[arg-type]


def test_rows_of_one_week_are_added_up_and_both_of_a_double_key_count() -> None:
    got = read(HEADER + "20150503,A,195,221\n20150503,A,555,643\n20150503,B,10,136\n20150510,A,1,2\n")
    assert [(r.day, r.numerator, r.denominator) for r in got.periods] == [
        (date(2015, 4, 27), 760, 1000), (date(2015, 5, 4), 1, 2),
    ]  # fmt: skip
    assert got.periods[0].value == pytest.approx(76)
    assert (got.rows, got.problem_count) == (4, 0)


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbf" + (HEADER + "20150503,A,1,2\n").encode(),
    (HEADER + "20150503,A,1,2\n").replace("\n", "\r\n").encode(),
    (HEADER + "20150503,A,1,2\n").replace(",", ";").encode(),
    (HEADER + '"20150503","A","1","2"\n\n').encode(),
])  # fmt: skip
def test_marks_line_ends_separators_and_quotes_make_no_difference(data: bytes) -> None:
    assert read(data).periods[0].value == 50


def test_where_keeps_the_rows_whose_cells_are_blank() -> None:
    text = "Year,Place,Value\n2015,,14.5\n2015,North,20\n2016,,12.9\n"
    got = read(
        text,
        Columns(date="Year", value="Value", where=(("Place", ""),)),
        frequency=Frequency.YEAR,
        how=Aggregation.STOCK,
    )
    assert [r.value for r in got.periods] == [14.5, 12.9]
    assert (got.rows, got.left_out) == (2, 1)


@pytest.mark.parametrize(("row", "rule", "words"), [
    ("soon,A,1,2", "date", "names no week"),
    ("2026-12-07,A,1,2", "future-date", "has not come yet"),
    ("20150503,A,one,2", "number", "not a number"),
    ("20150503,A,NaN,2", "number", "not a number"),
    ("20150503,A,1e400,2", "number", "finite"),
    ("20150503,A,inf,2", "number", "not a number"),
    ("20150503,A,1,-2", "negative-count", "negative"),
    ("20150503,A,1", "columns", "3 cells, the header 4"),
    ("20150503,A,1,2\x00", "nul", "NUL"),
    ('20150503,"A,1,2', "csv", "Mend its quotes"),
    ("20150503," + "x" * 1_000_000 + ",1,2", "csv", "field larger"),
])  # fmt: skip
def test_one_bad_row_of_many_is_named_and_nothing_is_left_half(row: str, rule: str, words: str) -> None:
    good = "".join(f"20150503,S{i},1,2\n" for i in range(50))
    got = read(HEADER + good + row + "\n")
    assert got.problem_count == 1
    assert (got.problems[0].row, got.problems[0].rule) == (52, rule)
    assert words in got.problems[0].sentence
    assert len(got.problems[0].value) <= 100


def test_a_hundred_thousand_rows_with_one_bad_row() -> None:
    good = "".join(f"2015050{1 + i % 3},S{i},1,2\n" for i in range(100_000))
    got = read(HEADER + good + "20150503,A,bad,2\n")
    assert (got.problem_count, got.problems[0].row) == (1, 100_002)


def test_a_stock_has_one_row_a_period() -> None:
    got = read("D,V\n2026-11-16,4\n2026-11-17,5\n", Columns(date="D", value="V"), how=Aggregation.STOCK)
    assert (got.problems[0].rule, got.problems[0].row) == ("duplicate-period", 3)
    flow = read("D,V\n2026-11-16,4\n2026-11-17,5\n", Columns(date="D", value="V"), how=Aggregation.FLOW)
    assert flow.periods[0].value == 9


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"), (b"PK\x03\x04rest", "XLSX"), (b"%PDF-1.7", "PDF"), (b"\x89PNG\r\n", "picture"),
    (b"\xff\xfeW\x00", "UTF-16"), (b"Week,All\n2015,\xe9\n", "not UTF-8"), (b"Week,Other\n1,2\n", "no column"),
    (HEADER.encode(), "No row is left"),
])  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(data)


def test_the_problems_shown_are_at_most_a_thousand_and_all_are_counted() -> None:
    got = read(HEADER + "x,A,1,2\n" * 1500)
    assert (len(got.problems), got.problem_count) == (1000, 1500)


def real_files() -> list[Path]:
    """The published weekly activity of Scottish emergency departments, where the shared data is at hand."""
    return sorted((SHARED / "scotland_ae").glob("*.csv"))


def test_real_weeks_are_added_up_over_all_sites() -> None:
    columns = Columns(
        date="WeekEndingDate", numerator="NumberWithin4HoursEpisode", denominator="NumberOfAttendancesEpisode"
    )
    for path in real_files():
        got = read(path.read_bytes(), columns)
        last = got.periods[-1]
        assert (got.problem_count, len(got.periods)) == (0, 436)
        assert (last.day, last.numerator, last.denominator) == (date(2023, 6, 19), 18_830, 27_336)
        assert last.value == pytest.approx(68.9, abs=0.05)
    if not real_files():  # the quirk itself, in a small file of our own, when the real one is not there
        assert read(HEADER + "20150503,A,195,221\n20150503,A,555,643\n").periods[0].denominator == 864


def test_real_headline_series_are_the_rows_with_blank_dimensions() -> None:
    for path in sorted((SHARED / "canada_cif" / "data").glob("*.csv")):
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].replace('"', "").split(",")
        blank = tuple((name, "") for name in header if name not in {"Year", "Value"})
        columns = Columns(date="Year", value="Value", where=blank)
        got = read(path.read_bytes(), columns, frequency=Frequency.YEAR, how=Aggregation.STOCK)
        assert got.problem_count == 0, path.name
        assert len(got.periods) >= 5, path.name
