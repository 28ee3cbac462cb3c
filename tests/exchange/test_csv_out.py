"""No cell that Milepost writes is ever run by a spreadsheet, and every text comes back as it was."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.exchange.csv_out import BOM, RISKY, cell, lines, text_of
from tests.exchange.formulas import FORMULAS

TEXT = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.text(
    "='+-@\t\r\n;,\" 1a", max_size=8
)


@pytest.mark.parametrize(("text", "written"), FORMULAS.items())
def test_a_formula_becomes_text(text: str, written: str) -> None:
    assert cell(text) == written
    assert text_of(cell(text)) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"), (-0.5, "-0.5"), (1e-9, "1e-09"), (0, "0"), ("-5.25", "-5.25"), ("+3", "+3"), ("12", "12"), (None, ""),
        (True, "yes"), (False, "no"), (date(2026, 11, 24), "2026-11-24"), ("First reply", "First reply"), ("O'Hara", "O'Hara"),
        ("'quoted'", "'quoted'"), (datetime(2026, 11, 24, 9, 30, 1, tzinfo=UTC), "2026-11-24T09:30:01Z"),
    ],
)  # fmt: skip
def test_numbers_stay_numbers_and_words_stay_words(value: object, written: str) -> None:
    assert cell(value) == written


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_what_is_written_is_read_back(texts: list[str]) -> None:
    (_, line) = lines(["a"], [texts])
    (row,) = csv.reader(io.StringIO(line, newline=""))
    assert [text_of(c) for c in row] == texts
    assert not [c for c in row if c.startswith(RISKY) and not _is_number(c)]


@pytest.mark.parametrize("separator", [";", "\t"])
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_no_cell_is_run_where_a_spreadsheet_splits_elsewhere(separator: str, texts: list[str]) -> None:
    """Where commas are decimals, a file is split at semicolons: quotes that stand amid a cell hold nothing together."""
    (_, line) = lines(["a"], [["", *texts]])
    cells = [c for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator) for c in row]
    assert not [c for c in cells if c.lstrip("\t\r\n").startswith(("=", "+", "-", "@")) and not _is_number(c)]


def test_a_table_begins_with_what_tells_a_spreadsheet_its_letters() -> None:
    assert list(lines(["Wer", "Größe"], [["é, ö", 1.5]])) == [f"{BOM}Wer,Größe\r\n", '"é, ö",1.5\r\n']


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
