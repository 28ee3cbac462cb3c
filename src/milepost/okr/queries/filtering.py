"""The goals that a filter leaves, counted and put in order: what every view of them begins with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy

from milepost.core.tags import tag_key
from milepost.okr.models import KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries.alignment import unaligned
from milepost.okr.queries.filters import STATUSES, TABS, GoalFilter
from milepost.okr.queries.find import LAST_LETTER
from milepost.okr.queries.lines import OBJECTIVE_VALUES, ObjectiveLine, objective_line
from milepost.prepared import counted, prepared
from milepost.workspace.actions.search import words_of
from milepost.workspace.models import Membership, SearchWord
from milepost.workspace.permissions import Actor
from milepost.workspace.queries import list_pillars, list_teams

PAGE = 50
COUNT_LIMIT = 100  # beyond it a count reads "100+": an exact one would cost more than the page
PAGES_MOST = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter whose team and lead were looked up.

    `team_ids` are the team and all below it, empty without one. `left_out` says in sentences what
    the filter named and is not there.
    """

    filter: GoalFilter
    team_ids: tuple[int, ...] = ()
    team_name: str = ""
    lead_name: str = ""
    pillar_name: str = ""
    left_out: tuple[str, ...] = ()


def ask(actor: Actor, wanted: GoalFilter) -> Asked:
    """Return the filter with what it names; a team, person or pillar that is not of the workspace is left out.

    A query for each of the three that is named.
    """
    found = Asked(wanted)
    if wanted.team_id is not None:
        teams = list_teams(actor)
        at = next((i for i, team in enumerate(teams) if team.id == wanted.team_id), None)
        if at is None:
            said = "The team of this view is not there, so it was left out."
            found = replace(found, filter=replace(found.filter, team_id=None), left_out=(*found.left_out, said))
        else:
            below = [teams[at].id]
            for team in teams[at + 1 :]:
                if team.depth <= teams[at].depth:
                    break
                below.append(team.id)
            found = replace(found, team_ids=tuple(below), team_name=teams[at].name)
    if wanted.lead_id is not None:
        rows = Membership.objects.filter(workspace_id=actor.workspace_id, pk=wanted.lead_id)
        name = rows.values_list("user__name", flat=True).first()
        if name is None:
            said = "The lead of this view is not there, so it was left out."
            found = replace(found, filter=replace(found.filter, lead_id=None), left_out=(*found.left_out, said))
        else:
            found = replace(found, lead_name=name)
    if wanted.pillar_id is not None:
        pillars = {pillar["id"]: pillar["name"] for pillar in list_pillars(actor, with_archived=True)}
        if wanted.pillar_id not in pillars:
            said = "The pillar of this view is not there, so it was left out."
            found = replace(found, filter=replace(found.filter, pillar_id=None), left_out=(*found.left_out, said))
        else:
            found = replace(found, pillar_name=pillars[wanted.pillar_id])
    return found


def narrowed(
    actor: Actor, asked: Asked, *, cycle_id: int, today: date, tab: str | None = None
) -> QuerySet[ObjectiveScore]:
    """Return the score rows of the goals that the filter leaves, of those that the actor may see.

    Args:
        tab: another one than the filter's.
    """
    tab = tab or asked.filter.tab
    names, values = _chosen(asked)
    return _narrowed(tab, names, *actor.sight, cycle_id, *_of_tab(tab, actor, today), *values)


def _chosen(asked: Asked) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return the names of what the filter narrows by, and their values, two of each word."""
    wanted = asked.filter
    found: list[tuple[str, tuple[Any, ...]]] = []
    if asked.team_ids:
        found.append(("team", (asked.team_ids,)))
    for name, value in (
        ("lead", wanted.lead_id),
        ("state", wanted.state),
        ("status", wanted.status),
        ("pillar", wanted.pillar_id),
        ("tag", tag_key(wanted.tag)),
    ):
        if value:
            found.append((name, (value,)))
    found += [("word", (word, word + LAST_LETTER)) for word in words_of(wanted.text)]
    return tuple(name for name, _ in found), tuple(value for _, values in found for value in values)


def _of_tab(tab: str, actor: Actor, today: date) -> tuple[Any, ...]:
    """Return what a tab asks about besides the cycle."""
    return {"overdue": (today,), "mine": (actor.membership_id or 0,)}.get(tab, ())


def _narrowed(
    tab: str, names: tuple[str, ...], workspace_id: int, level: int, sees: int, teams: Any, cycle_id: int, *values: Any
) -> QuerySet[ObjectiveScore]:
    """Compose the rows without looking at what is given, so that statements can be prepared of them."""
    rows = ObjectiveScore.objects.seen(workspace_id, level, sees, teams).filter(cycle_id=cycle_id)
    rest = iter(values)
    match tab:
        case "attention":
            rows = rows.filter(needs_attention=True)
        case "overdue":
            rows = rows.filter(next_check_in_on__lt=next(rest))
        case "mine":
            me = next(rest)
            led = KeyResultScore.objects.filter(lead_id=me, cycle_id=cycle_id, is_live=True)
            rows = rows.filter(Q(lead_id=me) | Q(objective_id__in=led.values("objective_id")))
        case "unaligned":
            sight = (workspace_id, level, sees, teams)
            loose = unaligned(Objective.objects.seen(*sight), sight)
            rows = rows.filter(objective__in=loose.order_by().values("id"))
    if "state" not in names:
        rows = rows.exclude(objective__state="cancelled")
    for name in names:
        value = next(rest)
        if name == "word":
            rows = rows.filter(objective_id__in=_named(workspace_id, value, next(rest)))
        else:
            rows = rows.filter(**{_COLUMNS[name]: value})
    return rows


_COLUMNS = {
    "team": "objective__owner_team_id__in",
    "lead": "lead_id",
    "state": "objective__state",
    "status": "word",
    "pillar": "objective__pillar_id",
    "tag": "objective__tag_rows__key",
}


def named(actor: Actor, word: str) -> QuerySet[SearchWord, Any]:
    """Return the ids of objectives with a word in the title that begins so."""
    return _named(actor.workspace_id, word, word + LAST_LETTER)


def _named(workspace_id: int, first: str, last: str) -> QuerySet[SearchWord, Any]:
    rows = SearchWord.objects.filter(workspace_id=workspace_id, word__gte=first, word__lt=last, kind="objective")
    return rows.order_by().values("object_id")


def counts_of(actor: Actor, asked: Asked, *, cycle_id: int, today: date) -> dict[str, int]:
    """Return how many goals each tab would show, counted up to 101, and the top ones as `tops`; one query."""
    names, values = _chosen(asked)
    found = _counting(names)(*actor.sight, cycle_id, actor.membership_id or 0, today, *values)
    return dict(zip((*TABS, "tops"), found, strict=True))


@lru_cache(maxsize=200)
def _counting(names: tuple[str, ...]) -> Callable[..., list[int]]:
    """Return the prepared statement of the counts under a filter of these names."""

    def tabs(*given: Any) -> list[QuerySet[ObjectiveScore]]:
        begun, me, today, values = given[:5], given[5], given[6], given[7:]
        more = {"overdue": (today,), "mine": (me,)}
        found = [_narrowed(tab, names, *begun, *more.get(tab, ()), *values) for tab in TABS]
        return [*found, found[0].filter(is_root=True)]

    return counted(tabs, most=COUNT_LIMIT + 1)


def lines_of(
    actor: Actor, asked: Asked, *, cycle_id: int, today: date, page: int, is_rooted: bool = False
) -> list[ObjectiveLine]:
    """Return one page of the goals that the filter leaves, and one more where another page follows; one query.

    Args:
        page: from 1.
        is_rooted: only the top ones.
    """
    names, values = _chosen(asked)
    wanted = asked.filter
    ask_lines = _listing(wanted.tab, names, is_rooted, wanted.group, wanted.sort, page)
    of_tab = _of_tab(wanted.tab, actor, today)
    return [objective_line(row) for row in ask_lines(*actor.sight, cycle_id, *of_tab, *values)]


@lru_cache(maxsize=500)
def _listing(
    tab: str, names: tuple[str, ...], is_rooted: bool, group: str, sort: str, page: int
) -> Callable[..., list[tuple[Any, ...]]]:
    """Return the prepared statement of one page of lists of one shape."""

    @prepared
    def ask_lines(*given: Any) -> QuerySet[ObjectiveScore, tuple[Any, ...]]:
        rows = _narrowed(tab, names, *given)
        if is_rooted:
            rows = rows.filter(is_root=True)
        return page_of_rows(in_order(rows, group=group, sort=sort), page).values_list(*OBJECTIVE_VALUES)

    return ask_lines


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to put goals under headings: the columns they are put in order by, and the heading of a line."""

    columns: tuple[Any, ...]
    heading: Callable[[ObjectiveLine], str]


_WORST_FIRST = Case(
    *(When(word=word, then=Value(place)) for place, word in enumerate(STATUSES)), output_field=IntegerField()
)
GROUPINGS = {
    "team": Grouping(
        ("objective__owner_team__name", "objective__owner_team_id"),
        lambda line: line.owner_name if line.owner_kind == "team" else "No team",
    ),
    "owner": Grouping(
        ("objective__owner_team__name", "objective__owner_person__user__name", "objective__owner_person_id"),
        lambda line: line.owner_name,
    ),
    "lead": Grouping(("objective__lead__user__name", "lead_id"), lambda line: line.lead_name or "No lead"),
    "pillar": Grouping(
        ("objective__pillar__position", "objective__pillar_id"), lambda line: line.pillar_name or "No pillar"
    ),
    "status": Grouping((_WORST_FIRST,), lambda line: line.word),
}
_SORTS: dict[str, tuple[Any, ...]] = {
    "title": ("objective__title",),
    "behind": (OrderBy(F("score") - F("expected"), nulls_last=True),),
    "check_in": (OrderBy(F("next_check_in_on"), nulls_last=True),),
}


def in_order(rows: QuerySet[ObjectiveScore], *, group: str, sort: str) -> QuerySet[ObjectiveScore]:
    """Return the rows by group, then as they are to be sorted, then by id."""
    by: list[Any] = []
    if group:
        columns = GROUPINGS[group].columns
        by += [OrderBy(F(column) if isinstance(column, str) else column, nulls_first=True) for column in columns]
    return rows.order_by(*by, *_SORTS.get(sort, ()), "objective_id")


def page_of_rows(rows: QuerySet[ObjectiveScore], page: int, *, size: int = PAGE) -> QuerySet[ObjectiveScore]:
    """Return one page of rows, and one row more where another page follows.

    Args:
        page: from 1.
    """
    at = (min(max(page, 1), PAGES_MOST) - 1) * size
    return rows[at : at + size + 1]


def heading_of(line: ObjectiveLine, group: str) -> str:
    """Return under which heading a line stands; "" without groups. A status is its word."""
    return GROUPINGS[group].heading(line) if group else ""
