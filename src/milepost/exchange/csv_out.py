"""Tables as CSV that a spreadsheet only reads: no cell of it is ever run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

RISKY = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
MARK = "'"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
# Where a cell begins: at the front, and where a spreadsheet that splits at semicolons, tabs or lines would begin one.
_BEGIN = r"(^|[;\t\r\n]\"*)"
_RUN = r"(?='*[=+@\t\r-])"
_TO_MARK, _MARKED = re.compile(_BEGIN + _RUN), re.compile(_BEGIN + MARK + _RUN)
BOM = "\ufeff"  # by which a spreadsheet knows the letters


def cell(value: object) -> str:
    """Return what stands in a cell: numbers as they are, moments in UTC, text that cannot become a formula.

    A text that a spreadsheet would run gets an apostrophe in front, and so does a part of a text that
    would become a cell where the file is split at semicolons. One that begins with apostrophes before
    such a sign gets one more, so that `text_of` gives every text back as it was.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if _NUMBER.fullmatch(text) else _TO_MARK.sub(rf"\1{MARK}", text)


def text_of(written: str) -> str:
    """Return the text that `cell` wrote; what a person typed into a spreadsheet stays as it is."""
    return written if _NUMBER.fullmatch(written.removeprefix(MARK)) else _MARKED.sub(r"\1", written)


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return a table line by line, its header first, for a file or a streamed answer."""
    yield BOM + _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([cell(value) for value in row])
    return out.getvalue()
