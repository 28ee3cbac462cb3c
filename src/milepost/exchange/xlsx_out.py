"""Tables as XLSX that a spreadsheet only reads: a text is a cell of text, whatever it looks like."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from milepost.exchange.csv_out import RISKY
from milepost.workspace.errors import Invalid

MOST_ROWS = 1_048_575  # of a sheet, below the header
MOST_LETTERS = 32_767  # of a cell, an emoji counts as two
CUT = " … (cut here; the CSV has all of it)"
EXACT = 2**53  # a whole number beyond would be rounded
LARGEST = 1e307
FIRST_YEAR = 1900  # a sheet knows no day before
OPTIONS = {
    "constant_memory": True,  # a row is on the disk before the next one is made
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}


def book(header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str, now: datetime) -> IO[bytes]:
    """Write a table to a file that is gone once it is closed, and return it at its beginning.

    The header stands still above the rows; moments are dates in UTC.

    Raises:
        Invalid: the table has more rows than a sheet.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        with tempfile.TemporaryDirectory() as folder:  # its parts go with it, whatever happens
            _write(file, folder, header, rows, title=title, now=now)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(
    file: IO[bytes], folder: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str, now: datetime
) -> None:
    workbook = Workbook(file, {**OPTIONS, "tmpdir": folder})
    workbook.set_properties({"title": title, "created": now.astimezone(UTC).replace(tzinfo=None)})
    sheet = workbook.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    bold = workbook.add_format({"bold": True})
    formats: dict[type, Any] = {
        str: workbook.add_format({"quote_prefix": True}),  # stays a text where somebody edits the cell
        datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, max(len(name) + 2, 12))
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Invalid(
                f"This table has more than the {MOST_ROWS:,} rows that a sheet holds. Narrow it, or take it as CSV."
            )
        for column, value in enumerate(row):
            _cell(sheet, number, column, value, formats)
    workbook.close()


def _cell(sheet: Worksheet, row: int, column: int, value: object, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, int | float) and abs(value) <= (EXACT if isinstance(value, int) else LARGEST):  # no NaN
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.year > FIRST_YEAR:
        sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), formats[datetime])
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year > FIRST_YEAR:
        sheet.write_datetime(row, column, datetime.combine(value, time.min), formats[date])
    else:
        _text(sheet, row, column, value.isoformat() if isinstance(value, date) else str(value), formats)


def _text(sheet: Worksheet, row: int, column: int, text: str, formats: dict[type, Any]) -> None:
    text = _fitting(text.encode(errors="replace").decode())  # half a letter is no letter
    if text.startswith("<r>") and text.endswith("</r>"):
        # The writer takes what looks like this for markup of its own; in two runs it is a text as any other.
        sheet.write_rich_string(row, column, text[0], formats[str], text[1:])
    elif text:
        sheet.write_string(row, column, text, formats[str] if text.startswith(RISKY) else None)


def _fitting(text: str) -> str:
    """Return a text that a cell holds: a longer one is cut, and says so."""
    if len(text) <= MOST_LETTERS // 2 or _letters(text) <= MOST_LETTERS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MOST_LETTERS - _letters(CUT))]
    return kept.decode("utf-16-le", errors="ignore") + CUT


def _letters(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
