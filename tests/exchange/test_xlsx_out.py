"""Every cell of a sheet comes back as what it was, and none is a formula, a link or markup."""

import io
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.exchange import xlsx_out
from milepost.exchange.csv_out import RISKY
from milepost.exchange.xlsx_out import CUT, MOST_LETTERS, book
from milepost.workspace.errors import Invalid
from tests.exchange.formulas import FORMULAS

NOW = datetime(2026, 11, 24, 9, 30, 1, tzinfo=UTC)
MARKUP = (
    "<r>x</r>", "<r></r>", '<r></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r></r>', "<is>", "</t>", "&amp;", "<r>", "</r>",
    "http://example.org", "mailto:a@b", "internal:Sheet1!A1", "{=1}", "12", "1e5", "TRUE", " spaces ", "_x0041_", "",
)  # fmt: skip


def read(rows: Iterable[Sequence[object]]) -> Any:
    with book(["a"], rows, title="Table", now=NOW) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))["Table"]


def values(*given: object) -> list[object]:
    """Return what comes back of a column of values."""
    sheet = read([[value, "end"] for value in given])
    return [_unescaped(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)]


def _unescaped(value: object) -> object:
    """Undo what the format does to letters that XML cannot hold; openpyxl leaves it to us."""
    return re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), value) if isinstance(value, str) else value


@pytest.mark.parametrize("text", [*FORMULAS, *MARKUP])
def test_a_text_is_a_text_whatever_it_looks_like(text: str) -> None:
    with book(["a"], [[text]], title="Table", now=NOW) as file:
        data = file.read()
    cell = openpyxl.load_workbook(io.BytesIO(data))["Table"]["A2"]
    assert _unescaped(cell.value or "") == text
    assert cell.data_type in ("s", "inlineStr") if text else cell.value is None
    assert cell.hyperlink is None
    assert bool(cell.quotePrefix) == text.startswith(RISKY)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert sheet.count("<c ") <= 2


@given(st.lists(st.text(max_size=20) | st.text("<r>/=+-@\t\r\n\0\x01\ufffe_x041", max_size=12), max_size=12))
def test_any_text_comes_back(texts: list[str]) -> None:
    assert [back or "" for back in values(*texts)] == [text.encode(errors="replace").decode() for text in texts]


def test_letters_that_xml_cannot_hold_do_not_break_the_file() -> None:
    every = "".join(map(chr, range(32))) + "\x7f\ufffe\uffff"
    assert values(every) == [every]
    assert values("half \ud83d") == ["half ?"]


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (-5, -5), (0, 0), (-0.5, -0.5), (1e-9, 1e-9), (2**53, 2**53), (2**53 + 1, str(2**53 + 1)), (1e300, 1e300), (1e308, "1e+308"), (None, None), (True, "yes"),
        (False, "no"), (float("nan"), "nan"), (float("-inf"), "-inf"), ("-5.25", "-5.25"), ("007", "007"),
        (date(2026, 11, 24), datetime.fromisoformat("2026-11-24")), (NOW, NOW.replace(tzinfo=None)), (date(1888, 1, 1), "1888-01-01"),
        (NOW.astimezone(timezone(timedelta(hours=9))), NOW.replace(tzinfo=None)),
    ],
)  # fmt: skip
def test_numbers_are_numbers_and_moments_are_dates_in_utc(value: object, back: object) -> None:
    assert values(value) == [back]
    assert type(values(value)[0]) is type(back)


def test_what_no_cell_holds_is_cut_and_says_so() -> None:
    fits = "é" * MOST_LETTERS
    (whole, cut, wide) = values(fits, fits + "!", "😀" * MOST_LETTERS)
    assert whole == fits
    assert isinstance(cut, str) and isinstance(wide, str)
    for text in (cut, wide):
        assert text.endswith(CUT)
        assert MOST_LETTERS - 1 <= len(text.encode("utf-16-le")) // 2 <= MOST_LETTERS


def test_the_header_is_bold_and_stands_still() -> None:
    sheet = read([[1]])
    assert (sheet.freeze_panes, sheet["A1"].value, sheet["A1"].font.bold) == ("A2", "a", True)


def test_a_table_beyond_a_sheet_is_refused_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 3)
    assert read([[n] for n in range(3)]).max_row == 4
    with pytest.raises(Invalid, match="more than the 3 rows that a sheet holds"):
        book(["a"], [[n] for n in range(4)], title="Table", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand() -> None:
    def peak(count: int) -> int:
        def rows() -> Iterator[list[object]]:
            for n in range(count):
                yield [n, NOW, f"Text {n}", "x" * 60]

        tracemalloc.start()
        with book(["a"] * 4, rows(), title="Table", now=NOW) as file:
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            file.seek(0)
            with zipfile.ZipFile(file) as parts:
                assert parts.read("xl/worksheets/sheet1.xml").count(b"<row ") == count + 1
        return most

    few, many = peak(10_000), peak(100_000)
    assert many < few + 1_000_000
    assert many < 4_000_000
