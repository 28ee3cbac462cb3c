"""Lists in pages: an allow list of fields, filters and orders, and a cursor instead of a page number."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from milepost.workspace.errors import Invalid

MOST = 200


@dataclass(frozen=True, slots=True)
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
    rows: QuerySet[Any, Any],
    listing: Listing,
    *,
    filters: Mapping[str, object],
    sort: str = "id",
    cursor: str = "",
    limit: int = 50,
) -> Page:
    """Return a page of rows, in one query of the same cost at any depth.

    Args:
        filters: by the listing's names; None is left out.
        sort: one of the listing's orders, with - in front for downwards; ties go by id.
        cursor: `next` of the page before, "" for the first.

    Raises:
        Invalid: an unknown order, or a cursor that is none of this list.
    """
    downwards, name = sort.startswith("-"), sort.removeprefix("-")
    column = listing.sorts.get(name)
    if column is None:
        raise Invalid(f"This list can be sorted by {', '.join(listing.sorts)}.", field="sort")
    rows = filtered(rows, listing, filters)
    if cursor:
        rows = rows.filter(_after(cursor, column, key=listing.key, sort=sort, downwards=downwards))
    sign = "-" if downwards else ""
    order = [f"{sign}{column}"] if column == listing.key else [f"{sign}{column}", f"{sign}{listing.key}"]
    limit = max(1, min(limit, MOST))
    paths = tuple(listing.fields.values())
    found = list(rows.order_by(*order).values_list(listing.key, column, *paths)[: limit + 1])
    names = tuple(listing.fields)
    items = [dict(zip(names, row[2:], strict=True)) for row in found[:limit]]
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


def _after(cursor: str, column: str, *, key: str, sort: str, downwards: bool) -> Q:
    try:
        was, value, pk = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if was != sort or not isinstance(pk, int) or isinstance(pk, bool) or abs(pk) > 2**62:
            raise ValueError
        if column == key:
            return Q(**{f"{key}__{'lt' if downwards else 'gt'}": pk})
        if not isinstance(value, str) or "\0" in value:
            raise ValueError
    except (ValueError, TypeError, UnicodeError):
        raise Invalid("This cursor does not belong to this list. Begin at the first page.", field="cursor") from None
    beyond = "lt" if downwards else "gt"
    return Q(**{f"{column}__{beyond}": value}) | Q(**{column: value, f"{key}__{beyond}": pk})
