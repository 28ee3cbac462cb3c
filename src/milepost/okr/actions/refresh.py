"""The score rows of goals: one function writes them all (rule S7, ADR 0002)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from milepost.core.pace import Ambition
from milepost.core.rhythm import Rhythm
from milepost.okr.actions.facts import load_key_results
from milepost.okr.models import Alignment, GoalState, KeyResultScore, Objective, ObjectiveScore
from milepost.okr.queries.tree import with_ancestors
from milepost.okr.scoring import ChildRow, ObjectiveFacts, ObjectiveRow, score_key_result, score_objective

CHUNK = 2000
WORDS_OF_CONCERN = frozenset({"off_track", "at_risk"})


def refresh(
    *,
    key_results: Collection[int] = (),
    objectives: Collection[int] = (),
    rhythm: Rhythm,
    today: date,
    now: datetime,
) -> int:
    """Write anew the rows of these goals and of every objective above them; return how many changed.

    Called under the workspace's lock. It computes from facts and children, never from a difference,
    so it heals itself, and a second run changes no row. What a bulk write hands in is refreshed in
    one walk over the union of all ancestors.
    """
    touched = set(objectives)
    changed = 0
    ids = sorted(key_results)
    for at in range(0, len(ids), CHUNK):
        above, written = _refresh_key_results(ids[at : at + CHUNK], rhythm=rhythm, today=today, now=now)
        touched |= above
        changed += written
    return changed + _refresh_objectives(with_ancestors(touched), today=today, now=now)


def _refresh_key_results(ids: Collection[int], *, rhythm: Rhythm, today: date, now: datetime) -> tuple[set[int], int]:
    stored = {row.key_result_id: row for row in KeyResultScore.objects.filter(key_result_id__in=ids)}
    loaded = load_key_results(ids)
    rows: list[KeyResultScore] = []
    for item in loaded:
        scored = score_key_result(item.facts, rhythm=rhythm, today=today)
        row = KeyResultScore(
            key_result_id=item.id,
            workspace_id=item.workspace_id,
            cycle_id=item.cycle_id,
            objective_id=item.objective_id,
            lead_id=item.lead_id,
            is_live=item.counts,
            value=scored.value,
            value_on=scored.value_on,
            progress=scored.progress,
            score=scored.score,
            expected=scored.expected,
            word=scored.word,
            own_word=scored.own_word,
            own_until=scored.own_until,
            shown_word=scored.shown_word,
            is_missing=scored.is_missing,
            confidence=scored.confidence,
            confidence_before=scored.confidence_before,
            checked_in_on=scored.checked_in_on,
            next_check_in_on=scored.next_check_in_on,
            next_change_on=scored.next_change_on,
            status_on=today,
            computed_at=now,
        )
        if not _same(stored.get(item.id), row):
            rows.append(row)
    _write(KeyResultScore, rows)
    return {item.objective_id for item in loaded}, len(rows)


def _refresh_objectives(ids: list[int], *, today: date, now: datetime) -> int:
    changed = 0
    if len(ids) <= CHUNK:
        return _refresh_levels(ids, today=today, now=now)
    for level in _bottom_up(ids):
        for at in range(0, len(level), CHUNK):
            changed += _refresh_levels(level[at : at + CHUNK], today=today, now=now)
    return changed


def _bottom_up(ids: Iterable[int]) -> list[list[int]]:
    """Return the objectives in levels: the children of each stand in an earlier level."""
    inside = set(ids)
    edges = Alignment.objects.filter(until=None).values_list("parent_id", "child_id")
    waiting = dict.fromkeys(inside, 0)
    above: dict[int, list[int]] = {}
    for parent, child in edges.iterator():
        if parent in inside and child in inside:
            above.setdefault(child, []).append(parent)
            waiting[parent] += 1
    level = sorted(pk for pk, count in waiting.items() if count == 0)
    levels = []
    while level:
        levels.append(level)
        ready = []
        for child in level:
            for parent in above.get(child, ()):
                waiting[parent] -= 1
                if waiting[parent] == 0:
                    ready.append(parent)
        level = sorted(ready)
    return levels


def _refresh_levels(ids: Collection[int], *, today: date, now: datetime) -> int:
    objectives = list(
        Objective.objects.filter(pk__in=ids)
        .annotate(
            has_parent_here=Exists(
                Alignment.objects.filter(
                    child=OuterRef("pk"), until=None, is_primary=True, parent__cycle=OuterRef("cycle")
                )
            )
        )
        .values(
            "id",
            "workspace_id",
            "cycle_id",
            "lead_id",
            "ambition",
            "counts",
            "state",
            "final_score",
            "final_expected",
            "cycle__first_day",
            "cycle__last_day",
            "has_parent_here",
        )
    )
    own: dict[int, list[Mapping[str, Any]]] = {}
    for child in (
        KeyResultScore.objects.filter(objective_id__in=ids)
        .values(
            "key_result_id",
            "objective_id",
            "score",
            "expected",
            "shown_word",
            "is_live",
            "is_missing",
            "confidence",
            "checked_in_on",
            "next_check_in_on",
            "key_result__weight",
            "key_result__share",
            "key_result__state",
        )
        .order_by("key_result__position", "key_result_id")
    ):
        own.setdefault(child["objective_id"], []).append(child)
    below: dict[int, list[Mapping[str, Any]]] = {}
    for edge in (
        Alignment.objects.filter(parent_id__in=ids, until=None)
        .order_by("id")
        .values("parent_id", "child_id", "contributes", "weight", "share", "child__state")
    ):
        below.setdefault(edge["parent_id"], []).append(edge)
    child_ids = {edge["child_id"] for edges in below.values() for edge in edges} | set(ids)
    stored = {row.objective_id: row for row in ObjectiveScore.objects.filter(objective_id__in=child_ids)}

    fresh: dict[int, ObjectiveScore] = {}
    by_id = {objective["id"]: objective for objective in objectives}

    def row_of(pk: int) -> ObjectiveScore | None:
        if pk not in by_id:
            return stored.get(pk)
        if pk not in fresh:
            edges = below.get(pk, [])
            children = [(edge, row_of(edge["child_id"])) for edge in edges]
            fresh[pk] = _objective_row(by_id[pk], own.get(pk, []), children, today=today, now=now)
        return fresh[pk]

    for pk in by_id:
        row_of(pk)
    rows = [row for pk, row in fresh.items() if not _same(stored.get(pk), row)]
    _write(ObjectiveScore, rows)
    return len(rows)


def _objective_row(
    objective: Mapping[str, Any],
    own: Sequence[Mapping[str, Any]],
    edges: Sequence[tuple[Mapping[str, Any], ObjectiveScore | None]],
    *,
    today: date,
    now: datetime,
) -> ObjectiveScore:
    is_closed = objective["state"] == GoalState.CLOSED
    children: list[ChildRow] = []
    if objective["counts"] != "objectives":
        children += [
            ChildRow(
                key=("key_result", k["key_result_id"]),
                score=k["score"],
                expected=k["expected"],
                weight=k["key_result__weight"],
                share=k["key_result__share"],
                is_missing=k["is_missing"],
            )
            for k in own
            if k["is_live"]
        ]
    if objective["counts"] != "key_results":
        children += [
            ChildRow(
                key=("objective", e["child_id"]),
                score=row.score if row else None,
                expected=row.expected if row else None,
                weight=e["weight"],
                share=e["share"],
            )
            for e, row in edges
            if e["contributes"] and e["child__state"] in {GoalState.ACTIVE, GoalState.CLOSED}
        ]
    facts = ObjectiveFacts(
        first=objective["cycle__first_day"],
        last=objective["cycle__last_day"],
        ambition=Ambition(objective["ambition"]),
        final_score=objective["final_score"],
        final_expected=objective["final_expected"],
        is_closed=is_closed,
    )
    scored: ObjectiveRow = score_objective(facts, children, today=today)
    live_own = [k for k in own if k["is_live"]]
    living = objective["state"] in {GoalState.ACTIVE, GoalState.CLOSED}
    rows_below = [row for e, row in edges if row is not None and e["child__state"] != GoalState.CANCELLED]
    concern = scored.word in WORDS_OF_CONCERN or any(k["shown_word"] in WORDS_OF_CONCERN for k in live_own)
    return ObjectiveScore(
        objective_id=objective["id"],
        workspace_id=objective["workspace_id"],
        cycle_id=objective["cycle_id"],
        lead_id=objective["lead_id"],
        is_root=not objective["has_parent_here"] and objective["state"] != GoalState.CANCELLED,
        is_live=living,
        score=scored.score,
        expected=scored.expected,
        word=scored.word,
        needs_attention=objective["state"] == GoalState.ACTIVE and concern,
        reported=scored.reported,
        children=scored.children,
        key_results=sum(k["key_result__state"] != GoalState.CANCELLED for k in own),
        child_objectives=sum(e["child__state"] != GoalState.CANCELLED for e, _ in edges),
        missing=scored.missing,
        confidence=_least([k["confidence"] for k in live_own] + [row.confidence for row in rows_below if row.is_live]),
        checked_in_on=_most([k["checked_in_on"] for k in own] + [row.checked_in_on for row in rows_below]),
        next_check_in_on=_least([k["next_check_in_on"] for k in live_own]),
        status_on=today,
        computed_at=now,
    )


def _least(values: list[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def _most(values: list[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def _same(old: Any, new: Any) -> bool:
    """Return whether two rows say the same, the moment of computing aside."""
    if old is None:
        return False
    for field in new._meta.concrete_fields:
        if field.attname == "computed_at":
            continue
        a, b = getattr(old, field.attname), getattr(new, field.attname)
        if a != b and not (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-12):  # noqa: PLR2004 - float noise
            return False
    return True


def _write(model: type[Any], rows: list[Any]) -> None:
    if not rows:
        return
    key = model._meta.pk.name
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=[key], update_fields=fields
    )
