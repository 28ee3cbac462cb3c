"""The strategy map: goals in columns by level, each below what it serves, and the branch that is followed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import FilteredRelation, Q

from milepost.metrics.queries import PillarKpi, pillar_kpis
from milepost.okr.models import Objective, ObjectiveScore
from milepost.okr.queries.filtering import Asked, counts_of, in_order, narrowed, page_of_rows
from milepost.okr.queries.lines import (
    KeyResultLine,
    ObjectiveLine,
    key_results_of,
    objective_lines,
    with_narrow_children,
)
from milepost.okr.queries.tree import with_ancestors
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import list_pillars

TOPS = 60  # top objectives of a page, or goals that a filter leaves
BELOW = 240  # goals below them
SHOWN_OF = 8  # key results of the followed objective, and of each that counts towards it

# The same walk as in `tree`; nearest first on both engines, so the limit leaves the deepest out.
_DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT o.id FROM okr_objective o WHERE o.id IN ({ids})
    UNION
    SELECT e.child_id FROM down
    LEFT JOIN okr_alignment e ON e.parent_id = down.id AND e.until IS NULL AND e.is_primary
    WHERE down.id IS NOT NULL
)
SELECT id FROM down WHERE id IS NOT NULL LIMIT {most}
"""
Edge = tuple[int, int, bool]  # parent, child, whether it counts


@dataclass(slots=True)
class Card:
    """A goal on the map with those below it.

    `counts` says whether it moves the one above; `is_lit` that it is of the followed branch;
    `is_context` that the filter leaves it out, and it is shown as the way to one that it does not.
    `more` are goals below it that are not shown. `also` are titles of further goals that it serves.
    """

    objective: ObjectiveLine
    counts: bool = True
    is_lit: bool = False
    is_context: bool = False
    more: int = 0
    also: tuple[str, ...] = ()
    key_results: tuple[KeyResultLine, ...] = ()
    cards: "list[Card]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PillarRow:
    """A pillar with the goals and the KPIs that hang on it; without either on a whole map where it is empty."""

    id: int
    name: str
    perspective: str
    description: str
    cards: tuple[Card, ...]
    kpis: tuple[PillarKpi, ...]


@dataclass(frozen=True, slots=True)
class GoalMap:
    """A page of the map: what hangs on each pillar, what else the company's goals hold, the rest, the one followed."""

    pillars: tuple[PillarRow, ...]
    company: tuple[Card, ...]
    others: tuple[Card, ...]
    followed: ObjectiveLine | None
    counts: dict[str, int]
    shown: int
    has_more: bool


def goal_map(
    actor: Actor, asked: Asked, *, cycle_id: int, today: date, page: int = 1, follow: int | None = None
) -> GoalMap:
    """Return the map of a cycle under a filter; the same number of queries at any size.

    Args:
        page: from 1.
        follow: the objective whose branch is drawn; None or one that is not shown: the first.
    """
    rows = narrowed(actor, asked, cycle_id=cycle_id, today=today)
    is_narrow = asked.filter.is_narrow
    if not is_narrow:
        rows = rows.filter(is_root=True)
    rows = in_order(rows, group=asked.filter.group, sort=asked.filter.sort)
    wanted = list(page_of_rows(rows, page, size=TOPS).values_list("objective_id", flat=True))
    has_more, wanted = len(wanted) > TOPS, wanted[:TOPS]
    ids = with_ancestors(wanted) if is_narrow else _down(wanted)
    edges, further = _edges(ids)
    cards = _cards(actor, ids)
    if is_narrow:
        for pk, card in cards.items():
            card.is_context = pk not in wanted
    tops = _hung(cards, edges, wanted)
    followed = cards.get(follow or 0) or (tops[0] if tops else None)
    if followed is not None:
        _light(followed, cards, edges)
    _also(actor, cards, further)
    pillars = _pillars(actor, tops, is_whole=not is_narrow and page == 1)
    standing = {card.objective.id for row in pillars for card in row.cards}
    tops = [card for card in tops if card.objective.id not in standing]
    is_company = [card.objective.owner_kind == "company" for card in tops]
    return GoalMap(
        pillars=pillars,
        company=tuple(card for card, is_ours in zip(tops, is_company, strict=True) if is_ours),
        others=tuple(card for card, is_ours in zip(tops, is_company, strict=True) if not is_ours),
        followed=followed.objective if followed else None,
        counts=counts_of(actor, asked, cycle_id=cycle_id, today=today),
        shown=len(cards),
        has_more=has_more,
    )


def _down(ids: list[int]) -> list[int]:
    """Return these goals and those below them, the nearest first, as many as a page takes."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DOWN.format(ids=", ".join(["%s"] * len(ids)), most=TOPS + BELOW), ids)
        return [row[0] for row in cursor.fetchall()]


def _edges(ids: Collection[int]) -> tuple[list[Edge], list[Edge]]:
    """Return the live edges above these goals: to their first parents, and to further ones; one query."""
    live = FilteredRelation("parent_edges", condition=Q(parent_edges__until=None))
    rows = Objective.objects.filter(pk__in=ids).annotate(edge=live).order_by("pk", "edge__id")
    first: list[Edge] = []
    further: list[Edge] = []
    for child, parent, counts, is_primary in rows.values_list(
        "pk", "edge__parent_id", "edge__contributes", "edge__is_primary"
    ):
        if parent is not None:
            (first if is_primary else further).append((parent, child, counts))
    return first, further


def _cards(actor: Actor, ids: Collection[int]) -> dict[int, Card]:
    """Return a card for each of these that the actor may see and that was not cancelled, by title."""
    rows = ObjectiveScore.objects.visible_to(actor).filter(objective_id__in=ids)
    rows = rows.exclude(objective__state="cancelled").order_by("objective__title", "objective_id")
    return {line.id: Card(line) for line in with_narrow_children(actor, objective_lines(rows))}


def _hung(cards: dict[int, Card], edges: Iterable[Edge], first: Collection[int]) -> list[Card]:
    """Hang each card below its parent and return those without one, in the order of the page where it has one."""
    above = {child: (parent, counts) for parent, child, counts in edges if parent in cards and child in cards}
    tops: list[Card] = []
    for pk, card in cards.items():
        parent, card.counts = above.get(pk, (None, True))
        (tops if parent is None else cards[parent].cards).append(card)
    for card in cards.values():
        card.more = max(0, card.objective.child_objectives - len(card.cards))
    place = {pk: number for number, pk in enumerate(first)}
    return sorted(tops, key=lambda card: place.get(card.objective.id, len(place)))


def _pillars(actor: Actor, tops: Iterable[Card], *, is_whole: bool) -> tuple[PillarRow, ...]:
    """Return the pillars with what hangs on them, on a whole map those without anything too; two queries."""
    by_pillar: dict[int, list[Card]] = {}
    for card in tops:
        if card.objective.pillar_id is not None:
            by_pillar.setdefault(card.objective.pillar_id, []).append(card)
    kpis = pillar_kpis(actor) if is_whole else {}
    rows = []
    for pillar in list_pillars(actor, with_archived=True):
        pk, own = pillar["id"], tuple(by_pillar.get(pillar["id"], ()))
        if own or (is_whole and pillar["archived_at"] is None):
            tiles = tuple(kpis.get(pk, ())[:SHOWN_OF])
            rows.append(PillarRow(pk, pillar["name"], pillar["perspective"], pillar["description"], own, tiles))
    return tuple(rows)


def _light(followed: Card, cards: dict[int, Card], edges: Iterable[Edge]) -> None:
    """Mark the branch of a card, up to the top and down to its ends, and look up what key results it shows."""
    above = {child: parent for parent, child, _ in edges}
    at: int | None = followed.objective.id
    while at is not None and at in cards:
        cards[at].is_lit = True
        at = above.get(at)
    todo = list(followed.cards)
    while todo:
        card = todo.pop()
        card.is_lit = True
        todo += card.cards
    open_ = [followed, *(card for card in followed.cards if card.counts)]
    by_objective: dict[int, list[KeyResultLine]] = {}
    for line in key_results_of([card.objective.id for card in open_ if card.objective.key_results]):
        if line.state != "cancelled":
            by_objective.setdefault(line.objective_id, []).append(line)
    for card in open_:
        card.key_results = tuple(by_objective.get(card.objective.id, ())[:SHOWN_OF])


def _also(actor: Actor, cards: dict[int, Card], further: Iterable[Edge]) -> None:
    """Name the further goals that each serves, of those that the actor may see; a query where some are not shown."""
    edges = [edge for edge in further if edge[1] in cards]
    titles = {pk: card.objective.title for pk, card in cards.items()}
    missing = {parent for parent, _, _ in edges} - set(titles)
    if missing:
        titles.update(Objective.objects.visible_to(actor).filter(pk__in=missing).values_list("pk", "title"))
    for parent, child, _ in edges:
        if parent in titles:
            cards[child].also = (*cards[child].also, titles[parent])
