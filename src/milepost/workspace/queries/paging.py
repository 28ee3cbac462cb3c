"""Lists in pages: an allow list of fields, filters and orders, and a cursor instead of a page number."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from milepost.prepared import prepared
from milepost.workspace.errors import Invalid

MOST = 200
Rows = Callable[..., QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True, eq=False)  # a listing is itself, so that it can be looked up by
class Listing:
    """What a list offers: JSON name to column, filter to lookup, order to column (never null).

    `key` is the whole number that no two rows of the list share, by which ties go.
    """

    fields: Mapping[str, str]
    filters: Mapping[str, str] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=lambda: {"id": "pk"})
    key: str = "pk"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, ready to be written as JSON; `next` is the cursor of the one after it."""

    items: list[dict[str, Any]]
    next: str | None


def page_of(
    rows: Rows,
    of: int | tuple[Any, ...],
    listing: Listing,
    *,
    filters: Mapping[str, object],
    sort: str = "id",
    cursor: str = "",
    limit: int = 50,
) -> Page:
    """Return a page of rows, in one query of the same cost at any depth.

    Args:
        rows: makes the whole list from what `of` holds, without looking at it: an id, or a reader's sight.
        filters: by the listing's names; None is left out.
        sort: one of the listing's orders, with - in front for downwards; ties go by id.
        cursor: `next` of the page before, "" for the first.

    Raises:
        Invalid: an unknown order, or a cursor that is none of this list.
    """
    column = listing.sorts.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(f"This list can be sorted by {', '.join(listing.sorts)}.", field="sort")
    limit = max(1, min(limit, MOST))
    given = {name: value for name, value in filters.items() if value is not None}
    switches = tuple((name, value) for name, value in given.items() if isinstance(value, bool))
    names = tuple(name for name, value in given.items() if not isinstance(value, bool))
    after = _after(cursor, column, key=listing.key, sort=sort) if cursor else ()
    whose = of if isinstance(of, tuple) else (of,)
    ask = _question(rows, len(whose), listing, names, switches, sort, len(after), limit)
    found = ask(*whose, *(given[name] for name in names), *after)
    fields = tuple(listing.fields)
    items = [dict(zip(fields, row[2:], strict=True)) for row in found[:limit]]
    last = found[limit - 1][:2] if len(found) > limit else None
    return Page(items, _cursor(sort, last[1], last[0]) if last is not None else None)


def filtered(rows: QuerySet[Any, Any], listing: Listing, filters: Mapping[str, object]) -> QuerySet[Any, Any]:
    """Return the rows that these filters leave; None is left out."""
    for name, value in filters.items():
        if value is not None:
            rows = rows.filter(**{listing.filters[name]: value})
    return rows


def one_of(rows: QuerySet[Any, Any], listing: Listing) -> dict[str, Any] | None:
    """Return the only row as the list would show it, None if there is none."""
    found = rows.values_list(*listing.fields.values()).first()
    return None if found is None else dict(zip(listing.fields, found, strict=True))


def _cursor(sort: str, value: object, pk: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([sort, value, pk])).decode().rstrip("=")


def _after(cursor: str, column: str, *, key: str, sort: str) -> tuple[object, ...]:
    """Return where a cursor stands: the id of the last row, before it its value where that is sorted by."""
    try:
        was, value, pk = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if was != sort or not isinstance(pk, int) or isinstance(pk, bool) or abs(pk) > 2**62:
            raise ValueError
        if column == key:
            return (pk,)
        if not isinstance(value, str) or "\0" in value:
            raise ValueError
    except (ValueError, TypeError, UnicodeError):
        raise Invalid("This cursor does not belong to this list. Begin at the first page.", field="cursor") from None
    return (value, pk)


@lru_cache(maxsize=500)
def _question(
    rows: Rows,
    width: int,
    listing: Listing,
    names: tuple[str, ...],
    switches: tuple[tuple[str, bool], ...],
    sort: str,
    after: int,
    limit: int,
) -> Callable[..., list[tuple[Any, ...]]]:
    """Return the prepared statement of lists of one shape; it takes whose list, the filters and the cursor.

    Args:
        width: how many arguments say whose list it is.
        names: filters with a value; `switches` those that are on or off, which SQL writes out.
        after: how many values the cursor has.
    """
    downwards, column = sort.startswith("-"), listing.sorts[sort.removeprefix("-")]
    sign, beyond = ("-", "lt") if downwards else ("", "gt")
    key = listing.key
    order = [f"{sign}{column}"] if column == key else [f"{sign}{column}", f"{sign}{key}"]

    @prepared
    def ask(*given: Any) -> QuerySet[Any, tuple[Any, ...]]:
        found, values = rows(*given[:width]), given[width:]
        for name, value in (*zip(names, values, strict=False), *switches):
            found = found.filter(**{listing.filters[name]: value})
        match values[len(names) :]:
            case [pk]:
                found = found.filter(**{f"{key}__{beyond}": pk})
            case [value, pk]:
                ties = Q(**{column: value, f"{key}__{beyond}": pk})
                found = found.filter(Q(**{f"{column}__{beyond}": value}) | ties)
        return found.order_by(*order).values_list(key, column, *listing.fields.values())[: limit + 1]

    return ask
