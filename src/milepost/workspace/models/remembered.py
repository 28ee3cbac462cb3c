"""Rows that know what they said when they were read."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Self

from django.db import models


class Remembered(models.Model):
    """A model whose rows know what they said when they were read; `workspace.actions.keep_past` asks them."""

    PAST_KIND: ClassVar[str]
    PAST: ClassVar[tuple[str, ...]]  # columns that tell how it stood on a day

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **named: Any) -> Self:
        """Return a row as the database has it, and note what it says."""
        row = super().from_db(db, field_names, values, **named)
        if len(field_names) == len(cls._meta.concrete_fields):
            row.note_past()
        return row

    def note_past(self) -> None:
        """Take what the row says now for what stands in the database."""
        self.stood: tuple[Any, ...] = _columns(self.PAST)(self)

    def changed_past(self) -> dict[str, Any]:
        """Return the columns that say something else by now, with what stood there; nothing of a new row."""
        stood: Sequence[Any] | None = getattr(self, "stood", None)
        if stood is None:
            return {}
        now = _columns(self.PAST)(self)
        return {
            name: plain(old) for name, old, new in zip(self.PAST, stood, now, strict=True) if plain(old) != plain(new)
        }


def plain(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


@cache
def _columns(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda row: (read(row),)  # of one name it returns the bare value
