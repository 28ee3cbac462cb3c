"""What the linter remarks on goals and KPIs, for who may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from milepost.core.guidance import (
    CycleFacts,
    KeyResultFacts,
    ObjectiveFacts,
    OwnerFacts,
    OwnerKind,
    Remark,
    lint_cycle,
    lint_kpis,
    lint_objective,
)
from milepost.core.measure import Kind
from milepost.core.pace import Ambition
from milepost.metrics.models import Metric
from milepost.metrics.queries.guidance import best_moves, kpi_facts
from milepost.okr.models import Alignment, Counts, GoalState, KeyResult, Objective
from milepost.okr.queries.access import get_cycle
from milepost.okr.queries.served import serving
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor

OBJECTIVE = (
    "id", "title", "owner_team_id", "owner_team__name", "owner_person_id", "owner_person__user__name", "lead_id",
    "counts", "state", "is_reviewed", "cycle__first_day", "cycle__last_day", "created_at",
)  # fmt: skip
PK, TEAM, PERSON, LEAD, STATE = map(OBJECTIVE.index, ("id", "owner_team_id", "owner_person_id", "lead_id", "state"))
RUNNING = frozenset({GoalState.ACTIVE.value, GoalState.PAUSED.value})
KEY_RESULT = (
    "id", "objective_id", "title", "kind", "start", "target", "low", "high", "ambition", "priority", "state", "lead_id",
    "lead__user__name", "created_at", "metric_id", "metric__is_kpi", "metric__name", "metric__unit_code",
    "metric__frequency", "metric__aggregation", "score__checked_in_on", "score__next_check_in_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnerCount:
    """How many objectives of a cycle belong to a team or to the company, as the reader sees."""

    owner: OwnerFacts
    objectives: int


@dataclass(frozen=True, slots=True)
class CycleGuidance:
    """The remarks on a cycle, and how many objectives each owner has."""

    remarks: tuple[Remark, ...]
    owners: tuple[OwnerCount, ...]
    owner_of: Mapping[str, OwnerFacts]  # by the id of the objective, as remarks name it
    titles: Mapping[str, str]
    can_edit: frozenset[str]  # ids of the objectives that the reader may change


def cycle_guidance(actor: Actor, cycle_id: int, *, reviewers: int, today: date) -> CycleGuidance:
    """Return the remarks on all goals of a cycle that the actor sees; a fixed number of queries.

    Args:
        reviewers: how many the workspace asks for; with none nobody is missed.

    Raises:
        NotFound: the cycle is not one of theirs.
    """
    cycle = get_cycle(actor, cycle_id)
    rows = Objective.objects.visible_to(actor).filter(cycle=cycle).exclude(state=GoalState.CANCELLED)
    found, facts = _facts(actor, rows, reviewers=reviewers, today=today)
    counts: dict[OwnerFacts, int] = {}
    for one in facts:
        counts[one.owner] = counts.get(one.owner, 0) + 1
    order = list(OwnerKind)
    owners = sorted(counts, key=lambda o: (order.index(o.kind), o.name, o.id or 0))
    return CycleGuidance(
        remarks=lint_cycle(CycleFacts(facts), today=today),
        owners=tuple(OwnerCount(owner, counts[owner]) for owner in owners),
        owner_of={one.reference: one.owner for one in facts},
        titles={one.reference: one.title for one in facts},
        can_edit=_editable(actor, found),
    )


def _editable(actor: Actor, rows: list[Any]) -> frozenset[str]:
    """Return the ids of those that `can_edit_goal` would let the actor change, closed ones left out."""
    if not actor.can_write:
        return frozenset()
    me = actor.membership_id or 0
    return frozenset(
        str(row[PK])
        for row in rows
        if row[STATE] != GoalState.CLOSED
        and (actor.is_admin or me in {row[LEAD], row[PERSON]} or row[TEAM] in actor.managed_teams)
    )


def objective_guidance(actor: Actor, objective_id: int, *, reviewers: int, today: date) -> tuple[Remark, ...]:
    """Return the remarks on one objective and its key results; a fixed number of queries.

    Raises:
        NotFound: it is not the actor's to see.
    """
    rows = Objective.objects.visible_to(actor).filter(pk=objective_id)
    _, facts = _facts(actor, rows, reviewers=reviewers, today=today)
    if not facts:
        raise NotFound
    return tuple(remark for one in facts for remark in lint_objective(one, today=today))


def kpi_guidance(actor: Actor, *, today: date) -> tuple[Remark, ...]:
    """Return the remarks on the KPIs that the actor sees; a fixed number of queries."""
    facts = kpi_facts(actor, today=today)
    rows = KeyResult.objects.visible_to(actor).filter(metric_id__in=list(facts)).exclude(state=GoalState.CANCELLED)
    for pk in rows.values_list("metric_id", flat=True):
        if pk is not None and pk in facts:
            facts[pk] = replace(facts[pk], readers=(facts[pk].readers or 0) + 1)
    return lint_kpis(tuple(facts.values()), today=today)


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What a form does not hold: objectives that the owner has beside this one, and how far KPIs ever moved."""

    objectives: int
    moves: Mapping[str, tuple[str, str, float | None, float | None]]  # slug: name, unit, farthest up, farthest down


def draft_context(
    actor: Actor,
    *,
    cycle_id: int | None,
    owner_team_id: int | None,
    but: int | None,
    slugs: Collection[str],
    today: date,
) -> DraftContext:
    """Return what the hints of a form need besides what is typed; at most four queries.

    Args:
        cycle_id, owner_team_id: as chosen so far; no team is the company.
        but: the objective that is being changed.
        slugs: the KPIs that its key results read; those the actor does not see are passed over.

    Raises:
        NotFound: the cycle is not one of theirs.
    """
    if cycle_id is None:
        return DraftContext(0, {})
    cycle = get_cycle(actor, cycle_id)
    rows = Objective.objects.visible_to(actor).filter(cycle=cycle, owner_team_id=owner_team_id, owner_person=None)
    count = rows.exclude(state=GoalState.CANCELLED).exclude(pk=but or 0).count()
    seen = Metric.objects.visible_to(actor).filter(is_kpi=True, slug__in=slugs)
    kpis = list(seen.values_list("id", "slug", "name", "unit_code", "frequency", "aggregation")) if slugs else []
    days = (cycle.last_day - cycle.first_day).days
    found = best_moves([(pk, frequency, how) for pk, _, _, _, frequency, how in kpis], days=days, today=today)
    return DraftContext(
        count, {str(slug): (name, unit, *found.get(pk, (None, None))) for pk, slug, name, unit, _, _ in kpis}
    )


def _facts(
    actor: Actor, objectives: QuerySet[Objective], *, reviewers: int, today: date
) -> tuple[list[Any], tuple[ObjectiveFacts, ...]]:
    """Return the rows of objectives of one cycle, and what the linter looks at."""
    rows: list[Any] = list(objectives.order_by("id").values_list(*OBJECTIVE))
    ids = [row[PK] for row in rows]
    above = Objective.objects.visible_to(actor).values("id")  # who does not see the parent sees none
    edges = Alignment.objects.filter(until=None, child_id__in=ids, parent__in=above)
    serves = serving(actor.sight[1:]).filter(objective_id__in=ids)
    supports = set(edges.values_list("child_id", flat=True).union(serves.values_list("objective_id", flat=True)))
    written, approved = _signed(actor, "objective", ids)
    below: dict[int, list[KeyResultFacts]] = {}
    for objective_id, fact in _key_results(actor, authors=written, rows=rows, today=today):
        below.setdefault(objective_id, []).append(fact)
    found = []
    for pk, title, team_id, team, person_id, person, lead, counts, state, is_reviewed, *_ in rows:
        owner = OwnerFacts()
        if team_id is not None:
            owner = OwnerFacts(OwnerKind.TEAM, team_id, team)
        elif person_id is not None:
            owner = OwnerFacts(OwnerKind.PERSON, person_id, person)
        seen_by_other = None
        if state == GoalState.CLOSED:
            seen_by_other = None if is_reviewed else False
        elif reviewers and state != GoalState.DRAFT:
            author = written.get(pk)
            seen_by_other = bool(approved.get(pk, set()) - {author}) if author is not None else None
        found.append(
            ObjectiveFacts(
                title=title,
                reference=str(pk),
                owner=owner,
                has_lead=lead is not None,
                has_parent=pk in supports,
                is_reviewed=seen_by_other,
                counts_children=counts != Counts.KEY_RESULTS,
                key_results=tuple(below.get(pk, ())),
            )
        )
    return rows, tuple(found)


def _signed(actor: Actor, kind: str, ids: Collection[int]) -> tuple[dict[int, int], dict[int, set[int]]]:
    """Return who last wrote each thing, and who approved it or let it run; who is not known is left out."""
    events = Event.objects.filter(workspace_id=actor.workspace_id, kind=kind, object_id__in=ids, actor__isnull=False)
    verbs = ("created", "approved", "activated") if kind == "objective" else ("created", "changed", "amended")
    written: dict[int, int] = {}
    approved: dict[int, set[int]] = {}
    for pk, verb, who in events.filter(verb__in=verbs).order_by("id").values_list("object_id", "verb", "actor_id"):
        if who is not None and verb in {"approved", "activated"}:
            approved.setdefault(pk, set()).add(who)
        elif who is not None:
            written[pk] = who
    return written, approved


def _key_results(
    actor: Actor,
    *,
    authors: Mapping[int, int],
    rows: list[Any],
    today: date,
) -> list[tuple[int, KeyResultFacts]]:
    """Return the key results with the ids of their objectives.

    One that was made together with its objective was written by who wrote that; else the trail says by whom.
    """
    made = {row[PK]: row[-1] for row in rows}
    days = (rows[0][-2] - rows[0][-3]).days if rows else 0
    own = KeyResult.objects.filter(objective_id__in=list(made)).exclude(state=GoalState.CANCELLED)
    found: list[dict[str, Any]] = list(own.order_by("id").values(*KEY_RESULT))
    written, _ = _signed(actor, "key_result", [k["id"] for k in found])
    reading = {(k["metric_id"], k["metric__frequency"], k["metric__aggregation"]) for k in found if k["metric__is_kpi"]}
    moves = best_moves(sorted(reading), days=days, today=today)
    facts = []
    for k in found:
        pk, objective_id, start, target = k["id"], k["objective_id"], k["start"], k["target"]
        up, down = moves.get(k["metric_id"], (None, None)) if k["metric__is_kpi"] else (None, None)
        rises = start is not None and target is not None and target >= start
        at_birth = authors.get(objective_id) if k["created_at"] == made.get(objective_id) else None
        facts.append(
            (
                objective_id,
                KeyResultFacts(
                    title=k["title"],
                    kind=Kind(k["kind"]),
                    reference=str(pk),
                    start=start,
                    target=target,
                    low=k["low"],
                    high=k["high"],
                    unit=k["metric__unit_code"] or "",
                    source=k["metric__name"] if k["metric__is_kpi"] else "",
                    ambition=Ambition(k["ambition"]),
                    priority=k["priority"],
                    author=written.get(pk, at_birth),
                    lead=k["lead_id"],
                    lead_name=k["lead__user__name"],
                    best_move=up if rises else down,
                    is_running=k["state"] in RUNNING,
                    checked_in_on=k["score__checked_in_on"],
                    next_check_in_on=k["score__next_check_in_on"],
                ),
            )
        )
    return facts
