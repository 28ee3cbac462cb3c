"""Statements that are composed once and run many times (ADR 0005).

Turning a queryset into SQL costs more than running it: about 0.6 ms of 0.8. What a hot page or a
check-in asks is always the same question about other ids, so the question is compiled at its first
use and only the ids are put in afterwards. The ORM stays the only spelling of it.
"""

import copy
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ValuesListIterable

P = ParamSpec("P")
Row = TypeVar("Row")

_ROWS = 200  # in one statement
_DRESSED = frozenset({"DateField", "DateTimeField", "JSONField"})
_MARK = 4_611_686_018_427_000_000  # no id is ever near it


def prepared(build: Callable[P, "QuerySet[Any, Row]"]) -> Callable[P, list[Row]]:
    """Return a function that runs the queryset which `build` makes, compiled at its first use.

    `build` is called with stand-ins, so it may only hand its arguments on to filters: it must not
    look at them. Arguments come by position and are ints, strings, days, moments, or lists of ints for an
    `__in`; a list is padded to a power of two, so that few lengths are compiled. An empty list gives
    no rows without asking; the order of the rows is the queryset's.

    Raises:
        TypeError: an argument of another type (None would be another question: `IS NULL`).
        ValueError: `build` did not put an argument into the query unchanged.
    """
    known: dict[tuple[object, ...], _Compiled] = {}

    @wraps(build)
    def run(*given: P.args, **named: P.kwargs) -> list[Row]:
        if named:
            raise TypeError(f"{build.__name__} takes its arguments by position.")
        values, shape = _flat(build.__name__, given)
        if 0 in shape:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *shape)
        compiled = known.get(key)
        if compiled is None:
            compiled = known[key] = _Compiled(build, shape)
        return compiled.run(values)

    return run


class _Compiled:
    """A queryset with its SQL, and the places of the arguments among its parameters."""

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], shape: Sequence[object]) -> None:
        marks, arguments = _stand_ins(shape)
        self._rows = build(*arguments)
        self._compiler = self._rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, params = self._compiler.as_sql()
        converters = self._compiler.get_converters([s[0] for s in self._compiler.select[: self._compiler.col_count]])
        # A dictionary of Django's converters; which they are is asked once, not once a column and run.
        self._compiler.get_converters = lambda _expressions: converters
        self._is_plain = self._rows._iterable_class is ValuesListIterable
        self._params = list(params)
        self._places = _places(build.__name__, marks, self._params)
        self._days = frozenset(i for i, mark in enumerate(marks) if isinstance(mark, date))

    def run(self, values: list[Any]) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        for i in self._days:
            values[i] = _adapted(values[i])
        params = _put_in(values, self._params, self._places)
        compiler = copy.copy(self._compiler)
        compiler.connection = connection  # one per thread
        compiler.as_sql = lambda *_args, **_kwargs: (self._sql, tuple(params))
        if self._is_plain:
            return list(compiler.results_iter(tuple_expected=True))  # what its iterable does, without a clone
        rows = self._rows._chain()  # type: ignore[attr-defined] # a clone that shares nothing that changes
        rows.query.get_compiler = lambda *_args, **_kwargs: compiler
        return list(rows)


def _flat(name: str, given: Sequence[object]) -> tuple[list[object], list[object]]:
    """Return arguments in a row, lists padded, and of each its type or its length."""
    values: list[object] = []
    shape: list[object] = []
    for argument in given:
        if isinstance(argument, int | str | date) and not isinstance(argument, bool):
            values.append(argument)
            shape.append(type(argument))
        elif isinstance(argument, Collection) and not isinstance(argument, str):
            padded = _padded(argument) if argument else []
            values.extend(padded)
            shape.append(len(padded))
        else:
            raise TypeError(f"{name} cannot be asked about {argument!r}.")
    return values, shape


def _stand_ins(shape: Sequence[object]) -> tuple[list[object], list[object]]:
    """Return marks that stand for the values of this shape, in a row and as arguments."""
    marks: list[object] = []
    arguments: list[object] = []
    for kind in shape:
        if isinstance(kind, int):
            run_of_marks = [_MARK + len(marks) + i for i in range(kind)]
            marks.extend(run_of_marks)
            arguments.append(run_of_marks)
        else:
            mark = _mark(kind, len(marks))
            marks.append(mark)
            arguments.append(mark)
    return marks, arguments


def _places(name: str, marks: Sequence[object], params: Sequence[Any]) -> list[tuple[int, int, Any]]:
    """Return where among the parameters each mark stands, with what wraps it there."""
    adapted = [_adapted(m) if isinstance(m, date) else m for m in marks]
    index_of = {mark: index for index, mark in enumerate(adapted)}
    found = [
        (place, index_of[param], None if type(param) is type(adapted[index_of[param]]) else type(param))
        for place, param in enumerate(params)
        if isinstance(param, Hashable) and param in index_of
    ]
    if {index for _, index, _ in found} != set(range(len(marks))):
        raise ValueError(f"{name} changes or drops an argument on its way into the query.")
    return found


def _put_in(values: Sequence[Any], params: Sequence[Any], places: Sequence[tuple[int, int, Any]]) -> list[Any]:
    found = list(params)
    for place, index, wrapper in places:  # psycopg wants to know how wide an integer is
        found[place] = values[index] if wrapper is None else wrapper(values[index])
    return found


def _mark(kind: object, number: int) -> object:
    if kind is int:
        return _MARK + number
    if kind is str:
        return f"milepost stand-in {number}"
    if kind is datetime:
        return datetime(1, 1, 2, tzinfo=UTC) + timedelta(days=number)
    return date(1, 1, 1) + timedelta(days=number)


def _adapted(value: date) -> object:
    """Return a day or a moment as the database takes it."""
    ops = connections[DEFAULT_DB_ALIAS].ops
    return ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else ops.adapt_datefield_value(value)


def _padded(values: Collection[Any]) -> list[Any]:
    """Return the values, the last one repeated up to a power of two."""
    found = list(values)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))


def insert(row: Model) -> None:
    """Insert one new row and set its id, by a statement that is composed once a model."""
    insert_all([row])


def insert_all(rows: Sequence[Model]) -> None:
    """Insert new rows of one model and set their ids; one statement for each 200 of them."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = tuple(str(field.column) for field in fields)
    cells_of = attrgetter(*(field.attname for field in fields))
    with connection.cursor() as cursor:
        for at in range(0, len(rows), _ROWS):
            part = rows[at : at + _ROWS]
            sql = _insert_sql(model, columns, len(part))
            values = _dressed(fields, map(cells_of, part))
            cursor.execute(f"{sql} RETURNING {connection.ops.quote_name(_key(model))}", values)
            for row, (pk,) in zip(part, cursor.fetchall(), strict=True):
                row.pk = pk
                row._state.adding = False
                row._state.db = DEFAULT_DB_ALIAS


def upsert(model: type[Model], rows: Sequence[Sequence[Any]]) -> None:
    """Write whole rows, in the order of the model's columns; a row with the same primary key is replaced."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields = model._meta.concrete_fields
    columns = tuple(str(field.column) for field in fields)
    quote = connection.ops.quote_name
    fresh = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in columns if c != _key(model))
    with connection.cursor() as cursor:
        for at in range(0, len(rows), _ROWS):
            part = rows[at : at + _ROWS]
            sql = _insert_sql(model, columns, len(part))
            cursor.execute(f"{sql} ON CONFLICT ({quote(_key(model))}) DO UPDATE SET {fresh}", _dressed(fields, part))


def _dressed(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the cells of rows one after another, as the driver wants them.

    What it takes as it is needs no preparing; a nightly refresh writes millions of values.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    dressed = [(i, f.get_db_prep_save) for i, f in enumerate(fields) if f.get_internal_type() in _DRESSED]
    values: list[Any] = []
    for row in rows:
        cells = list(row)
        for i, dress in dressed:
            cells[i] = dress(cells[i], connection)
        values += cells
    return values


def _key(model: type[Model]) -> str:
    key = model._meta.pk.column if model._meta.pk else None
    if key is None:
        raise TypeError(f"{model.__name__} has no primary key.")
    return key


@lru_cache(maxsize=512)
def _insert_sql(model: type[Model], columns: tuple[str, ...], count: int) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    places = f"({', '.join(['%s'] * len(columns))})"
    names = ", ".join(map(quote, columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {', '.join([places] * count)}"  # noqa: S608 - names are the model's


def counted(build: Callable[P, "Sequence[QuerySet[Any, Any]]"], *, most: int) -> Callable[P, list[int]]:
    """Return a function that counts the rows of several querysets, each up to `most`, in one statement.

    The statement is compiled at its first use; `build` and its arguments are as those of `prepared`.
    """
    known: dict[tuple[object, ...], _Counts] = {}

    @wraps(build)
    def run(*given: P.args, **named: P.kwargs) -> list[int]:
        if named:
            raise TypeError(f"{build.__name__} takes its arguments by position.")
        values, shape = _flat(build.__name__, given)
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *shape)
        compiled = known.get(key)
        if compiled is None:
            compiled = known[key] = _Counts(build, shape, most)
        return compiled.run(values)

    return run


class _Counts:
    """One statement of counts with the places of the arguments among its parameters."""

    def __init__(
        self, build: Callable[..., "Sequence[QuerySet[Any, Any]]"], shape: Sequence[object], most: int
    ) -> None:
        marks, arguments = _stand_ins(shape)
        parts: list[str] = []
        params: list[Any] = []
        for rows in build(*arguments):
            sql, given = rows.order_by().values("pk")[:most].query.sql_with_params()
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608 - Django wrote the statement
            params += given
        self._sql = f"SELECT {', '.join(parts)}"
        self._params = params
        self._days = frozenset(i for i, mark in enumerate(marks) if isinstance(mark, date))
        self._places = _places(build.__name__, marks, params)

    def run(self, values: list[Any]) -> list[int]:
        for i in self._days:
            values[i] = _adapted(values[i])
        params = _put_in(values, self._params, self._places)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self._sql, params)
            return list(cursor.fetchone())
