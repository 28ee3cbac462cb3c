"""Who sees a goal or a KPI (M5): the walls that every query stands behind."""

from collections.abc import Collection
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q, Value


class Visibility(models.IntegerChoices):
    """How far a goal or a KPI is seen; the higher, the fewer see it."""

    EVERYBODY = 0, "Everybody"
    TEAM = 1, "Its team"
    PRIVATE = 2, "Only its people"


class Sight(NamedTuple):
    """What a reader sees, as arguments of a query.

    Everything up to `level` is open: an admin's is the highest. Beyond it, what the reader leads, owns or
    helps with (`me`, 0 for nobody), and what belongs to one of `teams` (never empty: 0 is no team).
    """

    workspace_id: int
    level: int
    me: int
    teams: tuple[int, ...]


class Reader(Protocol):
    """Somebody who reads in one workspace."""

    @property
    def sight(self) -> Sight:
        """Return what they see."""
        ...


Row = TypeVar("Row", bound=models.Model)


def up_to(level: int, *, prefix: str) -> Q:
    """Return which rows are open up to a level of visibility.

    The level is compared as a wide number: a prepared statement puts a stand-in there first, which is
    no value that a small column could hold, and Django would leave the comparison out.
    """
    return Q(**{f"{prefix}visibility__lte": Value(level, output_field=models.BigIntegerField())})


class Guarded(models.QuerySet[Row]):
    """Rows behind a wall; the model says where its workspace stands and who sees a row."""

    def visible_to(self, reader: Reader) -> Self:
        """Return the rows that this reader may see; whatever is fetched for a page goes through here."""
        return self.seen(*reader.sight)

    def seen(self, workspace_id: int, level: int, me: int, teams: Collection[int]) -> Self:
        """Return the rows that a reader with this sight may see; for prepared statements, which take ids."""
        model: Any = self.model
        return self.filter(Q(workspace_id=workspace_id) & model.seen_by(level, me, teams))


class GuardedManager(models.Manager[Row]):
    """The manager of rows behind a wall: begins with who asks."""

    def get_queryset(self) -> Guarded[Row]:
        """Return every row; only writes and scores look at them all."""
        return Guarded(self.model, using=self._db)

    def visible_to(self, reader: Reader) -> Guarded[Row]:
        """Return the rows that this reader may see."""
        return self.get_queryset().visible_to(reader)

    def seen(self, workspace_id: int, level: int, me: int, teams: Collection[int]) -> Guarded[Row]:
        """Return the rows that a reader with this sight may see."""
        return self.get_queryset().seen(workspace_id, level, me, teams)
