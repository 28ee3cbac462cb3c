"""How objectives hang together, as a reader sees it: parents, shares, questions, and what hangs on nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, CharField, Exists, IntegerField, OuterRef, Q, QuerySet, Value

from milepost.core.rollup import Child, shares
from milepost.okr.models import Alignment, AlignmentRequest, KeyResult, Objective, RequestState
from milepost.okr.permissions import can_edit_goal
from milepost.okr.queries.access import get_objective
from milepost.okr.queries.family import Edge, OwnKeyResult, contributions, load_family
from milepost.okr.queries.served import ServedLine, served_by_objective, serving
from milepost.prepared import prepared
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class ParentLine:
    """An objective above; `waits` while its side was asked whether this one may count towards it."""

    id: int
    title: str
    lead_name: str
    is_primary: bool
    contributes: bool
    waits: bool
    declined: str | None  # the word that came with a no, None where there was none


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A child with what was agreed of it; `counts_with` 0..1 is its share now, None where it is left out."""

    kind: str  # key_result, objective
    id: int
    title: str
    contributes: bool
    share: float | None
    weight: float
    counts_with: float | None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A question whether a goal may count towards another one."""

    id: int
    parent_id: int
    parent_title: str
    child_id: int
    child_title: str
    who: str
    why: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class AlignmentPage:
    """Everything around one objective: what it hangs below, what hangs below it, and who waits for an answer."""

    id: int
    title: str
    state: str
    version: int
    counts: str
    parents: tuple[ParentLine, ...]
    serves: tuple[ServedLine, ...]
    shares: tuple[ShareLine, ...]
    requests: tuple[RequestLine, ...]
    can_edit: bool


def alignment_page(actor: Actor, objective_id: int) -> AlignmentPage:
    """Return how an objective hangs together with others: a fixed number of queries.

    Raises:
        NotFound: it is not the actor's to see.
    """
    objective = get_objective(actor, objective_id)
    may_edit = can_edit_goal.test(actor, objective)
    return AlignmentPage(
        id=objective.pk,
        title=objective.title,
        state=objective.state,
        version=objective.version,
        counts=objective.counts,
        parents=tuple(parents_of(actor, objective_id)),
        serves=tuple(served_by_objective(actor, objective_id)),
        shares=tuple(shares_of(actor, objective_id)),
        requests=tuple(requests_for(actor, objective_id)) if may_edit else (),
        can_edit=may_edit,
    )


def parents_of(actor: Actor, objective_id: int) -> list[ParentLine]:
    """Return the objectives above one that the actor was shown already, the primary first; two queries."""
    rows = _parents(objective_id, *actor.sight)
    asked = {parent: (state, answer) for parent, state, answer in _asked(objective_id)} if rows else {}
    found = []
    for pk, title, lead, is_primary, contributes in rows:
        state, answer = asked.get(pk, ("", ""))
        declined = answer if state == RequestState.DECLINED and not contributes else None
        waits = state == RequestState.PENDING
        found.append(ParentLine(pk, title, lead or "", is_primary, contributes, waits, declined))
    return found


def shares_of(actor: Actor, objective_id: int) -> list[ShareLine]:
    """Return what an objective that the actor was shown already is made of, with what each counts; three queries.

    What is behind a wall for the actor is left out; it moves no number that they see (R6).

    Source: rules R1, R2, R4, R6.
    """
    counting: dict[tuple[str, int], float] = {}
    for family in load_family([objective_id]):
        made = contributions(family, [(edge, edge.stored) for edge in family.edges])
        rows = [Child(_key(one), None, None, row.weight, row.share) for one, row in made]
        counting = {key: float(share) for key, share in shares(rows).items()}  # type: ignore[misc]
    rows_ = sorted(_made_of(actor, objective_id))
    return [
        ShareLine(kind, pk, title, contributes, share, weight, counting.get((kind, pk)))
        for kind, _, title, pk, contributes, share, weight in rows_
    ]


def _made_of(actor: Actor, objective_id: int) -> list[tuple[str, int, str, int, bool, float | None, float]]:
    """Return key results by place and child objectives by title: kind, place, title, id, and what was agreed."""
    own = KeyResult.objects.filter(objective_id=objective_id).exclude(state="cancelled").order_by()
    edges = Alignment.objects.filter(parent_id=objective_id, until=None, workspace_id=actor.workspace_id).order_by()
    edges = edges.filter(Objective.seen_by(*actor.sight[1:], prefix="child__")).exclude(child__state="cancelled")
    word, yes, first = CharField(), Value(True, BooleanField()), Value(0, IntegerField())
    found = own.values_list(Value("key_result", word), "position", "title", "id", yes, "share", "weight").union(
        edges.values_list(
            Value("objective", word), first, "child__title", "child_id", "contributes", "share", "weight"
        ),
        all=True,
    )
    return [
        (kind, place, title, pk, bool(counts), share, weight) for kind, place, title, pk, counts, share, weight in found
    ]


def _key(one: OwnKeyResult | Edge) -> tuple[str, int]:
    return ("key_result", one.id) if isinstance(one, OwnKeyResult) else ("objective", one.child_id)


def requests_for(actor: Actor, objective_id: int) -> list[RequestLine]:
    """Return who asks whether their goal may count towards this one, the oldest first; one query."""
    rows = AlignmentRequest.objects.filter(parent_id=objective_id, state=RequestState.PENDING)
    return _requests(actor, rows)


def requests_to_answer(actor: Actor) -> list[RequestLine]:
    """Return the questions that wait for the actor as the lead of a goal, the oldest first; one query.

    A goal that its lead may not see asks in vain until it is opened: its name would betray it (R6).
    """
    if actor.membership_id is None:
        return []
    rows = AlignmentRequest.objects.filter(parent__lead_id=actor.membership_id, state=RequestState.PENDING)
    return _requests(actor, rows.exclude(parent__state__in=["closed", "cancelled"]))


def _requests(actor: Actor, rows: QuerySet[AlignmentRequest]) -> list[RequestLine]:
    seen = rows.filter(workspace_id=actor.workspace_id)
    for side in ("parent", "child"):
        seen = seen.filter(Objective.seen_by(*actor.sight[1:], prefix=f"{side}__"))
    names = (
        "id", "parent_id", "parent__title", "child_id", "child__title", "asked_by__user__name", "why", "asked_at",
    )  # fmt: skip
    return [
        RequestLine(pk, parent, parent_title, child, child_title, who or "Milepost", why, at)
        for pk, parent, parent_title, child, child_title, who, why, at in seen.order_by("id").values_list(*names)
    ]


def unaligned(rows: QuerySet[Objective], sight: Collection[Any]) -> QuerySet[Objective]:
    """Return the objectives that hang on nothing the reader sees: no parent, no pillar, nothing they serve.

    The company's own hang on nothing by right, and are left out.

    Source: rule R3.
    """
    _, level, me, teams = sight
    above = Alignment.objects.filter(child=OuterRef("pk"), until=None)
    above = above.filter(Objective.seen_by(level, me, teams, prefix="parent__"))
    owned = Q(owner_team__isnull=False) | Q(owner_person__isnull=False)
    open_ = rows.filter(owned, pillar=None, state__in=["draft", "in_review", "active", "paused"])
    return open_.filter(~Exists(above), ~Exists(serving((level, me, teams)).filter(objective=OuterRef("pk"))))


@prepared
def _parents(objective_id: int, *sight: Any) -> QuerySet[Alignment, tuple[Any, ...]]:
    rows = Alignment.objects.filter(child_id=objective_id, until=None, workspace_id=sight[0])
    rows = rows.filter(Objective.seen_by(*sight[1:], prefix="parent__")).order_by("-is_primary", "id")
    return rows.values_list("parent_id", "parent__title", "parent__lead__user__name", "is_primary", "contributes")


@prepared
def _asked(objective_id: int) -> QuerySet[AlignmentRequest, tuple[Any, ...]]:
    """What became of each question, the last one of each parent last."""
    rows = AlignmentRequest.objects.filter(child_id=objective_id).order_by("id")
    return rows.values_list("parent_id", "state", "answer")
