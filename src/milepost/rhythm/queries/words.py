"""A comment with its reactions and the people named in it, out of one row of the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, CharField, F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject

from milepost.core.mentions import ids_in, said, said_in_markdown
from milepost.rhythm.models import Mention, Reaction, ReactionKind
from milepost.workspace.permissions import Actor

BETWEEN = "\x1f"  # no name holds it


class Listed(Aggregate):
    """Texts one after another, on both engines."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, CHR(31))"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the same for SQLite."""
        template = "GROUP_CONCAT(%(expressions)s, CHAR(31))"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True, slots=True)
class ReactionLine:
    """How many reacted so, who, and whether the reader is among them."""

    kind: str
    label: str
    names: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment as a page shows it.

    `text` is what its author would edit, `markdown` the same with names set off; both "" where it was
    deleted, and then `deleted_by` says by whom. `settled_by` is "" while a flag is open.
    """

    id: int
    at: datetime
    who: str
    author_id: int
    text: str
    markdown: str
    flag: str
    settled_by: str
    is_edited: bool
    deleted_by: str
    reactions: tuple[ReactionLine, ...]
    mentions: tuple[tuple[int, str], ...]
    can_edit: bool
    can_delete: bool
    can_settle: bool
    replies: "tuple[CommentLine, ...]" = ()


def comment_words() -> JSONObject:
    """Return what a row of comments says besides its author and its time, as JSON."""
    return JSONObject(
        text="text", flag="flag", settled_by="settled_by__user__name", deleted_by="deleted_by__user__name",
        edited=Cast("edited_at", CharField()), key_result="key_result_id", title="key_result__title",
        key_result_lead="key_result__lead_id", reply_to="reply_to_id", reactions=_reactions(), mentions=_mentions(),
    )  # fmt: skip


def _reactions() -> Subquery:
    rows = Reaction.objects.filter(comment=OuterRef("pk")).order_by().values("comment")
    one = Concat("kind", Value(":"), Cast("membership_id", CharField()), Value(":"), "membership__user__name")
    return Subquery(rows.annotate(listed=Listed(one)).values("listed"), output_field=TextField())


def _mentions() -> Subquery:
    rows = Mention.objects.filter(comment=OuterRef("pk")).order_by().values("comment")
    one = Concat(Cast("membership_id", CharField()), Value(":"), F("membership__user__name"))
    return Subquery(rows.annotate(listed=Listed(one)).values("listed"), output_field=TextField())


def comment_line(
    reader: Actor, pk: int, at: datetime, author_id: int, who: str, data: dict[str, Any], *, leads: Collection[int]
) -> CommentLine:
    """Return a comment as this reader sees it.

    Args:
        data: of `comment_words`.
        leads: who leads what it is about, its key result aside.
    """
    names = _names(data["mentions"])
    is_there = data["deleted_by"] is None
    mine = reader.can_write and author_id == reader.membership_id
    lead = (
        reader.can_write
        and reader.membership_id is not None
        and reader.membership_id in {*leads, data["key_result_lead"]}
    )
    is_open = bool(data["flag"]) and data["settled_by"] is None
    return CommentLine(
        id=pk,
        at=at,
        who=who,
        author_id=author_id,
        text=said(data["text"], names=names),
        markdown=said_in_markdown(data["text"], names=names),
        flag=data["flag"],
        settled_by=data["settled_by"] or "",
        is_edited=data["edited"] is not None,
        deleted_by=data["deleted_by"] or "",
        reactions=_reacted(reader, data["reactions"]),
        mentions=tuple((one, names[one]) for one in ids_in(data["text"]) if one in names),
        can_edit=mine and is_there,
        can_delete=is_there and (mine or reader.is_admin),
        can_settle=is_there and is_open and (mine or lead or reader.is_admin),
    )


def _names(listed: str | None) -> dict[int, str]:
    pairs = [one.partition(":") for one in listed.split(BETWEEN)] if listed else []
    return {int(pk): name for pk, _, name in pairs}


def _reacted(actor: Actor, listed: str | None) -> tuple[ReactionLine, ...]:
    found: dict[str, list[tuple[int, str]]] = {}
    for one in listed.split(BETWEEN) if listed else []:
        kind, pk, name = one.split(":", 2)
        found.setdefault(kind, []).append((int(pk), name))
    return tuple(
        ReactionLine(
            kind=kind.value,
            label=kind.label,
            names=tuple(sorted(name for _, name in found.get(kind.value, ()))),
            is_mine=any(pk == actor.membership_id for pk, _ in found.get(kind.value, ())),
        )
        for kind in ReactionKind
    )
